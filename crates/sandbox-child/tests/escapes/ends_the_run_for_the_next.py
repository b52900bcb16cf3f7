# Leaves by every exception that might end the child, from every place where it might be believed.
import sys


class Quiet(SystemExit):
    code = 0


class Meta(type):
    def __instancecheck__(cls, other):
        raise Quiet


class Odd(BaseException, metaclass=Meta):
    def __str__(self):
        raise Quiet

    def __del__(self):
        raise Quiet


sys.excepthook = lambda *_: exec("raise SystemExit(0)")
raise Odd
