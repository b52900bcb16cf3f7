# Unpacks an endless iterator into arguments.
# ends: out-of-memory or timed-out
import itertools
print(*itertools.repeat(1))
