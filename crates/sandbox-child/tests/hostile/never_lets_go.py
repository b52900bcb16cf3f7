# An `async` function, a context manager and a generator that refuse to close.
# ends: timed-out or raised RuntimeError or finished
def stays():
    while True:
        try:
            yield 1
        except GeneratorExit:
            pass


g = stays()
next(g)
g.close()
