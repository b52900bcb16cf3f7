# Becomes two.
import os
for name in ("fork", "forkpty", "vfork"):
    try:
        print("ESCAPED", getattr(os, name)())
    except Exception as error:
        print(type(error).__name__)
