# A bytearray that grows.
# ends: out-of-memory
b = bytearray()
while True:
    b.extend(b"x" * 100_000)
