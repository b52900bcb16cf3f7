# Bytes by the gigabyte.
# ends: out-of-memory or raised MemoryError
b = bytes(4 << 30)
print(len(b))
