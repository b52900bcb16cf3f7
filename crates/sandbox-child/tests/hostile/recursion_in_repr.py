# Its text is its own text.
# ends: raised RecursionError
class R:
    def __repr__(self):
        return f"<{self!r}>"


print(R())
