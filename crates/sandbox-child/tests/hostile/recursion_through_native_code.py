# Goes down through map, sorted and max in turns, where each level takes much of the native stack.
# ends: raised RecursionError or crashed-allowed
def f(x):
    return max(map(f, sorted([x], key=lambda y: f(y))))


f(1)
