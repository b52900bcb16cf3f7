"""What stands where the operating system would be: names that the library asks for when it is imported, and a plain word
wherever a program would reach outside. Not here: time (time.py), modules that are refused (imports.py)."""

import abc, sys, builtins, _io
import _exercise

Module = type(sys)


def refusal(what):
    def refuse(*arguments, **settings):
        raise PermissionError(what + " here: an exercise runs without the computer's files, network and programs")

    return refuse


no_files = refusal("files cannot be opened")


class FileIO(_io._RawIOBase):
    def __init__(self, *arguments, **settings):
        no_files()


FileIO.__module__ = "_io"
_io.FileIO = FileIO


def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    """Files cannot be opened here."""
    no_files()


open.__module__ = "io"
_io.open = _io.open_code = builtins.open = open
builtins.input = _exercise.input


def leaving(name):
    def leave(code=None):
        raise SystemExit(code)

    leave.__name__ = leave.__qualname__ = name
    leave.__module__ = "builtins"
    return leave


builtins.exit = leaving("exit")
builtins.quit = leaving("quit")

# --- random bytes: the same in each run, counted anew for each case

state = [0]


def urandom(size):
    value, made = state[0], bytearray()
    for _ in range(size):
        value = (value * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        made.append(value >> 33 & 255)
    state[0] = value
    return bytes(made)


def reset():
    state[0] = 0x9E3779B97F4A7C15


# --- os, posix, _signal


def fspath(path):
    """The path as text or bytes."""
    if isinstance(path, (str, bytes)):
        return path
    try:
        return type(path).__fspath__(path)
    except AttributeError:
        raise TypeError("expected str, bytes or os.PathLike object, not " + type(path).__name__) from None


def encoded(text):
    path = fspath(text)
    return path.encode("utf-8", "surrogateescape") if isinstance(path, str) else path


def decoded(text):
    path = fspath(text)
    return path.decode("utf-8", "surrogateescape") if isinstance(path, bytes) else path


class PathLike(abc.ABC):
    """What has a path: has __fspath__."""

    @abc.abstractmethod
    def __fspath__(self):
        raise NotImplementedError

    @classmethod
    def __subclasshook__(cls, subclass):
        return hasattr(subclass, "__fspath__") if cls is PathLike else NotImplemented


PathLike.__module__ = "os"


class terminal_size(tuple):
    """Columns and lines."""

    columns = property(lambda size: size[0])
    lines = property(lambda size: size[1])


posix = Module("posix")
names = {
    "environ": {},
    "fspath": fspath,
    "urandom": urandom,
    "error": OSError,
    "F_OK": 0,
    "R_OK": 4,
    "W_OK": 2,
    "X_OK": 1,
    "O_RDONLY": 0,
    "O_WRONLY": 1,
    "O_RDWR": 2,
    "O_CREAT": 64,
    "O_EXCL": 128,
    "O_TRUNC": 512,
    "O_APPEND": 1024,
    "O_CLOEXEC": 524288,
    "O_NOFOLLOW": 131072,
    "getpid": lambda: 1,
    "stat_result": tuple,
    "DirEntry": object,
    "terminal_size": terminal_size,
    "register_at_fork": lambda **hooks: None,
    "cpu_count": lambda: 1,
}
posix.__dict__.update(names)
for name in (
    "stat listdir mkdir remove unlink rename rmdir lstat scandir replace write close readlink fstat open read "
    "getcwd chdir chmod chown link symlink truncate utime"
).split():
    setattr(posix, name, refusal("os." + name + " cannot be used"))
for name in "system fork execv execve kill pipe waitpid spawnv popen".split():
    setattr(posix, name, refusal("os." + name + " cannot be used"))
sys.modules["posix"] = posix

os = Module("os")
os.__doc__ = "What is left of the operating system."
os.__dict__.update({name: value for name, value in posix.__dict__.items() if not name.startswith("__")})
os.__dict__.update(
    {
        "name": "posix",
        "sep": "/",
        "altsep": None,
        "linesep": "\n",
        "pathsep": ":",
        "curdir": ".",
        "pardir": "..",
        "extsep": ".",
        "devnull": "/dev/null",
        "defpath": "/bin:/usr/bin",
        "PathLike": PathLike,
        "fsencode": encoded,
        "fsdecode": decoded,
        "getenv": lambda key, default=None: os.environ.get(key, default),
        "get_terminal_size": lambda *streams: terminal_size((80, 24)),
        "get_exec_path": lambda *settings: [],
        "process_cpu_count": lambda: 1,
        "isatty": lambda number: False,
        "access": lambda *what: False,
        "supports_fd": set(),
        "supports_dir_fd": set(),
        "supports_follow_symlinks": set(),
        "getlogin": lambda: "learner",
        "makedirs": posix.mkdir,
        "removedirs": posix.rmdir,
        "walk": refusal("os.walk cannot be used"),
    }
)
sys.modules["os"] = os
import posixpath

# Whether a file is there can be answered: none is.
absent = lambda path: (fspath(path), False)[1]
for name in ("exists", "lexists", "isfile", "isdir", "islink", "ismount"):
    setattr(posixpath, name, absent)
sys.modules["os.path"] = os.path = posixpath

signal = Module("_signal")
signal.SIGINT, signal.SIGTERM, signal.SIG_DFL, signal.SIG_IGN = 2, 15, 0, 1
signal.signal = signal.default_int_handler = signal.alarm = refusal("signals cannot be used")
signal.getsignal = lambda number: None
sys.modules["_signal"] = signal

# --- threads: one at a time, and it has begun

import _thread


def no_threads(*arguments, **settings):
    raise RuntimeError("threads cannot be started here: an exercise runs one thing after the other")


for name in ("start_new_thread", "start_joinable_thread", "start_new"):
    setattr(_thread, name, no_threads)

# --- sys

# Where this binary lies is nobody's business.
sys.executable = sys._base_executable = ""
# Tracing is what shows a program's steps; a program has no use for it, and could only break it.
for name in ("settrace", "setprofile", "_settraceallthreads", "_setprofileallthreads"):
    setattr(sys, name, lambda function: None)
sys.gettrace = sys.getprofile = lambda: None
sys.monitoring = None
set_limit = sys.setrecursionlimit


def setrecursionlimit(limit):
    """How deep calls may go: at most 3,000 here."""
    set_limit(min(limit, 3000) if type(limit) is int else limit)


setrecursionlimit.__module__ = "sys"
sys.setrecursionlimit = setrecursionlimit
# Taken away again before the first program.
sys._reset_random_bytes = reset
