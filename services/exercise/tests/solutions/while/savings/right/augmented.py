price = int(input())
box = {{ start }}
rounds = 0
while box < price:
    box += {{ saved }}
    rounds += 1
print(rounds)
print(box - price)
