# Leaves with a status that raises when it is asked for its number.
# ends: exited or raised SystemExit or raised ValueError
class Status(int):
    def __int__(self):
        raise ValueError("no")

    __index__ = __str__ = __repr__ = __int__


raise SystemExit(Status(3))
