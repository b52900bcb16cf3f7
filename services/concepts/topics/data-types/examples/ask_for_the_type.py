# Four values that look alike, and their types.
for value in (7, 7.0, "7", True):
    print(value, type(value).__name__)
