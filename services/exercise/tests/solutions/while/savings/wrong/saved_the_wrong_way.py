# verdict: error=timed-out; line=4; says=Look at the loop on line 4; score<0.6
price = int(input())
box = {{ start }}
rounds = 0
while box < price:
    box = box - {{ saved }}
    rounds = rounds + 1
print(rounds)
print(box - price)
