# A generator of a generator, 200,000 deep, then asked for its first.
# ends: raised RecursionError or crashed-allowed or out-of-memory
g = iter([1])
for _ in range(50_000):
    g = (x for x in g)
print(next(g))
