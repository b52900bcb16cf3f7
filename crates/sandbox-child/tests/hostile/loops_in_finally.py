# Loops where it should clean up.
# ends: timed-out
try:
    raise ValueError("begin")
finally:
    while True:
        pass
