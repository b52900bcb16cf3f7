# Raises in every method that Python calls by itself.
# ends: raised ZeroDivisionError
class Evil:
    def _(self, *a, **k):
        raise ZeroDivisionError("evil")

    __repr__ = __str__ = __hash__ = __eq__ = __bool__ = __len__ = __iter__ = __format__ = __call__ = _
    __lt__ = __gt__ = __contains__ = __getitem__ = __index__ = __int__ = __float__ = __enter__ = __exit__ = _


evil = Evil()
for ask in (repr, str, hash, bool, len, iter, format, int, float, sorted):
    try:
        ask(evil)
    except ZeroDivisionError:
        pass
assert evil == evil
