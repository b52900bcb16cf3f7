# Starts other programs.
import os
attempts = [
    lambda: os.system("echo owned > CANARY"),
    lambda: os.popen("id").read(),
    lambda: os.execv("/bin/sh", ["sh"]),
    lambda: os.execve("/bin/sh", ["sh"], {}),
    lambda: os.execvp("sh", ["sh"]),
    lambda: os.posix_spawn("/bin/sh", ["sh"], {}),
    lambda: os.spawnv(0, "/bin/sh", ["sh"]),
    lambda: os.spawnlp(0, "sh", "sh"),
    lambda: os.startfile("/bin/sh"),
    lambda: __import__("posix").system("id"),
]
for attempt in attempts:
    try:
        print("ESCAPED", attempt())
    except Exception as error:
        print(type(error).__name__)
