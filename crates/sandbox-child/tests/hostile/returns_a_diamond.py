# Returns 60 levels of a list that holds the same list twice: 2 to the 60 parts.
# ends: finished
# call: f
def f():
    a = [1]
    for _ in range(60):
        a = [a, a]
    return a
