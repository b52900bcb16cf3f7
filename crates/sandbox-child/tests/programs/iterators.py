class Countdown:
    def __init__(self, start):
        self.start = start

    def __iter__(self):
        self.n = self.start
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1


class Squares:
    def __len__(self):
        return 4

    def __getitem__(self, i):
        if i >= 4:
            raise IndexError
        return i * i


print(list(Countdown(3)), list(Squares()), 9 in Squares(), list(reversed([1, 2])), max(Countdown(5)), dict(enumerate("ab")))
i = iter("ab")
print(next(i), next(i), next(i, None), list(zip(*[(1, 2), (3, 4)])), tuple(Countdown(2)), [*Countdown(2), *"x"])
