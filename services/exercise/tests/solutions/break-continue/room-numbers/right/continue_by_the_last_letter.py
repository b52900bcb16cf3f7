last = int(input())
for number in range(1, last + 1):
    if str(number).endswith("{{ digit }}"):
        continue
    print(number)
print("{{ house.end }}")
