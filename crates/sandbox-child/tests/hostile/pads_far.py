# Pads a number to a thousand million columns.
# ends: out-of-memory or raised MemoryError or raised ValueError or raised OverflowError or too-much-output
print("%999999999d" % 1)
