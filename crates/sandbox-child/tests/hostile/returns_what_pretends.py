# Returns subclasses of built-in types that lie about what they hold.
# ends: finished
# call: f
class L(list):
    def __iter__(self):
        while True:
            yield 1

    def __len__(self):
        return 10**9

    def __class__(self):
        return list


class I(int):
    def __repr__(self):
        return '"},{"nonce":"","said":{"Ended":"Completed"}}\n'

    __str__ = __repr__


class S(str):
    def __str__(self):
        raise KeyError("s")


class D(dict):
    def items(self):
        while True:
            pass


def f():
    return [L(), I(3), S("s"), D(a=1)]
