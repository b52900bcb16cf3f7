# Reads by the loaders of the import system.
for module, names in {
    "importlib.machinery": ("SourceFileLoader", "SourcelessFileLoader", "ExtensionFileLoader"),
    "importlib._bootstrap_external": ("SourceFileLoader", "FileLoader", "ExtensionFileLoader"),
    "_frozen_importlib_external": ("SourceFileLoader", "FileLoader", "ExtensionFileLoader"),
}.items():
    try:
        loaded = __import__(module, fromlist=["x"])
    except Exception as error:
        print(type(error).__name__)
        continue
    for name in names:
        for act in ("get_data", "load_module", "get_code", "exec_module"):
            try:
                loader = getattr(loaded, name)("m", "CANARY")
                argument = "CANARY" if act == "get_data" else "m"
                found = getattr(loader, act)(argument)
                if found is not None:
                    print("ESCAPED", name, act, found)
            except BaseException as error:
                print(type(error).__name__)
    for act in ("_path_stat", "_path_isfile", "_path_isdir"):
        try:
            answer = getattr(loaded, act)("/")
            if answer:
                print("ESCAPED", act, answer)
        except Exception as error:
            print(type(error).__name__)
