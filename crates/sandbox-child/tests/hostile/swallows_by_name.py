# Catches the interrupts by their names.
# ends: timed-out
while True:
    try:
        while True:
            pass
    except (KeyboardInterrupt, SystemExit, MemoryError, GeneratorExit, TimeoutError):
        continue
