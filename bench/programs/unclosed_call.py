total = 0
for item in range(5):
    price = float(input("Price: ")
    total = total + price
print("You pay", total)
