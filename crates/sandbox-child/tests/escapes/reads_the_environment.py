# Looks for variables and arguments of the process.
import sys
import os
found = [dict(os.environ), getattr(os, "environb", {}), os.getenv("PATH"), os.getenv("HOME")]
try:
    import posix
    found.append(dict(posix.environ))
except Exception as error:
    print(type(error).__name__)
if any(found):
    print("ESCAPED", found)
print([argument for argument in sys.argv if "/" in argument] and "ESCAPED")
for name in ("executable", "prefix", "base_prefix", "exec_prefix", "_base_executable"):
    text = str(getattr(sys, name, "") or "")
    if "agent-bus" in text or "/root" in text or "/home" in text or "target" in text:
        print("ESCAPED", name, text)
