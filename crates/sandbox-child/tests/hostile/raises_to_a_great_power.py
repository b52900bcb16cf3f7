# Ten to the ten to the seventh, printed.
# ends: timed-out or raised ValueError or out-of-memory
print(10**10**7)
