digits = input()
print("".join([digits] * {{ times }}))
n = int(digits)
total = 0
for _ in range({{ times }}):
    total += n
print(total)
print(n + {{ added }})
