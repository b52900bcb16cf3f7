s, l = "abcdefg", list(range(10))
print(s[1:4], s[::-1], s[-3:], s[:-3], s[::2], s[10:], s[-1])
l[2:5] = ["x"]
print(l)
del l[::3]
print(l, l[1:][0], l * 2, [0] * 3 + [1])
first, *middle, last = range(6)
print(first, middle, last)
(a, b), c = (1, 2), 3
a, b = b, a
print(a, b, c, tuple(l)[:2], list("hey"))
m = [[0] * 2 for _ in range(2)]
m[0][1] = 5
print(m, l.index("x") if "x" in l else "no x")
