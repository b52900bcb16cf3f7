# Makes, renames and removes.
import os
for name, arguments in {
    "mkdir": ("CANARY.d",), "makedirs": ("CANARY.d/e",), "remove": ("CANARY",), "unlink": ("CANARY",),
    "rename": ("CANARY", "CANARY.gone"), "replace": ("CANARY", "CANARY.gone"), "link": ("CANARY", "CANARY.link"),
    "symlink": ("CANARY", "CANARY.sym"), "truncate": ("CANARY", 0), "chmod": ("CANARY", 0), "utime": ("CANARY", (0, 0)),
    "mkfifo": ("CANARY.fifo",), "mknod": ("CANARY.node",), "chdir": ("/tmp",), "chroot": ("/",),
}.items():
    try:
        getattr(os, name)(*arguments)
        print("ESCAPED", name)
    except Exception as error:
        print(type(error).__name__)
