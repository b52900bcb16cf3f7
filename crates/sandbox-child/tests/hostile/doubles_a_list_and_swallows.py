# Doubles a list and catches the memory's end.
# ends: out-of-memory or timed-out
a = [0] * 1_000
while True:
    try:
        a = a + a
    except MemoryError:
        pass
