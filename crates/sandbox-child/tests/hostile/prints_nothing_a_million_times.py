# Prints empty lines without end: each is small, together they are not.
# ends: too-much-output
while True:
    print()
