# The same from a tracer, a profiler, a finaliser and an exception hook.
import sys

seen = set()


def look(frame, *_):
    while frame is not None:
        seen.add((frame.f_code.co_filename, frame.f_code.co_name))
        for name in list(frame.f_locals) + list(frame.f_globals):
            if name in ("nonce", "expected", "order", "_nonce"):
                print("ESCAPED", name)
        frame = frame.f_back
    return look


class Late:
    def __del__(self):
        look(sys._getframe())


for install in ("settrace", "setprofile"):
    try:
        getattr(sys, install)(look)
    except Exception as error:
        print(type(error).__name__)
late = Late()
del late
print(len("x"))
