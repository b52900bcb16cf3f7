# The order is the one of mathematics; brackets change it.
print(2 + 3 * 4)
print((2 + 3) * 4)
print(10 - 4 - 3)
