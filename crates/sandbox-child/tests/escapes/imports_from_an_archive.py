# Imports by `zipimport`, reads by `zipfile`, `tarfile`, `gzip`, `bz2` and `lzma`.
# spoils: its own job
for module, name in (("zipimport", "zipimporter"), ("zipfile", "ZipFile"), ("tarfile", "open"), ("gzip", "open"),
                     ("bz2", "open"), ("lzma", "open")):
    for arguments in (("CANARY",), ("CANARY", "w")):
        try:
            print("ESCAPED", module, getattr(__import__(module), name)(*arguments))
        except Exception as error:
            # Only who opened it can say that it is no archive.
            text = str(error).lower()
            if module == "zipfile" and "not a zip" in text or "not a gzip" in text or "could not be opened successfully" in text:
                print("ESCAPED", module, text)
            print(type(error).__name__)
