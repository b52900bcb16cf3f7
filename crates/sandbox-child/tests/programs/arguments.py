def f(a, b=2, *args, c, d=4, **kwargs):
    return a, b, args, c, d, kwargs


print(f(1, c=3), f(1, 2, 3, 4, c=5, e=6), f(*[1, 2, 3], **{"c": 1, "z": 2}))


def only(a, /, b, *, c):
    return a + b + c


print(only(1, 2, c=3), only(1, b=2, c=3))
for call in (lambda: f(), lambda: only(a=1, b=2, c=3), lambda: only(1, 2, 3), lambda: len()):
    try:
        call()
    except TypeError as error:
        print("TypeError")


def remember(item, seen=[]):
    seen.append(item)
    return seen


remember(1)
print(remember(2), (lambda *a, **k: (a, k))(1, x=2), f.__name__, remember.__defaults__)
