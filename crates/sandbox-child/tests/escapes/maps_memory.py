# Maps memory, changes limits, asks the terminal.
for attempt in (
    lambda: __import__("mmap").mmap(-1, 4096),
    lambda: __import__("mmap").mmap(0, 4096),
    lambda: __import__("resource").setrlimit(7, (1024, 1024)) or True,
    lambda: __import__("resource").getrlimit(7),
    lambda: __import__("fcntl").fcntl(1, 3),
    lambda: __import__("termios").tcgetattr(0),
    lambda: __import__("tty").setraw(0),
    lambda: __import__("syslog").syslog("owned") or True,
    lambda: __import__("_posixshmem").shm_open("/owned", 66, 0o600),
    lambda: __import__("multiprocessing.shared_memory").shared_memory.SharedMemory(create=True, size=10),
    lambda: __import__("curses").initscr(),
    lambda: __import__("readline").read_history_file("CANARY"),
):
    try:
        print("ESCAPED", attempt())
    except BaseException as error:
        print(type(error).__name__)
