digits = input()
number = int(digits)
repeated = digits * {{ times }}
product = number * {{ times }}
print(repeated)
print(product)
print(number + {{ added }})
