# Returns instances of classes that call themselves by built-in names.
# ends: finished
# call: f
def f():
    return [type(name, (), {"__module__": "builtins"})() for name in ("int", "list", "NoneType", "str", "")]
