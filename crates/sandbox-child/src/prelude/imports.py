"""Modules that cannot work here are refused by name, in plain words. Not here: what of `os` is refused (system.py)."""

import sys

NETWORK = "an exercise runs without a network"
PROGRAMS = "an exercise cannot start other programs"
WINDOWS = "an exercise has no screen to draw on; print instead"
OUTSIDE = "an exercise runs with Python's own library alone"

REFUSED = {
    "socket": NETWORK,
    "_socket": NETWORK,
    "ssl": NETWORK,
    "http": NETWORK,
    "ftplib": NETWORK,
    "smtplib": NETWORK,
    "poplib": NETWORK,
    "imaplib": NETWORK,
    "socketserver": NETWORK,
    "xmlrpc": NETWORK,
    "webbrowser": NETWORK,
    "requests": NETWORK,
    "subprocess": PROGRAMS,
    "multiprocessing": PROGRAMS,
    "pty": PROGRAMS,
    "asyncio": "an exercise runs one thing after the other",
    "sqlite3": "an exercise has no database",
    "dbm": "an exercise has no database",
    "shelve": "an exercise has no files",
    "ctypes": "an exercise cannot reach the machine below Python",
    "venv": PROGRAMS,
    "ensurepip": PROGRAMS,
    "tkinter": WINDOWS,
    "turtle": WINDOWS,
    "pygame": WINDOWS,
    "numpy": OUTSIDE,
    "pandas": OUTSIDE,
    "matplotlib": OUTSIDE,
    "scipy": OUTSIDE,
    "sklearn": OUTSIDE,
}


class Refusal:
    """Asked before those who know where modules are."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        reason = REFUSED.get(name.partition(".")[0])
        if reason is not None:
            raise ImportError(name + " cannot be imported here: " + reason, name=name)
        return None


sys.meta_path.insert(0, Refusal)
