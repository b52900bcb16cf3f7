class Broke(Exception):
    def __init__(self, missing):
        super().__init__(f"missing {missing}")
        self.missing = missing


def spend(money):
    try:
        if money < 0:
            raise Broke(-money)
        print("spent", 10 / money)
    except ZeroDivisionError as error:
        print("zero:", error)
        return "except"
    else:
        print("else")
        return "else"
    finally:
        print("finally")


print(spend(5), spend(0))
try:
    spend(-3)
except (KeyError, Broke) as error:
    print(type(error).__name__, error, error.missing, error.args)
try:
    try:
        int("x")
    except ValueError as error:
        raise RuntimeError("wrapped") from error
except RuntimeError as error:
    print(repr(error), "from", repr(error.__cause__))
for bad in ("int('1.5')", "[][1]", "{}['k']", "None.x", "undefined", "1 / 0", "int([])"):
    try:
        eval(bad)
    except Exception as error:
        print(bad, "->", type(error).__name__, error)
try:
    assert 1 > 2, "told"
except AssertionError as error:
    print("assert", error)
try:
    raise ExceptionGroup("many", [ValueError(1), TypeError(2)])
except* ValueError as group:
    print("values", len(group.exceptions))
except* TypeError as group:
    print("types", len(group.exceptions))
