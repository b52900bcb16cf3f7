# Prints a gigabyte, a line at a time.
# ends: too-much-output
for _ in range(1_000_000):
    print("x" * 1_000)
