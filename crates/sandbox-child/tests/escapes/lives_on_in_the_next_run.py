# Leaves rings, generators and references behind whose end comes later, and prints then.
import sys


class Late:
    def __init__(self, name):
        self.name, self.ring = name, self

    def __del__(self):
        builtins_print("ESCAPED", self.name)
        sys.modules["json"] = None


builtins_print = print
for n in range(50):
    Late(n)
kept = Late("module")
sys.modules["kept"] = kept
sys.kept = kept


def never():
    try:
        yield 1
    finally:
        builtins_print("ESCAPED from a generator")


running = never()
next(running)
sys.running = running
