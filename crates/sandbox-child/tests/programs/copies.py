import copy

a = [1, [2, 3]]
b, c, d = a, a[:], copy.deepcopy(a)
a[1].append(4)
a.append(5)
print(b, c, d, a is b, a == b, c[1] is a[1])
x = y = []
x.append(1)
print(y, id(x) == id(y))
m = [[0] * 2] * 2
m[0][0] = 1
print(m, copy.copy({"k": [1]}))


def change(numbers, n):
    numbers.append(n)
    n += 1
    numbers = []
    return n


z = [0]
print(change(z, 1), z)
