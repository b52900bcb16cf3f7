# Climbs its callers' frames and looks for the nonce, a path of the host, or what should come out.
import re
import sys


def suspicious(value, depth=0):
    if isinstance(value, (str, bytes)):
        text = value if isinstance(value, str) else value.decode("latin-1")
        return bool(re.search(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", text)) or '"nonce"' in text
    if depth < 4 and isinstance(value, dict):
        return any(suspicious(part, depth + 1) for part in list(value.items()))
    if depth < 4 and isinstance(value, (list, tuple, set)):
        return any(suspicious(part, depth + 1) for part in list(value))
    return False


def climb(frame):
    while frame is not None:
        for space in (frame.f_locals, frame.f_globals, frame.f_builtins if hasattr(frame, "f_builtins") else {}):
            for name, value in list(dict(space).items()):
                if name in ("nonce", "expected", "order") or suspicious(value):
                    print("ESC" + "APED", name)
        if "prelude" in frame.f_code.co_filename or "child" in frame.f_code.co_filename:
            print("ESC" + "APED", frame.f_code.co_filename)
        frame = frame.f_back


climb(sys._getframe())
try:
    raise ValueError
except ValueError as error:
    climb(error.__traceback__.tb_frame)
sorted([1, 2], key=lambda _: climb(sys._getframe()) or 0)
for attribute in ("_current_frames", "_current_exceptions"):
    try:
        for frame in getattr(sys, attribute)().values():
            climb(frame)
    except Exception as error:
        print(type(error).__name__)
