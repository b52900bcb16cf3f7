# Returns an object that raises whatever is asked of it.
# ends: finished
# call: f
class Evil:
    def _(self, *a, **k):
        raise SystemExit("evil")

    __repr__ = __str__ = __hash__ = __eq__ = __bool__ = __len__ = __iter__ = _
    __getattribute__ = __class_getitem__ = __reduce__ = __reduce_ex__ = __instancecheck__ = _


def f():
    return [Evil(), {1: Evil()}, (Evil(),)]
