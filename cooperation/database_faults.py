"""What may be the matter with a database that is in order: no room, no right to write, no turn, no answer."""

import errno
import os
from enum import Enum
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Bytes below which SQLite cannot write even the smallest change.
LEAST_ROOM = 64 * 1024


class DatabaseFault(Enum):
    """A fault that an operator can mend while the portal runs, or that passes by itself."""

    FULL = "full"
    READ_ONLY = "read-only"
    LOCKED = "locked"
    OUT_OF_REACH = "out of reach"

    @property
    def title(self) -> str | Promise:
        if self is DatabaseFault.OUT_OF_REACH:
            return _("The registry cannot be read at the moment")
        return _("Nothing can be saved at the moment")

    @property
    def sentence(self) -> str | Promise:
        return SENTENCES[self]

    @property
    def seconds(self) -> int:
        """After which it is worth trying again."""
        return 60 if self is DatabaseFault.LOCKED else 300


SENTENCES = {
    DatabaseFault.FULL: _("The disk of the registry is full. Nothing can be saved, and nobody can sign in."),
    DatabaseFault.READ_ONLY: _("The registry can only be read now. Nothing can be saved, and nobody can sign in."),
    DatabaseFault.LOCKED: _("Another program is writing to the registry. Try again in a minute."),
    DatabaseFault.OUT_OF_REACH: _("The database of the registry does not answer. Try again in some minutes."),
}

OF_FILES = {
    errno.ENOSPC: DatabaseFault.FULL,
    errno.EDQUOT: DatabaseFault.FULL,
    errno.EROFS: DatabaseFault.READ_ONLY,
}
# By the lower byte of an error code of SQLite: https://www.sqlite.org/rescode.html
OF_SQLITE = {
    5: DatabaseFault.LOCKED,  # BUSY
    6: DatabaseFault.LOCKED,
    8: DatabaseFault.READ_ONLY,
    10: DatabaseFault.OUT_OF_REACH,  # IOERR
    13: DatabaseFault.FULL,
    14: DatabaseFault.OUT_OF_REACH,  # CANTOPEN
}
# By the beginning of an error code of PostgreSQL: https://www.postgresql.org/docs/15/errcodes-appendix.html
OF_POSTGRESQL = {
    "53100": DatabaseFault.FULL,
    "25006": DatabaseFault.READ_ONLY,
    "55P03": DatabaseFault.LOCKED,  # lock_not_available
    "40P01": DatabaseFault.LOCKED,  # deadlock_detected
    "08": DatabaseFault.OUT_OF_REACH,  # connection exceptions
    "53": DatabaseFault.OUT_OF_REACH,  # insufficient resources
    "57P": DatabaseFault.OUT_OF_REACH,  # shut down, in recovery
}


def read_fault(error: BaseException | None) -> DatabaseFault | None:
    """Read from an error of the database or of a file which fault it is; None for any other, a mistake of ours."""
    if isinstance(error, OSError):  # a file of our own, such as an upload
        return OF_FILES.get(error.errno or 0)
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        fault = OF_SQLITE.get(code & 0xFF)
        # A file that could be opened for reading alone, or not at all, since the disk is full, says only that.
        return DatabaseFault.FULL if fault and fault is not DatabaseFault.LOCKED and is_disk_full() else fault
    if not type(cause).__module__.startswith("psycopg"):
        return None
    state = getattr(cause, "sqlstate", None)
    if state is None:  # it never came to an answer of the server
        return DatabaseFault.OUT_OF_REACH
    return next((fault for begin, fault in OF_POSTGRESQL.items() if state.startswith(begin)), None)


def is_disk_full() -> bool:
    """Tell if a SQLite file cannot grow; False for other databases."""
    file = connection.settings_dict["NAME"]
    if connection.vendor != "sqlite" or not isinstance(file, Path):  # else one in memory
        return False
    try:
        disk = os.statvfs(file.parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < LEAST_ROOM


def close_stopgap(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """Let a connection that would not see changes end with the request that opened it."""
    if getattr(connection.connection, "is_stopgap", False):
        connection.close_at = 0.0


connection_created.connect(close_stopgap)
