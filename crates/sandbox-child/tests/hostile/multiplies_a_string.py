# A string of 10 GB.
# ends: out-of-memory or raised MemoryError
s = "spam" * (10**10 // 4)
print(len(s))
