# Reaches for what was hidden by closures, defaults, wrapped functions and class attributes.
import functools
import sys

pending = [value for name in list(sys.modules) for value in list(vars(sys.modules[name]).values()) if callable(value)]
seen = set()
tried = 0
while pending and tried < 20_000:
    function = pending.pop()
    if id(function) in seen:
        continue
    seen.add(id(function))
    tried += 1
    for attribute in ("__wrapped__", "__func__", "__self__", "func"):
        try:
            below = getattr(function, attribute, None)
        except BaseException:
            continue
        if callable(below):
            pending.append(below)
    cells = getattr(function, "__closure__", None)
    for cell in cells if type(cells) is tuple else ():
        try:
            value = cell.cell_contents
        except ValueError:
            continue
        if callable(value):
            pending.append(value)
        if type(value) is str and len(value) == 32 and not value.strip("0123456789abcdef"):
            print("ESCAPED", value)
    if getattr(function, "__name__", "") in ("open", "FileIO", "open_code", "system"):
        try:
            print("ESCAPED", function, function("CANARY").read())
        except BaseException:
            pass
