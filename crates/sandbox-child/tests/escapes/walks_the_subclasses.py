# Finds classes that open files, run processes or load code among all subclasses of `object`.
pending, seen = [object], set()
while pending:
    thing = pending.pop()
    try:
        below = type.__subclasses__(thing)
    except TypeError:
        continue
    for cls in below:
        if cls not in seen:
            seen.add(cls)
            pending.append(cls)
print(len(seen))
for cls in seen:
    for arguments in (("CANARY",), ("CANARY", "r"), ("m", "CANARY")):
        if cls.__qualname__ not in ("FileIO", "_RawIOBase", "SourceFileLoader", "FileLoader", "Popen", "FileFinder", "zipimporter",
                                "SourcelessFileLoader", "catch_warnings", "BuiltinImporter", "FrozenImporter", "WindowsRegistryFinder"):
            break
        for act in ("read", "readall", "get_data", "get_source", "get_code", "load_module"):
            try:
                made = cls(*arguments)
                found = getattr(made, act)() if act.startswith("read") else getattr(made, act)("CANARY")
                if found is not None:
                    print("ESCAPED", cls, act, found)
            except BaseException as error:
                pass
    globals_of = getattr(getattr(cls, "__init__", None), "__globals__", {})
    for name in ("open", "_open", "system", "_os", "posix"):
        opener = globals_of.get(name)
        if callable(opener):
            try:
                print("ESCAPED", cls, name, opener("CANARY").read())
            except BaseException as error:
                pass
