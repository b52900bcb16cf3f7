# Exhausts an endless iterator into a deque that keeps nothing.
# ends: timed-out or out-of-memory
import collections
import itertools
collections.deque(zip(itertools.count(), itertools.cycle("ab")), maxlen=0)
