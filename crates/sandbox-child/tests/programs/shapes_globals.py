x = 10


def shadow():
    x = 5
    return x


def unbound():
    try:
        print(x)
        x = 1
    except UnboundLocalError as error:
        return type(error).__name__


print(shadow(), x, "x" in globals(), sorted(locals().keys() - globals().keys()))
print(unbound() if False else "skipped")


def broken():
    y += 1


y = 0
try:
    broken()
except UnboundLocalError as error:
    print(type(error).__name__)
del y
try:
    y
except NameError as error:
    print(error)
