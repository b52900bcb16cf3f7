# Loops inside one expression.
# ends: timed-out
import itertools
any(x < 0 for x in itertools.count())
