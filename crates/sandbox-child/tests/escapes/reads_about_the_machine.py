# Looks for names and numbers of the host and of other processes.
for attempt in (
    lambda: __import__("os").uname(),
    lambda: __import__("os").getlogin(),
    lambda: __import__("os").getppid(),
    lambda: __import__("os").getuid(),
    lambda: __import__("os").getcwd(),
    lambda: __import__("os").sched_getaffinity(0),
    lambda: __import__("socket").gethostname(),
    lambda: __import__("pwd").getpwall(),
    lambda: __import__("grp").getgrall(),
    lambda: __import__("getpass").getuser(),
    lambda: __import__("platform").node(),
):
    try:
        found = attempt()
        if found not in (None, "", 0, 1, "/", "localhost", "learner", []):
            print("ESCAPED", found)
    except BaseException as error:
        print(type(error).__name__)
