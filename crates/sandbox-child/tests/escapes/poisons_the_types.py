# Changes built-in types and their registries. `None` has a class that can be changed.
# spoils: its own job
import abc
import builtins
import codecs
import collections.abc
import copyreg
import re


def lie(*_):
    return "ESCAPED"


for cls in (int, str, list, dict, object, type, Exception, type(lambda: 0)):
    for name in ("__repr__", "__str__", "__eq__", "__add__", "append", "__len__", "__hash__"):
        try:
            setattr(cls, name, lie)
            print("ESCAPED", cls, name)
        except BaseException as error:
            pass
        try:
            cls.__dict__[name] = lie
            print("ESCAPED", cls, name)
        except BaseException as error:
            pass
type(None).__repr__ = type(None).__eq__ = lie
for change in (
    lambda: collections.abc.Sized.register(int),
    lambda: copyreg.pickle(int, lie),
    lambda: codecs.register(lambda name: (lie, lie, lie, lie)),
    lambda: codecs.register_error("strict", lie),
    lambda: re.purge(),
    lambda: setattr(re, "match", lie),
    lambda: setattr(re, "_cache", {}),
    lambda: setattr(abc.ABCMeta, "__instancecheck__", lie),
    lambda: builtins.Exception.__init__.__set__(1, 2),
):
    try:
        change()
    except BaseException as error:
        pass
