# verdict: error=NameError; misconception=use-before-assignment; line=3; score=0
start = int(input())
bonus = int(input())
score = score + start + bonus
score = score * {{ times }}
print(score)
print(score - start)
