second = input()
first = input()
print(first)
print(second)
