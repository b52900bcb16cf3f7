from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int


def describe(thing):
    match thing:
        case 0 | 1:
            return "small"
        case int() as number if number < 0:
            return f"negative {number}"
        case Point(x=0, y=0):
            return "origin"
        case Point(x, y) if x == y:
            return f"diagonal {x}"
        case [first, *rest]:
            return f"list of {first} and {len(rest)}"
        case {"name": name, **others}:
            return f"{name} with {sorted(others)}"
        case str(text):
            return text.title()
        case None:
            return "none"
        case _:
            return "something"


for thing in (1, -4, Point(0, 0), Point(3, 3), Point(1, 2), [1, 2, 3], {"name": "x", "b": 1, "a": 2}, "ab cd", None, 2.5):
    print(describe(thing))
