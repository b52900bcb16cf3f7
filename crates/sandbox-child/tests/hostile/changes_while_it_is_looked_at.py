# Sorts a list that its key empties, and walks a dict that its body fills.
# ends: raised ValueError or raised RuntimeError
items = list(range(100))
try:
    items.sort(key=lambda x: items.clear() or x)
finally:
    d = {1: 1}
    for k in d:
        d[k + 1] = 1
