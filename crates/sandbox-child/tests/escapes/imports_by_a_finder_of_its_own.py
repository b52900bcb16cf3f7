# Puts the path finders back, if they were taken away, and imports from the host.
import sys
try:
    import _frozen_importlib_external as external
    sys.path_hooks[:] = [external.FileFinder.path_hook((external.SourceFileLoader, [".py"]))]
    sys.meta_path.insert(0, external.PathFinder)
    sys.path[:] = ["HOSTDIR"]
    sys.path_importer_cache.clear()
    import hostmodule
    print("ESCAPED", hostmodule.SECRET)
except Exception as error:
    print(type(error).__name__)
