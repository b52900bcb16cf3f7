# Sorts to compare while it sorts.
# ends: raised RecursionError
items = [3, 1, 2]


def key(x):
    return sorted([2, 1], key=key)


items.sort(key=key)
