# The same by the modules below `open`.
import io
import _io
for module in (io, _io):
    for name in ("open", "open_code", "FileIO"):
        for arguments in (("CANARY",), ("CANARY", "r"), ("CANARY", "w")):
            try:
                file = getattr(module, name)(*arguments)
                print("ESCAPED", module, name, file)
                file.write(b"owned")
            except Exception as error:
                print(type(error).__name__)
