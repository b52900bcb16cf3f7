# Registers what runs after it, to print into the next run.
import sys
for attempt in (
    lambda: __import__("atexit").register(print, "ESCAPED by atexit"),
    lambda: __import__("threading")._register_atexit(print, "ESCAPED by threading"),
    lambda: __import__("weakref").finalize(print, print, "ESCAPED by weakref"),
    lambda: setattr(sys, "excepthook", lambda *_: print("ESCAPED by excepthook")),
    lambda: setattr(sys, "unraisablehook", lambda *_: print("ESCAPED by unraisablehook")),
    lambda: setattr(sys, "displayhook", lambda *_: print("ESCAPED by displayhook")),
    lambda: setattr(sys, "breakpointhook", lambda *_: print("ESCAPED by breakpointhook")),
    lambda: sys.addaudithook(lambda *_: None),
    lambda: __import__("gc").callbacks.append(lambda *_: print("ESCAPED by gc")),
):
    try:
        attempt()
    except BaseException as error:
        print(type(error).__name__)
