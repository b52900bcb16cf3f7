# Exceptions that are each other's cause.
# ends: raised ValueError
a, b = ValueError("a"), KeyError("b")
a.__cause__, b.__cause__ = b, a
a.__context__, b.__context__ = b, a
raise a
