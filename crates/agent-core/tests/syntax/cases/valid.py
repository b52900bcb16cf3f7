def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def norm(self):
        if self.x or self.y:
            for _ in range(1):
                return (self.x**2 + self.y**2) ** 0.5
        return 0.0


print([fib(k) for k in range(9) if k % 2])
