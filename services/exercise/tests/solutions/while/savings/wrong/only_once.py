# verdict: rule=a `while` loop; score<0.6
price = int(input())
box = {{ start }}
rounds = 0
if box < price:
    box = box + {{ saved }}
    rounds = rounds + 1
print(rounds)
print(box - price)
