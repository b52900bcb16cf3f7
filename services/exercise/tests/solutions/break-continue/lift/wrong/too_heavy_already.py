# verdict: score<1; test=one is too heavy
waiting = int(input())
load = 0
taken = 0
for place in range(waiting):
    weight = int(input())
    load = load + weight
    taken = taken + 1
    if load > {{ limit }}:
        break
print(taken)
print(load)
