# Returns a generator that never ends.
# ends: finished
# call: f
def f():
    while True:
        yield 1
