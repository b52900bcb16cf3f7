import sys

numbers = list(map(int, sys.stdin.read().split()))
print(sum(numbers), sorted(numbers))
