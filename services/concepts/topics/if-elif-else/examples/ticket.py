age = 15
if age < 6:
    price = 0
elif age < 18:
    price = 5
else:
    price = 12
print(price)
