days = int(input())
total = 0
for _ in range(days):
    total += {{ step }}
    print(total)
print("{{ end }}")
