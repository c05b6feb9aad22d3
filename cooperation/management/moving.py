"""Rows from an SQLite file into an empty PostgreSQL database: with their ids, and with proof that none is missing.

The tables of both databases are those of the same migrations. Values go through the fields of the models, so that
dates, switches, JSON and files arrive as what they are. Everything happens in one transaction.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from django.contrib.sessions.models import Session
from django.core.management import CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, models, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import load_backend
from django.utils.translation import gettext as _

from cooperation import changes
from cooperation.audit import protect_audit_log
from cooperation.audit.triggers import unprotect_audit_log
from cooperation.management.databases import own_tables, sqlite_file, stored_models, use_database
from cooperation.search.index import drop_tables, make_tables

SOURCE = "source"
BATCH = 2_000
# What is said of values that PostgreSQL does not take: by the database, and by psycopg.
NOT_TAKEN = (DatabaseError, psycopg.Error, ValueError)
Row = tuple[Any, ...]


class Digest:
    """A number that rows give, whatever their order, and how many there are."""

    def __init__(self) -> None:
        self.total, self.rows = 0, 0

    def add(self, row: Row) -> None:
        self.total = (self.total + int.from_bytes(sha256(canonical(row)).digest(), "big")) % 2**256
        self.rows += 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Digest) and (self.total, self.rows) == (other.total, other.rows)

    __hash__ = None  # type: ignore[assignment]  # it goes on changing


def canonical(row: Row) -> bytes:
    """Write the values of a row in the same way for every database."""
    return json.dumps([plain(value) for value in row], sort_keys=True, cls=DjangoJSONEncoder).encode()


def plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    # The encoder would round to milliseconds.
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def moved_models() -> list[type[models.Model]]:
    """Return the models whose rows are moved: all but the sessions, with the migrations that were applied."""
    migrations: type[models.Model] = MigrationRecorder.Migration
    return [model for model in [*stored_models(), migrations] if model is not Session]


def move_rows(source: Path, report: Callable[[float, str], None]) -> tuple[int, list[str]]:
    """Copy all rows of an SQLite file into the configured database. Both are up to date, and the latter is empty.

    Returns the number of rows, and the tables of the file that belong to no model and stayed behind. `report` is told
    how much is done (from 0 to 1) and what is being copied. Raises CommandError when a row is not taken, or when the
    rows of both databases differ in the end: then nothing was copied.
    """
    moving = moved_models()
    with use_database(sqlite_file(source)):
        known = {model._meta.db_table for model in moving} | {Session._meta.db_table}
        left = [table for table in own_tables() if table not in known]
        last_ids = read_last_ids()
    with second_database(sqlite_file(source)), transaction.atomic():
        with connection.cursor() as cursor:
            # They would take every row for a change. `changes.watch` makes them again.
            changes.drop_triggers(cursor, changes.present_triggers(cursor))
            # Set-up has written to the log of the new database that it made the groups.
            unprotect_audit_log()
            cursor.execute(f"TRUNCATE {', '.join(quoted(model._meta.db_table) for model in moving)}")
        digests = []
        for number, model in enumerate(moving):
            report(number / len(moving), str(model._meta.verbose_name_plural))
            digests.append(copy_rows(model))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            set_last_ids(cursor, moving, last_ids)
        for model, digest in zip(moving, digests, strict=True):
            check_rows(model, digest)
        with connection.cursor() as cursor:
            # What was copied says how far the index of the other database had followed.
            drop_tables(cursor)
            make_tables(cursor)
        changes.watch()
        protect_audit_log()
    return sum(digest.rows for digest in digests), left


@contextmanager
def second_database(config: dict[str, Any]) -> Iterator[None]:
    """Let the ORM read from another database under the alias SOURCE."""
    backend = load_backend(config["ENGINE"])
    connections[SOURCE] = backend.DatabaseWrapper({**connection.settings_dict, **config}, SOURCE)
    try:
        yield
    finally:
        connections[SOURCE].close()
        del connections[SOURCE]


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def read_rows(model: type[models.Model], alias: str) -> Iterator[Row]:
    names = [field.attname for field in model._meta.concrete_fields]
    return iter(model._base_manager.using(alias).order_by().values_list(*names).iterator(chunk_size=BATCH))


def copy_rows(model: type[models.Model]) -> Digest:
    """Copy the rows of a model as they are, without `save()`, and return the digest of what was read."""
    fields = [(place, field) for place, field in enumerate(model._meta.concrete_fields) if not field.generated]
    columns = ", ".join(quoted(str(field.column)) for _place, field in fields)
    digest = Digest()
    try:
        command = f"COPY {quoted(model._meta.db_table)} ({columns}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(command) as copy:
            for row in read_rows(model, SOURCE):
                digest.add(row)
                copy.write_row([field.get_db_prep_save(row[place], connection) for place, field in fields])
    except NOT_TAKEN as error:
        sentence = _("PostgreSQL does not take a row of the table %(table)s: %(why)s. Nothing was moved.")
        why = str(error).partition("\n")[0].rstrip(".")
        raise CommandError(sentence % {"table": model._meta.db_table, "why": why}) from error
    return digest


def check_rows(model: type[models.Model], expected: Digest) -> None:
    """Read the rows of a model back and raise CommandError unless they are those that were copied."""
    found = Digest()
    for row in read_rows(model, DEFAULT_DB_ALIAS):
        found.add(row)
    if found != expected:
        sentence = _("The rows of the table %(table)s are not the same in both databases. Nothing was moved.")
        raise CommandError(sentence % {"table": model._meta.db_table})


def read_last_ids() -> dict[str, int]:
    """Return `{table: highest id that was ever given}` of the configured SQLite file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, seq FROM sqlite_sequence")
        return dict(cursor.fetchall())


def set_last_ids(cursor: CursorWrapper, moving: list[type[models.Model]], last_ids: dict[str, int]) -> None:
    """Let each table go on from the last id that SQLite gave, so that the id of a deleted row is never used again."""
    for model in moving:
        table, pk = model._meta.db_table, model._meta.pk
        if isinstance(pk, models.AutoField):
            last = last_ids.get(table, 0)
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
                [quoted(table), pk.column, max(last, 1), last > 0],
            )
