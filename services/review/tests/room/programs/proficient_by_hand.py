def squares_of_even(numbers):
    result = []
    for n in numbers:
        if n % 2 == 0:
            result.append(n * n)
    return result


def has_negative(numbers):
    for n in numbers:
        if n < 0:
            return True
    return False


print("squares: %s" % squares_of_even([1, 2, 3, 4]))
print(has_negative([1, -2]))
