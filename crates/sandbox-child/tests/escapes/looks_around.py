# Lists folders and asks about files.
import os
for name in ("listdir", "scandir", "stat", "lstat", "statvfs", "readlink"):
    try:
        print("ESCAPED", list(getattr(os, name)("/")))
    except Exception as error:
        print(type(error).__name__)
for name, arguments in {"exists": ("CANARY",), "isfile": ("CANARY",), "isdir": ("/",), "getsize": ("CANARY",)}.items():
    try:
        if getattr(os.path, name)(*arguments):
            print("ESCAPED", name)
    except Exception as error:
        print(type(error).__name__)
try:
    if list(os.walk("/")):
        print("ESCAPED walk")
except Exception as error:
    print(type(error).__name__)
