start = int(input())
bonus = int(input())
score = 0
for _ in range({{ times }}):
    score = score + start + bonus
print(score)
score = score - start
print(score)
