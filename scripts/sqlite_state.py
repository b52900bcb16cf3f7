"""Copies of the file in which `agent-bus up` keeps everything: taken while it runs, and put back while it does not.

Not here: the command line (scripts/backup, scripts/restore), Postgres (helm/agent-bus/files/backup.sh). Needs nothing but Python's
own library, with SQLite 3.37 or later.
"""

import contextlib
import fcntl
import os
import re
import shutil
import sqlite3
import time
from pathlib import Path

NAME = re.compile(r"agent-bus-(\d{8}T\d{6}Z)\.db")
STAMP = "%Y%m%dT%H%M%SZ"
# The database, and what SQLite keeps beside it.
DATABASE = "agent-bus.db"
BESIDE = ("-wal", "-shm", "-journal")


class Refused(Exception):
    """What was asked for is not done; nothing has changed."""


def copies(folder):
    """The copies in a folder by their names, which are their times: the newest last."""
    return sorted(path.name for path in Path(folder).iterdir() if NAME.fullmatch(path.name))


@contextlib.contextmanager
def held(folder, name, otherwise):
    """Holds a lock file as the program does: a lock of the kernel's, gone with whoever holds it."""
    try:
        lock = open(folder / name, "a")
    except OSError as error:
        raise Refused(f"{folder} cannot be written: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Refused(otherwise) from error
        yield


def sync(path):
    """Waits until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def judge(path):
    """Reads all of a copy: it is sound, and it is of ours."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            said = copy.execute("PRAGMA integrity_check").fetchone()[0]
            if said != "ok":
                raise Refused(f"{path} is damaged: {said}")
            return copy.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()[0]
    except (sqlite3.Error, TypeError) as error:
        raise Refused(f"{path} is no file of agent-bus: {error}") from error


def take(data_dir, folder, keep_days, keep_newest):
    """Writes a copy into the folder, as of one moment, and then removes what is too old. The names of the new and the removed."""
    database, folder = Path(data_dir) / DATABASE, Path(folder)
    if not database.is_file():
        raise Refused(f"there is no {database}: is {data_dir} the data folder of `agent-bus up`?")
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder")
    name = time.strftime(f"agent-bus-{STAMP}.db", time.gmtime())
    with held(folder, ".lock", f"another backup works in {folder}"):
        if (folder / name).exists():
            raise Refused(f"{folder / name} is there already")
        for leftover in folder.glob(".agent-bus-*.unfinished*"):
            leftover.unlink()
        unfinished = folder / f".{name}.unfinished"
        try:
            # Nobody else may read it from the first byte on.
            os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
            # One snapshot, whatever is written meanwhile. Pages that are free, where erased things may have been, are left out.
            with contextlib.closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as source:
                source.execute("VACUUM INTO ?", [str(unfinished)])
            judge(unfinished)
            sync(unfinished)
        except sqlite3.Error as error:
            unfinished.unlink(missing_ok=True)
            raise Refused(f"no copy of {database} was made: {error}; those that are there stay") from error
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        unfinished.rename(folder / name)
        sync(folder)
        return name, forget(folder, keep_days, keep_newest)


def forget(folder, keep_days, keep_newest):
    """Removes copies that are too old, but never one of the newest. Only when a new one is whole."""
    oldest = time.strftime(f"agent-bus-{STAMP}.db", time.gmtime(time.time() - keep_days * 86_400))
    removed = [name for name in copies(folder)[:-keep_newest] if name < oldest]
    for name in removed:
        (folder / name).unlink()
    return removed


def restore(folder, name, data_dir, replace):
    """Puts a copy, the newest where none is named, into a data folder in which nothing runs. Its name and schema version."""
    folder, data_dir = Path(folder), Path(data_dir)
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder")
    there = copies(folder)
    name = name or (there[-1] if there else None)
    if name is None:
        raise Refused(f"there is no copy in {folder}")
    if "/" in name or not (folder / name).is_file():
        raise Refused(f"there is no {name} in {folder}; there are: {' '.join(there) or 'none'}")
    version = judge(folder / name)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = data_dir / DATABASE
    with held(data_dir, "lock", f"{data_dir} is in use by a running agent-bus: stop it first; nothing was done"):
        if database.exists() and not replace:
            raise Refused(f"there is a {database} already: give another --data-dir, or --replace; nothing was done")
        unfinished = data_dir / f".{DATABASE}.unfinished"
        unfinished.unlink(missing_ok=True)
        with (
            open(folder / name, "rb") as source,
            open(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as target,
        ):
            shutil.copyfileobj(source, target)
        sync(unfinished)
        # What was written beside the old file must not be read into the new one. It goes first: should the power fail in
        # between, the old file is there without its last changes, and the copy still lies where it was.
        for suffix in BESIDE:
            Path(f"{database}{suffix}").unlink(missing_ok=True)
        unfinished.rename(database)
        sync(data_dir)
    return name, version
