"""A database as version 0.1.0 left it, on which people had worked: later versions carry all of it over.

`portal-0.1.0.sqlite3.xz` holds the fixtures of that version, three accounts without passwords, and what they did: an
edit, an edit of parts and themes, an edit that was undone, a changed address, a withdrawn record, a draft, a record in
review, a pending change, an import, a file that was read and not yet imported, two merges, one of which was undone, a
reported mistake, and pairs of possible duplicates. It is never made again.
"""

import lzma
import sqlite3
from contextlib import closing
from pathlib import Path

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

FILE = Path(__file__).with_name("portal-0.1.0.sqlite3.xz")
# Derived from the records: another database makes its own.
DERIVED = ("cooperation_search", "cooperation_change", "cooperation_dataversion", "django_migrations", "sqlite_")
LAST_MIGRATION = ("cooperation", "0007_curating")


def unpack(folder: Path) -> Path:
    """The database file of version 0.1.0, in `folder`."""
    path = folder / "portal.sqlite3"
    path.write_bytes(lzma.decompress(FILE.read_bytes()))
    return path


def rows_of(path: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as file:
        return file.execute(sql).fetchall()


def copy_to_postgresql(path: Path) -> None:
    """Fill the empty database of the present connection as version 0.1.0 on PostgreSQL would have left it."""
    call_command("migrate", *LAST_MIGRATION, verbosity=0)
    for app in ("admin", "auth", "contenttypes", "sessions"):
        call_command("migrate", app, verbosity=0)
    tables = [
        name
        for (name,) in rows_of(path, "SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith(DERIVED)
    ]
    quoted = ", ".join(f'"{table}"' for table in tables)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {quoted} CASCADE")
        for table in tables:
            columns = [row[1] for row in rows_of(path, f"PRAGMA table_info({table})")]
            names = ", ".join(f'"{column}"' for column in columns)
            rows = [[as_text(value) for value in row] for row in rows_of(path, f"SELECT {names} FROM {table}")]
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", rows)
        models = connection.introspection.installed_models(tables)
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


def as_text(value):
    """As PostgreSQL reads it for a column of any type: SQLite holds switches as numbers."""
    return value if value is None or isinstance(value, bytes) else str(value)
