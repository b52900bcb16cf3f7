# Leaves a tracer and a profiler behind.
import builtins
import sys


def spy(frame, event, arg):
    if "probe" in frame.f_globals:
        frame.f_globals["probe"] = None
        frame.f_locals.clear()
        builtins.print("ESCAPED", frame.f_code.co_name)
    return spy


for install in ("settrace", "setprofile", "_settraceallthreads", "_setprofileallthreads"):
    try:
        getattr(sys, install)(spy)
    except Exception as error:
        print(type(error).__name__)
try:
    import threading
    threading.settrace(spy)
except Exception as error:
    print(type(error).__name__)
