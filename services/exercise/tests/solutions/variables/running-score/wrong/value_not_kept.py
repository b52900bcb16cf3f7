# verdict: score<0.4
start = int(input())
bonus = int(input())
score = start
score + bonus
score = score * {{ times }}
print(score)
print(score - start)
