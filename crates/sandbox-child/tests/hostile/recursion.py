# Calls itself without end.
# ends: raised RecursionError
def f(n):
    return f(n + 1)


f(0)
