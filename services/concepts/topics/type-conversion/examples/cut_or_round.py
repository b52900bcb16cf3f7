# int() cuts, round() rounds.
price = 3.9
print(int(price))
print(round(price))
print(price)
