# A list of a thousand million numbers.
# ends: out-of-memory or raised MemoryError
print(len(list(range(10**9))))
