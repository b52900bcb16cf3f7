import sys

first = sys.stdin.readline()
print(repr(first))
for number, line in enumerate(sys.stdin, start=2):
    print(number, line.rstrip("\n"))
print(repr(sys.stdin.read()), repr(sys.stdin.readline()))
