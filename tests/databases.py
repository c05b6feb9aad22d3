"""Which database a test asks: made once in a run, copied for each process. And how many random cases each is asked."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cooperation import search
from cooperation.history import begin_history
from cooperation.management.commands.setup import FIXTURES, learn_table_sizes
from cooperation.management.fixtures import load_fixtures
from tests.processes import once, process_name

# The name in the settings, of which the tests make names of their own.
CONFIGURED = connection.settings_dict["NAME"]


def share(number):
    """All of them on SQLite, where every test runs. A quarter on others: the filters are the same, the SQL is not."""
    return number if connection.vendor == "sqlite" else number // 4


@contextmanager
def other_database(name: str | Path) -> Iterator[None]:
    """Use the database `name` (SQLite: the path of a file) of the same server as the default one of this thread."""
    own = connections[DEFAULT_DB_ALIAS]
    other = type(own)({**own.settings_dict, "NAME": str(name)}, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = other
    # Which number a model has differs from one database to another.
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        ContentType.objects.clear_cache()
        # The wrapper’s own `close` leaves a database in memory open.
        BaseDatabaseWrapper.close(other)
        connections[DEFAULT_DB_ALIAS] = own


def migrate() -> None:
    """Make the present database, which is empty, that of an installation without records."""
    call_command("migrate", verbosity=0)
    search.catch_up()


def fill() -> None:
    """Load the fixtures into the present database, which has no records."""
    with transaction.atomic():
        load_fixtures(FIXTURES)
        begin_history("fixtures")
    search.catch_up()
    learn_table_sizes()


# What a template is made from: by its step, the one before it.
BEFORE = {fill: migrate}


def use_copy(step: Callable[[], None], folder: Path):
    """A context that gives the name of a database of this process, a copy of the template that `step` made.

    The template is made once in a run, which has the `folder`.
    """
    return {"sqlite": copy_in_memory, "postgresql": copy_on_server}[connection.vendor](step, folder)


@contextmanager
def copy_in_memory(step, folder):
    def file_after(each):
        return folder / f"{each.__name__}.sqlite3"

    def make():
        if step in BEFORE:
            shutil.copyfile(file_after(BEFORE[step]), file_after(step))
        with other_database(file_after(step)), connection.cursor() as cursor:
            step()
            # A database in memory cannot be opened as a copy of one with a write-ahead log.
            cursor.execute("PRAGMA journal_mode = DELETE")

    once(folder, step.__name__, make)
    name = f"file:{step.__name__}?mode=memory&cache=shared"
    # It is there as long as one connection is.
    with closing(sqlite3.connect(name, uri=True)) as kept:
        with closing(sqlite3.connect(file_after(step))) as template:
            template.backup(kept)
        yield name


@contextmanager
def copy_on_server(step, folder):
    """Copy on PostgreSQL. The templates stay on the server until the next run makes them anew."""

    def name_after(each):
        return f"test_{CONFIGURED}_{each.__name__}"

    def make():
        create_database(name_after(step), template=name_after(BEFORE[step]) if step in BEFORE else "template0")
        with other_database(name_after(step)):
            step()

    once(folder, step.__name__, make)
    name = f"{name_after(step)}_{process_name()}"
    create_database(name, template=name_after(step))
    yield name
    drop_database(name)


def create_database(name: str, template: str = "template0") -> None:
    drop_database(name)
    with connection._nodb_cursor() as cursor:  # beside the database that is in use, as Django makes its own for tests
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop_database(name: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
