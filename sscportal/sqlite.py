"""How the portal opens a SQLite file."""

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any


class OwnerOnlyConnection(sqlite3.Connection):
    """A connection that makes a missing file for its owner only (mode 600): it will hold drafts and accounts.

    SQLite would make it for everybody; the -wal and -shm beside it get the mode of the file. One that exists stays as
    it is, and is not opened here: closing it would take away the locks of other connections of this process.
    """

    def __init__(self, database: str | Path, *arguments: Any, **options: Any) -> None:
        if isinstance(database, Path):  # not one in memory, which tests use
            # What else may be wrong, SQLite says in its own words.
            with contextlib.suppress(OSError):
                os.close(os.open(database, os.O_CREAT | os.O_EXCL, 0o600))
        super().__init__(database, *arguments, **options)
