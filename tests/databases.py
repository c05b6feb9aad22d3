"""Which database a test asks: made once in a run, copied for each process. And how many random cases each is asked."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cooperation import search
from cooperation.history import begin_history
from cooperation.management.commands.setup import FIXTURES, learn_table_sizes
from cooperation.management.fixtures import load_fixtures
from tests.processes import once, process_name


def share(number):
    """All of them on SQLite, where every test runs. A quarter on others: the filters are the same, the SQL is not."""
    return number if connection.vendor == "sqlite" else number // 4


@contextmanager
def other_database(name: str | Path) -> Iterator[None]:
    """Use the database `name` (SQLite: the path of a file) of the same server as the default one of this thread."""
    own = connections[DEFAULT_DB_ALIAS]
    other = type(own)({**own.settings_dict, "NAME": str(name)}, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield
    finally:
        # The wrapper’s own `close` leaves a database in memory open.
        BaseDatabaseWrapper.close(other)
        connections[DEFAULT_DB_ALIAS] = own


def migrate() -> None:
    """Make the present database what an empty installation has."""
    call_command("migrate", verbosity=0)
    search.catch_up()


def fill() -> None:
    """Make the present database, which is empty, what an installation with the fixtures has."""
    migrate()
    with transaction.atomic():
        load_fixtures(FIXTURES)
        begin_history("fixtures")
    search.catch_up()
    learn_table_sizes()


def use_copy(make_content: Callable[[], None], folder: Path):
    """A context that gives the name of a database of this process, a copy of one that `make_content` filled."""
    return {"sqlite": copy_in_memory, "postgresql": copy_on_server}[connection.vendor](make_content, folder)


@contextmanager
def copy_in_memory(make_content, folder):
    file = folder / f"{make_content.__name__}.sqlite3"

    def make():
        with other_database(file), connection.cursor() as cursor:
            make_content()
            # A database in memory cannot be opened as a copy of one with a write-ahead log.
            cursor.execute("PRAGMA journal_mode = DELETE")

    once(folder, make_content.__name__, make)
    name = f"file:{make_content.__name__}?mode=memory&cache=shared"
    # It is there as long as one connection is.
    with closing(sqlite3.connect(name, uri=True)) as kept:
        with closing(sqlite3.connect(file)) as template:
            template.backup(kept)
        yield name


@contextmanager
def copy_on_server(make_content, folder):
    stem = f"test_{connection.settings_dict['NAME']}_{make_content.__name__}"

    def make():
        create_database(stem)
        with other_database(stem):
            make_content()

    once(folder, make_content.__name__, make)
    name = f"{stem}_{process_name()}"
    create_database(name, template=stem)
    yield name
    drop_database(name)


def create_database(name, template="template0"):
    drop_database(name)
    with maintenance() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop_database(name):
    with maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def maintenance():
    """A cursor for whole databases, beside the one that is in use."""
    with connection._nodb_cursor() as cursor:
        yield cursor
