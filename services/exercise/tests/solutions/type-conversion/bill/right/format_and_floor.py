import math

count, price = int(input()), float(input())
total = price * count
print("{} {{ thing.many }} cost {} {{ money }}".format(count, total))
print(math.floor(total))
