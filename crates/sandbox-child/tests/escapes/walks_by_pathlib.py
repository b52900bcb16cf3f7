# Reads, writes, lists and removes by `pathlib`.
try:
    from pathlib import Path
except Exception as error:
    print(type(error).__name__)
else:
    path = Path("CANARY")
    for act in (path.read_text, path.read_bytes, path.unlink, path.stat, path.touch, path.parent.mkdir,
                lambda: list(path.parent.iterdir()), lambda: path.write_text("owned"), lambda: list(Path("/").glob("*")) or 1 / 0,
                lambda: path.exists() or 1 / 0, path.open):
        try:
            print("ESCAPED", act())
        except Exception as error:
            print(type(error).__name__)
