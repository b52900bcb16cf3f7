# Imports a module that lies in a folder of the host.
import sys
sys.path.insert(0, "HOSTDIR")
sys.path.append("HOSTDIR")
sys.path_importer_cache.clear()
for attempt in (lambda: __import__("hostmodule"), lambda: __import__("importlib").import_module("hostmodule")):
    try:
        print("ESCAPED", attempt().SECRET)
    except Exception as error:
        print(type(error).__name__)
try:
    from importlib.util import module_from_spec, spec_from_file_location
    spec = spec_from_file_location("hostmodule", "HOSTDIR/hostmodule.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    print("ESCAPED", module.SECRET)
except Exception as error:
    print(type(error).__name__)
