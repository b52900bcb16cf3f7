# A set of strings, each of its own.
# ends: out-of-memory
s = set()
n = 0
while True:
    s.add("k" * 1_000 + str(n))
    n += 1
