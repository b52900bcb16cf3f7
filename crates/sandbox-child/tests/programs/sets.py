a, b = {1, 2, 3}, {3, 4}
print(a | b, a & b, a - b, a ^ b, a < {1, 2, 3, 4}, a.isdisjoint({9}))
a.add(2)
a.discard(99)
a.remove(1)
print(a, len(set("hello")), sorted(set("hello")), frozenset([1]) == {1})
try:
    a.remove(7)
except KeyError as error:
    print("KeyError", error)
print({(1, 2): "t"}[(1, 2)], set() == set([]), {1, 1.0, True})
