# All products of ten sets, as a list.
# ends: out-of-memory or timed-out
import itertools
print(len(list(itertools.product(range(100), repeat=10))))
