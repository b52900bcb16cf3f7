days = int(input())
wet, together = 0, 0
for day in range(days, 0, -1):
    amount = int(input())
    if not amount {{ "<" if rule.sign == ">=" else "<=" }} {{ limit }}:
        together += amount
        wet += 1
print(wet)
print(together)
