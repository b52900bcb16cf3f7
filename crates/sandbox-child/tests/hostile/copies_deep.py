# Copies what doubles with each copy.
# ends: out-of-memory or timed-out
import copy
a = [1, 2, 3]
while True:
    a = [copy.deepcopy(a), copy.deepcopy(a)]
