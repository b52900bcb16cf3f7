for i in range(10, 0, -3):
    if i == 4:
        continue
    print(i, end=" ")
else:
    print("no break")
n = 27
steps = 0
while n != 1:
    n = n // 2 if n % 2 == 0 else 3 * n + 1
    steps += 1
print(steps)
for i, (a, b) in enumerate(zip("abc", [1, 2, 3]), start=1):
    print(i, a, b)
for x in range(3):
    for y in range(3):
        if x * y == 2:
            break
    else:
        continue
    print("broke at", x, y)
    break
print(list(range(5))[::2], *range(3), sep="-")
pass
