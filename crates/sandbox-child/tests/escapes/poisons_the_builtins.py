# Exchanges built-in functions for ones that lie.
import builtins
import sys
real = builtins.print
builtins.print = lambda *a, **k: real("ESCAPED")
builtins.len = lambda x: 41
builtins.sorted = lambda x, **k: [0]
builtins.sum = lambda x, *a: 0
builtins.isinstance = lambda *a: True
builtins.ValueError = KeyError
builtins.input = lambda *a: "9"
builtins.range = lambda *a: [1]
builtins.__build_class__ = lambda *a, **k: real("ESCAPED class") or dict
builtins.__import__ = lambda *a, **k: real("ESCAPED import")
builtins.int = str
builtins.abs = None
