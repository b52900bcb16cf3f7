# Writes by `tempfile`.
try:
    import tempfile
except Exception as error:
    print(type(error).__name__)
else:
    for make in (tempfile.TemporaryFile, tempfile.NamedTemporaryFile, tempfile.mkstemp, tempfile.mkdtemp,
                 tempfile.TemporaryDirectory, lambda: tempfile.SpooledTemporaryFile().rollover()):
        try:
            print("ESCAPED", make())
        except Exception as error:
            print(type(error).__name__)
