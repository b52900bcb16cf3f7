# Loops without end.
# ends: timed-out
while True:
    pass
