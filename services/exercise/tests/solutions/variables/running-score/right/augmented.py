start = int(input())
bonus = int(input())
score = start
score += bonus
score *= {{ times }}
print(score)
print(score - start)
