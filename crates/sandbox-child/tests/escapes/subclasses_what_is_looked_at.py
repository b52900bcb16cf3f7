# Returns values whose inside changes while they are taken apart.
# call: f
import sys


class Spy(list):
    def __iter__(self):
        look(sys._getframe())
        return iter([])

    def __getitem__(self, n):
        look(sys._getframe())
        return 1

    __len__ = __repr__ = __class_getitem__ = __getitem__


def look(frame):
    while frame is not None:
        for name, value in list(frame.f_locals.items()) + list(frame.f_globals.items()):
            if name in ("nonce", "expected") or "prelude" in frame.f_code.co_filename:
                print("ESCAPED", name)
        frame = frame.f_back


def f():
    return [Spy([1]), {"a": Spy()}, (Spy(),)]
