def counter():
    count = 0

    def step(by=1):
        nonlocal count
        count += by
        return count

    return step


a, b = counter(), counter()
print(a(), a(5), b())
total = 0


def add(n):
    global total
    total += n


for n in range(4):
    add(n)
print(total)
print([f() for f in [lambda i=i: i * i for i in range(4)]], [f() for f in [lambda: i for i in range(3)]])


def outer():
    x = "outer"

    def inner():
        x = "inner"
        return x

    return inner(), x


print(outer())
