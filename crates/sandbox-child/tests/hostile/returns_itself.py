# Returns a list that holds itself.
# ends: finished
# call: f
def f():
    a = []
    a.append(a)
    a.append({1: a})
    return a
