# Asks a native iterator for a member that it never yields.
# ends: timed-out
import itertools
print(-1 in itertools.count())
