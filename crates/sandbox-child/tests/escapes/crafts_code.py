# Makes code objects by hand, with opcodes and sizes that no compiler writes.
# ends: finished or crashed-allowed
import types


def f(a=1):
    return a


code = f.__code__
print(code.co_name)
for change in (
    {"co_code": bytes([255, 255] * 50)}, {"co_code": bytes(range(256))}, {"co_code": b""}, {"co_consts": ()},
    {"co_stacksize": 0}, {"co_nlocals": 10**6}, {"co_names": ()}, {"co_varnames": ()}, {"co_argcount": 200},
):
    try:
        crafted = types.FunctionType(code.replace(**change), {})
        print(type(crafted()))
    except BaseException as error:
        print(type(error).__name__)
try:
    crafted = types.CodeType(0, 0, 0, 0, 10**6, 0, bytes([124, 255] * 10), (), (), (), "x", "x", "x", 1, b"", b"", (), ())
    eval(crafted)
    print("made")
except BaseException as error:
    print(type(error).__name__)
