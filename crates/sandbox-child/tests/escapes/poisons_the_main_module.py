# Leaves names and code behind in the modules that the next run might share.
import sys
for name in ("__main__", "builtins", "student", "probe", "sys"):
    module = sys.modules.get(name)
    if module is not None:
        module.total = lambda items: "ESCAPED"
        module.probe = "ESCAPED"
        module.__file__ = "ESCAPED"
sys.modules["__main__"] = sys
globals().clear()
__name__ = "ESCAPED"
