# An exception raised while handling another, 900 deep.
# ends: raised ValueError or raised RecursionError
def deep(n):
    try:
        raise ValueError(n)
    except ValueError:
        if n:
            deep(n - 1)
        raise


deep(300)
