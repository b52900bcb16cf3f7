# Sets the recursion limit to a thousand million, then recurses.
# ends: raised RecursionError or crashed-allowed or raised ValueError or raised OverflowError or raised PermissionError
import sys
try:
    sys.setrecursionlimit(10**9)
except Exception:
    sys.setrecursionlimit(1_000_000)


def f(n):
    return f(n + 1) + 1


f(0)
