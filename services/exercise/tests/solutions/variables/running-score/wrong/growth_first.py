# verdict: misconception=wrong-order; says=another order; score<0.5
start = int(input())
bonus = int(input())
score = (start + bonus) * {{ times }}
print(score - start)
print(score)
