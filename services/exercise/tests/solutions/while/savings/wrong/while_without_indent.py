# verdict: error=indent-expected; score=0; line=5
price = int(input())
box = {{ start }}
rounds = 0
while box < price:
box = box + {{ saved }}
rounds = rounds + 1
print(rounds)
