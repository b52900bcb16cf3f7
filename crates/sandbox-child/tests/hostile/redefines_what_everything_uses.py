# Redefines print, input, len, the exceptions and the import.
# ends: raised RuntimeError
def nothing(*a, **k):
    raise RuntimeError("redefined")


import builtins
import sys
for name in ("input", "len", "repr", "str", "isinstance", "type", "getattr", "open", "compile", "exec", "eval", "Exception"):
    setattr(builtins, name, nothing)
builtins.__import__ = nothing
builtins.print = nothing
sys.stdout = None
sys.excepthook = nothing
sys.displayhook = nothing
sys.modules.clear()
print("x")
