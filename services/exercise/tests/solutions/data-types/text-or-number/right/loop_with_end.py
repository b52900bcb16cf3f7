digits = input()
for i in range({{ times }}):
    print(digits, end="")
print()
value = int(digits)
print(value * {{ times }})
print(value + {{ added }})
