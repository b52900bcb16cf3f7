# Loads libraries and calls into them.
for attempt in (
    lambda: __import__("ctypes").CDLL(None),
    lambda: __import__("ctypes").pythonapi,
    lambda: __import__("ctypes").string_at(id(1), 8),
    lambda: __import__("_ctypes").dlopen("libc.so.6", 0),
    lambda: __import__("_ctypes").call_function(0, ()),
    lambda: __import__("cffi").FFI().dlopen(None),
    lambda: __import__("_imp").create_dynamic(None),
    lambda: __import__("importlib.util").util.find_spec("_ctypes").loader.load_module("_ctypes"),
):
    try:
        print("ESCAPED", attempt())
    except BaseException as error:
        print(type(error).__name__)
