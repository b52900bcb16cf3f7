# Twenty thousand keys with one hash.
# ends: timed-out or finished
class Same:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        return self is other


print(len({Same() for _ in range(20_000)}))
