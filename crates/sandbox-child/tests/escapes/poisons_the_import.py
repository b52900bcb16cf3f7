# Puts finders and paths in front of those that are there.
import sys


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in ("string", "heapq", "bisect", "dataclasses", "textwrap"):
            print("ESCAPED", name)
            raise ImportError("poisoned")
        return None


for change in (
    lambda: sys.meta_path.insert(0, Finder()),
    lambda: sys.path_hooks.insert(0, lambda path: Finder()),
    lambda: sys.path.insert(0, "HOSTDIR"),
    lambda: sys.modules.clear(),
    lambda: sys.meta_path.extend([Finder()] * 10),
):
    try:
        change()
    except Exception as error:
        pass
