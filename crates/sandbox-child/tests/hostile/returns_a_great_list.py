# Returns a list of a million strings.
# ends: finished or out-of-memory
# call: f
def f():
    return ["ab"] * 1_000_000
