# Writes to standard error without end.
# ends: too-much-output or timed-out
import sys
while True:
    sys.stderr.write("e" * 1_000 + "\n")
