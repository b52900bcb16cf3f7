# sep stands between the values, end after the last.
print(2026, 11, 21, sep="-")
print("Loading", end="...")
print("done")
