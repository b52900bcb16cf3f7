# An infinite generator, made a list.
# ends: out-of-memory
def forever():
    n = 0
    while True:
        yield n
        n += 1


print(list(forever()))
