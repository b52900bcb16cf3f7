# Leaves limits and modes behind that the next run would feel.
import sys
for change in (
    lambda: sys.setrecursionlimit(30),
    lambda: sys.set_int_max_str_digits(640),
    lambda: sys.setswitchinterval(1000),
    lambda: __import__("gc").disable(),
    lambda: __import__("gc").freeze(),
    lambda: __import__("warnings").simplefilter("error"),
    lambda: __import__("decimal").getcontext().__setattr__("prec", 1),
    lambda: __import__("locale").setlocale(0, "C"),
    lambda: setattr(sys, "stdout", None),
    lambda: setattr(sys, "__stdout__", None),
    lambda: setattr(sys, "stdin", None),
    lambda: setattr(sys, "stderr", None),
    lambda: setattr(sys, "ps1", "ESCAPED"),
    lambda: setattr(sys, "tracebacklimit", 0),
    lambda: setattr(sys, "argv", ["ESCAPED"]),
    lambda: sys.stdout.close(),
):
    try:
        change()
    except BaseException as error:
        pass
