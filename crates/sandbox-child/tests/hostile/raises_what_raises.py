# An exception whose text, class and arguments raise.
# ends: raised Bad
class Bad(Exception):
    def __str__(self):
        raise self

    __repr__ = __str__

    @property
    def args(self):
        raise KeyError("args")

    @property
    def __traceback__(self):
        raise KeyError("traceback")


raise Bad("x")
