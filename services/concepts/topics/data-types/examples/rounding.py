# Decimal numbers are only very close to what you write.
total = 0.1 + 0.2
print(total)
print(round(total, 2))
