prices = [3, 4, 5]
total = 0
for n in range(1, 11):
    total += n
for i in range(len(prices)):
    print(prices[i])
for row in range(3):
    for column in range(4):
        print(row, column)
for price in prices:
    if price < 4:
        prices.remove(price)
for day in range(7):
    best = 0
    best += day
    day += 1
for back in range(5, 1):
    print(back)
