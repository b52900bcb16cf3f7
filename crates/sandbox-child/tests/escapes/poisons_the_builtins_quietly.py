# The same through the dictionary of the module, from a frame.
import sys
space = sys._getframe().f_builtins if hasattr(sys._getframe(), "f_builtins") else vars(__import__("builtins"))
space["len"] = lambda x: 41
space["sum"] = lambda x, *a: 0
space["probe_was_here"] = "ESCAPED"
space["str"] = int
