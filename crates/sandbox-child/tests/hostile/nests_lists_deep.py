# Puts a list into a list 100,000 times, then prints, compares, copies and drops it.
# ends: raised RecursionError or crashed-allowed
a, b = [], []
for _ in range(100_000):
    a, b = [a], [b]
for ask in (repr, lambda x: x == b, hash):
    try:
        ask(a)
    except (RecursionError, TypeError):
        pass
del a, b
import copy
c = []
for _ in range(10_000):
    c = [c]
copy.deepcopy(c)
