import functools


def logged(prefix):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            print(prefix, function.__name__, args, kwargs)
            result = function(*args, **kwargs)
            print(prefix, "->", result)
            return result

        return wrapper

    return decorate


@logged("log:")
def power(base, exponent=2):
    """Raises."""
    return base**exponent


power(3)
power(2, exponent=5)
print(power.__name__, power.__doc__)


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), fib.cache_info().hits > 0)
print(functools.reduce(lambda a, b: a * b, range(1, 6)), functools.partial(int, base=2)("101"))
