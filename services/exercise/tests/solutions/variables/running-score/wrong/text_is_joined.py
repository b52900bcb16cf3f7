# verdict: score<0.4
start = input()
bonus = input()
score = start + bonus
score = score * {{ times }}
print(score)
print(int(score) - int(start))
