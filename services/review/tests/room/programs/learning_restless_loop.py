def keep_small(numbers):
    global limit
    limit = 10
    for n in numbers:
        if n > limit:
            numbers.remove(n)
    return numbers.sort()


def same(a, b):
    if a == b:
        return True
    else:
        return False


if same:
    print(keep_small([3, 12, 14, 5]))
