# verdict: score<1; test=the price is met exactly
price = int(input())
box = {{ start }}
rounds = 0
while box <= price:
    box = box + {{ saved }}
    rounds = rounds + 1
print(rounds)
print(box - price)
