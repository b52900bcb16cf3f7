# Has the compiler fold constants into gigabytes.
# ends: out-of-memory or raised MemoryError or raised OverflowError or timed-out
exec("x = 'a' * 1_000_000_000 * 10")
