price = float(input("Price? "))
tax = price * 0.2
print("With tax:", price + taxes)
