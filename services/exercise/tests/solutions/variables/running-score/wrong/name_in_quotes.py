# verdict: score=0; says=expected
start = int(input())
bonus = int(input())
score = (start + bonus) * {{ times }}
print("score")
print("score - start")
