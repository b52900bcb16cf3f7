from enum import Enum, Flag, IntEnum, auto


class Color(Enum):
    RED = 1
    GREEN = auto()

    def shout(self):
        return self.name + "!"


class Level(IntEnum):
    LOW = 1
    HIGH = 10


class Right(Flag):
    READ = auto()
    WRITE = auto()


print(Color.RED, repr(Color.GREEN), Color(1) is Color.RED, Color["GREEN"].value, list(Color), Color.RED.shout(), Level.HIGH > 5)
print(Right.READ | Right.WRITE, Right.READ in (Right.READ | Right.WRITE), {Color.RED: "r"}[Color.RED])
try:
    Color(9)
except ValueError as error:
    print(error)
