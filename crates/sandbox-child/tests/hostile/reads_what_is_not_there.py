# Reads more than there is.
# ends: raised EOFError
import sys
assert sys.stdin.read() == ""
assert sys.stdin.readline() == ""
assert list(sys.stdin) == []
input("more? ")
