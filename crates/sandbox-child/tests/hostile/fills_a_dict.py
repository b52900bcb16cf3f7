# A dict that grows.
# ends: out-of-memory
d = {}
n = 0
while True:
    d[n] = str(n)
    n += 1
