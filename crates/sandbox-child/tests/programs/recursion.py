def hanoi(n, source="A", target="C", spare="B"):
    return 0 if n == 0 else hanoi(n - 1, source, spare, target) + 1 + hanoi(n - 1, spare, target, source)


def permutations(items):
    if len(items) <= 1:
        return [items]
    return [[x] + rest for i, x in enumerate(items) for rest in permutations(items[:i] + items[i + 1 :])]


def ackermann(m, n):
    if m == 0:
        return n + 1
    return ackermann(m - 1, 1) if n == 0 else ackermann(m - 1, ackermann(m, n - 1))


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


print(hanoi(6), permutations([1, 2, 3]), ackermann(2, 3), depth(900))


def endless(n):
    return endless(n + 1)


try:
    endless(0)
except RecursionError as error:
    print(type(error).__name__)
