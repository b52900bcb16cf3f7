"""Follows a program as the sandbox does, on the Python at hand, and prints what was seen as JSON."""

import io
import json
import sys

source, stdin, steps_max = sys.argv[1], sys.argv[2], int(sys.argv[3])
steps, shown, raising = [], {}, set()
out = io.StringIO()


class Cut(BaseException):
    pass


def written(value):
    if callable(value) and hasattr(value, "__name__"):
        return f"<function {value.__name__}>"
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


def step(frame, returned):
    if len(steps) == steps_max:
        raise Cut
    names = {name: written(value) for name, value in frame.f_locals.items() if not name.startswith(("__", "."))}
    before = shown.get(id(frame), {})
    changed = {name: text for name, text in names.items() if before.get(name) != text}
    shown[id(frame)] = names
    steps.append({
        "line": frame.f_lineno,
        "function": frame.f_code.co_name,
        "changed": changed,
        "returned": returned,
        "printed_bytes": len(out.getvalue().encode()),
    })


def follow(frame, event, arg):
    if frame.f_code.co_filename != "<learner>":
        return None
    if event == "line":
        raising.discard(id(frame))
        step(frame, None)
    elif event == "exception":
        raising.add(id(frame))
    elif event == "return":
        if id(frame) not in raising and frame.f_code.co_name != "<module>":
            step(frame, written(arg))
        shown.pop(id(frame), None)
        raising.discard(id(frame))
    return follow


outcome, cut = "Finished", False
code = compile(source, "<learner>", "exec")
printed, sys.stdout, sys.stdin = sys.stdout, out, io.StringIO(stdin)
sys.settrace(follow)
try:
    exec(code, {"__name__": "__main__"})
except Cut:
    outcome, cut = {"Exited": {"status": 0}}, True
except Exception as error:
    sys.settrace(None)
    line, place = None, error.__traceback__
    while place:
        if place.tb_frame.f_code.co_filename == "<learner>":
            line = place.tb_lineno
        place = place.tb_next
    outcome = {"Raised": {"type_name": type(error).__name__, "message": str(error), "line": line, "frames": []}}
sys.settrace(None)
sys.stdout = printed
print(json.dumps({
    "outcome": outcome, "stdout": out.getvalue(), "calls": [], "globals": {}, "steps": steps, "steps_cut": cut,
}))
