# The same by a nested width.
# ends: out-of-memory or raised MemoryError or raised ValueError or raised OverflowError or too-much-output
print(f"{1:>{10**9}}")
