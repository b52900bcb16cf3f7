# Puts other code into a running function, and breaks the frame it runs in.
# ends: finished or raised TypeError or raised AttributeError or raised RuntimeError or raised NotImplementedError
def f():
    f.__code__ = g.__code__
    return f()


def g():
    return 2


print(f())
