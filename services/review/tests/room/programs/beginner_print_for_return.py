def double(n):
    print(n * 2)


def has_even(numbers):
    for n in numbers:
        if n % 2 == 0:
            return True
        else:
            return False


result = double(4)
print(result + 1)
print(has_even([1, 2]))
