# Replaces the function that is called between its definition and the call, by a name that looks itself up.
# call: f
class Space(dict):
    def __getitem__(self, name):
        print("ESCAPED", name)
        return lambda *a: "ESCAPED"

    get = __missing__ = __getitem__


import sys
try:
    sys.modules[__name__].__dict__ = Space()
except BaseException as error:
    print(type(error).__name__)
try:
    sys.modules[__name__].__class__ = type("M", (type(sys),), {"__getattribute__": lambda s, n: "ESC" + "APED"})
except BaseException as error:
    print(type(error).__name__)


def f():
    return 1
