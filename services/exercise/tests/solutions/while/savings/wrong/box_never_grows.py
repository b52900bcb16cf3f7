# verdict: error=timed-out; line=4; says=asks about `box`; score<0.6
price = int(input())
box = {{ start }}
rounds = 0
while box < price:
    rounds = rounds + 1
print(rounds)
print(box - price)
