def count(start, stop):
    while start < stop:
        received = yield start
        if received is not None:
            start = received
        else:
            start += 1


def flatten(items):
    for item in items:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item


print(list(count(1, 4)), list(flatten([1, [2, [3, []], 4]])))
g = count(0, 100)
print(next(g), g.send(10), next(g))
g.close()
try:
    next(g)
except StopIteration:
    print("done")
print(sum(n * n for n in range(5)), next(iter([]), "nothing"))


def finally_runs():
    try:
        yield 1
    finally:
        print("cleaned")


for value in finally_runs():
    print(value)
    break
