# Returns lone surrogates and NULs, as values, keys and a class's name.
# ends: finished
# call: f
def f():
    odd = "\ud800\0\udfff"
    return [odd, {odd: odd}, type("x\u2028", (), {})(), float("nan"), float("-inf"), -0.0]
