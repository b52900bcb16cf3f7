# One shifted left by eight thousand million bits.
# ends: out-of-memory or raised MemoryError or raised OverflowError or crashed-allowed
print((1 << 8_000_000_000).bit_length())
