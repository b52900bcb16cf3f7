# Asks itself for its hash to know whether it is true.
# ends: raised RecursionError
class H:
    def __hash__(self):
        return 1 if self else 2

    def __bool__(self):
        return hash(self) == 1


print({H(): 1})
