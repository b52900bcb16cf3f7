# Runs a host file by `runpy` and `exec` of what it can read.
for attempt in (
    lambda: __import__("runpy").run_path("HOSTDIR/hostmodule.py"),
    lambda: __import__("runpy").run_module("hostmodule"),
    lambda: __import__("pkgutil").get_data("hostmodule", "canary"),
    lambda: __import__("imp").load_source("m", "HOSTDIR/hostmodule.py"),
    lambda: __import__("code").interact,
):
    try:
        found = attempt()
        if isinstance(found, (dict, bytes)):
            print("ESCAPED", found)
    except BaseException as error:
        print(type(error).__name__)
