# The right side is worked out first, with the old value.
total = 0
total = total + 5
total += 7
print("Total:", total)
