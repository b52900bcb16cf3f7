waiting = int(input())
left = {{ limit }}
taken = 0
while taken < waiting:
    weight = int(input())
    if weight > left:
        break
    left -= weight
    taken += 1
print(taken)
print({{ limit }} - left)
