def save(price):
    box = {{ start }}
    rounds = 0
    while not box >= price:
        rounds += 1
        box += {{ saved }}
    return rounds, box - price


for line in save(int(input())):
    print(line)
