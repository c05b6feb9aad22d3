"""Backups of an SQLite database: out of the file while people write, and back into it while the portal runs.

Both ways go through SQLite's own backup. It reads one moment, and it writes in one transaction: readers see the old
database until the new one is whole, and a process that is killed leaves the old one.
"""

import fcntl
import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management import CommandError
from django.db import DatabaseError, OperationalError, connection
from django.utils.translation import gettext as _

from cooperation import changes
from cooperation.management.backup_file import make_lasting
from cooperation.management.databases import (
    SEARCH_TABLES,
    applied_migrations,
    count_rows,
    own_tables,
    sqlite_file,
    use_database,
)
from cooperation.search.index import drop_tables, make_tables

# Pages that are written at a time. Any database of the portal has more, so that there is a first time before the end.
PAGES = 16
# A writer is waited for as long as the settings of the portal let everybody wait.
SECONDS_BETWEEN_TRIES = 0.25
MAX_TRIES = 80
# Where SQLite puts its locks: whoever has the file open in WAL mode holds one here.
LOCK_BYTES = (0x40000000, 512)


def live_file() -> Path:
    """Return the path of the configured database file."""
    return Path(connection.settings_dict["NAME"])


def copy_pages(source: sqlite3.Connection, target: sqlite3.Connection, at_first: Callable[[], None]) -> None:
    """Copy a database over another one in one transaction; `at_first` is called as soon as nobody else can write."""
    tries, has_begun = 0, False

    def go_on(_status: int, _remaining: int, total: int) -> None:
        nonlocal tries, has_begun
        if not total:
            tries += 1
            if tries > MAX_TRIES:
                raise CommandError(
                    _("The database is locked by another program. Let that one finish, then run this command again.")
                )
        elif not has_begun:
            has_begun = True
            at_first()

    # Whoever waits here waits between the tries.
    target.execute("PRAGMA busy_timeout = 0")
    source.backup(target, pages=PAGES, progress=go_on, sleep=SECONDS_BETWEEN_TRIES)


def export_sqlite(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Copy the database as of one moment into `folder`, check it, and return the copy and the facts of its manifest."""
    path = folder / "copy.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        # One step for all pages: it reads one moment, and never begins again because somebody writes.
        connection.connection.backup(copy)
        check_integrity(copy)
        copy.execute("PRAGMA journal_mode = OFF")
    with use_database(sqlite_file(path)):
        leave_out_what_is_not_kept()
        facts = {
            "database": "sqlite",
            "server": sqlite3.sqlite_version,
            "schema": "",
            "data_version": changes.read_current() if "cooperation_dataversion" in own_tables() else 0,
            "migrations": applied_migrations(),
            "rows": count_rows(),
        }
    return path, facts


def check_integrity(database: sqlite3.Connection) -> None:
    """Raise CommandError if SQLite finds the file damaged."""
    try:
        [found] = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        # SQLite writes a heading and a line below it.
        what = found.splitlines()[-1]
        raise CommandError(_("The database is damaged (%(what)s). Nothing was written.") % {"what": what})


def leave_out_what_is_not_kept() -> None:
    """Empty the sessions and the search index, and let nothing that was deleted remain in the file."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if Session._meta.db_table in tables:
            Session.objects.all().delete()
        if SEARCH_TABLES in tables:
            drop_tables(cursor)
            make_tables(cursor)
        cursor.execute("VACUUM")


def can_be_opened() -> bool:
    """Tell if SQLite takes the configured file for a database. One that is not there is made."""
    try:
        connection.introspection.table_names()
    except OperationalError as error:
        raise CommandError(_("The database cannot be opened: %(why)s.") % {"why": error}) from error
    except DatabaseError:
        connection.close()
        return False
    return True


def aside_name(path: Path, stamp: str) -> Path:
    """Name the place for what a restore replaces, as in portal-before-20260131T021500Z.sqlite3."""
    return path.with_name(f"{path.stem}-before-{stamp}{path.suffix}")


def write_into_live_file(content: Path, stamp: str) -> Path | None:
    """Replace the database in its file, while the portal runs. Returns where the former one is, or None without one."""
    path = live_file()
    aside = aside_name(path, stamp) if connection.introspection.table_names() else None
    with closing(sqlite3.connect(content)) as source:
        if page_size(source) != page_size(connection.connection):
            return replace_file(content, stamp)
        try:
            copy_pages(source, connection.connection, lambda: copy_aside(path, aside) if aside else None)
        except BaseException:
            for left in (aside, Path(f"{aside}-wal")) if aside else ():
                left.unlink(missing_ok=True)
            raise
    connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return aside


def page_size(database: sqlite3.Connection) -> int:
    """Return the bytes of a page. A file keeps its size of pages, so that another one cannot be written into it."""
    size: int = database.execute("PRAGMA page_size").fetchone()[0]
    return size


def copy_aside(path: Path, aside: Path) -> None:
    """Copy the file, and the changes that are not yet in it, while nobody else can write.

    By another process: if this one closed the file, its connection would lose its locks. Without the -shm, which SQLite
    makes of the -wal.
    """
    for ending in ("", "-wal"):
        source, target = Path(f"{path}{ending}"), Path(f"{aside}{ending}")
        if source.exists() and source.stat().st_size:
            command = ["cp", "--", str(source), str(target)]
            # The paths are our own.
            copied = subprocess.run(command, capture_output=True, text=True)  # noqa: S603  # nosec B603
            if copied.returncode:
                why = copied.stderr.strip().rpartition(": ")[2]
                sentence = _("The database cannot be put aside as %(file)s (%(why)s). Nothing was changed.")
                raise CommandError(sentence % {"file": target, "why": why})
            make_lasting(target)
    make_lasting(aside.parent)


def replace_file(content: Path, stamp: str) -> Path | None:
    """Put a new file in the place of one that SQLite cannot read. The portal must not run.

    Until the new file has the name, the old one has it: this can be interrupted and begun again.
    """
    path = live_file()
    connection.close()
    aside = aside_name(path, stamp)
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCK_BYTES[1], LOCK_BYTES[0])
        except OSError as error:
            sentence = _("%(file)s cannot be read and is in use. Stop the portal, then run this command again.")
            raise CommandError(sentence % {"file": path}) from error
        make_lasting(content)
        os.link(path, aside)
        for ending in ("-wal", "-shm"):
            if Path(f"{path}{ending}").exists():
                Path(f"{path}{ending}").rename(f"{aside}{ending}")
        content.replace(path)
    make_lasting(path.parent)
    return aside
