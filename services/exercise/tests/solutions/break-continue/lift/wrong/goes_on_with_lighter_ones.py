# verdict: misconception=break-or-continue; rule=`break`; score<1
waiting = int(input())
load = 0
taken = 0
for place in range(waiting):
    weight = int(input())
    if load + weight > {{ limit }}:
        continue
    load = load + weight
    taken = taken + 1
print(taken)
print(load)
