# Equal where equal.
# ends: raised RecursionError
class E:
    def __eq__(self, other):
        return other == self


print(E() == E())
