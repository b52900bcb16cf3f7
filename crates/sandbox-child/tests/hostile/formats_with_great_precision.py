# A float with a thousand million digits.
# ends: out-of-memory or raised MemoryError or raised ValueError or raised OverflowError or timed-out or too-much-output
print("{:.999999999f}".format(1 / 3))
