"""How the portal opens a SQLite file, also on a disk that is full or read-only."""

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

# What SQLite says when it cannot make the two files beside a database that it needs for reading as well.
NO_ROOM = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY)


class OwnerOnlyConnection(sqlite3.Connection):
    """A connection that makes a missing file for its owner only (mode 600): it will hold drafts and accounts.

    SQLite would make it for everybody; the -wal and -shm beside it get the mode of the file. One that exists stays as
    it is, and is not opened here: closing it would take away the locks of other connections of this process.

    is_stopgap   whether the file is read as if nobody could change it: never for longer than one request
    """

    is_stopgap = False
    may_write = True

    def __init__(self, database: str | Path, *arguments: Any, **options: Any) -> None:
        if not isinstance(database, Path):  # one in memory, which tests use
            super().__init__(database, *arguments, **options)
            return
        address = f"file:{quote(str(database))}"
        if self.may_write:
            # What else may be wrong, SQLite says in its own words.
            with contextlib.suppress(OSError):
                os.close(os.open(database, os.O_CREAT | os.O_EXCL, 0o600))
        super().__init__(address if self.may_write else f"{address}?mode=ro", *arguments, **options)
        try:
            # The first reading: with a write-ahead log it needs two files beside the database.
            [mode] = self.execute("PRAGMA journal_mode").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in NO_ROOM or has_unwritten_pages(database):
                raise
            super().__init__(f"{address}?immutable=1", *arguments, **options)
            self.is_stopgap = True
            return
        # It is written into the file, so that it is done once: a full disk would refuse it.
        if mode != "wal" and self.may_write:
            with contextlib.suppress(sqlite3.OperationalError):
                self.execute("PRAGMA journal_mode=WAL")


class ReadOnlyConnection(OwnerOnlyConnection):
    """A connection that never writes: neither into the file nor a missing one."""

    may_write = False


def has_unwritten_pages(database: Path) -> bool:
    """Tell if changes wait in the log beside the file, without which the file itself is out of date."""
    try:
        return os.stat(f"{database}-wal").st_size > 0
    except FileNotFoundError:
        return False
