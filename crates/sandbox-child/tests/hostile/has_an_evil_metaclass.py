# A class whose metaclass lies about everything that can be asked of a class.
# ends: finished
# call: f
class Meta(type):
    def __instancecheck__(cls, x):
        return True

    def __subclasscheck__(cls, x):
        raise SystemExit(0)

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return 1

    def __getattribute__(cls, name):
        raise KeyboardInterrupt

    def mro(cls):
        return [cls, list, object] if False else type.mro(cls)


class A(metaclass=Meta):
    pass


def f():
    return [A, A()]
