"""Databases as a whole: another one in the place of the configured one, and what is in it, table by table.

Everything goes by the tables and models that are there, so that no app can be forgotten.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from django.db.utils import load_backend

from cooperation.models import AuditEntry, Change, DataVersion, KnownRight

# The beginning of the names of the tables of the search index, which is made anew wherever the records go.
SEARCH_TABLES = "cooperation_search"
# The same of the tables that SQLite keeps for itself.
SQLITE_TABLES = "sqlite_"
# `setup` makes rows of these by itself: a database that holds no others is empty.
MADE_BY_SETUP: tuple[type[Model], ...] = (
    ContentType,
    Permission,
    Group,
    Group.permissions.through,
    Session,
    DataVersion,
    Change,
    KnownRight,
    AuditEntry,
)


@contextmanager
def use_database(config: dict[str, Any]) -> Iterator[None]:
    """Let this process use another database by default; `config` says what differs from the settings."""
    own = connections[DEFAULT_DB_ALIAS]
    backend = load_backend(config.get("ENGINE", own.settings_dict["ENGINE"]))
    other = backend.DatabaseWrapper({**own.settings_dict, **config}, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = other
    # Which number a model has differs from one database to another.
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        ContentType.objects.clear_cache()
        other.close()
        connections[DEFAULT_DB_ALIAS] = own


def sqlite_file(path: Path) -> dict[str, Any]:
    """Return the settings of an SQLite file that only this process uses, and that may be lost in a power cut."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {"init_command": "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;"},
    }


def own_tables() -> list[str]:
    """Return the names of all tables but those of the search index, in order."""
    names = connection.introspection.table_names()
    return sorted(name for name in names if not name.startswith((SEARCH_TABLES, SQLITE_TABLES)))


def stored_models() -> list[type[Model]]:
    """Return the models that have a table of their own, with those of links and of history."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and not model._meta.proxy]


def count_rows() -> dict[str, int]:
    """Return `{table: number of rows}` of everything but the sessions and the search index."""
    counts = {}
    with connection.cursor() as cursor:
        for table in own_tables():
            if table != Session._meta.db_table:
                name = connection.ops.quote_name(table)  # one of our own
                cursor.execute(f"SELECT COUNT(*) FROM {name}")  # noqa: S608  # nosec B608
                counts[table] = cursor.fetchone()[0]
    return counts


def holds_data() -> bool:
    """Tell if anybody has entered anything: any row beyond those that `setup --empty` makes."""
    tables = set(connection.introspection.table_names())
    return any(
        model._base_manager.exists()
        for model in stored_models()
        if model not in MADE_BY_SETUP and model._meta.db_table in tables
    )


def applied_migrations() -> dict[str, list[str]]:
    """Return `{app: [migration, ...]}` of what was applied to the database."""
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return applied


def unknown_migration(applied: dict[str, list[str]]) -> str | None:
    """Find a migration that this code does not have, as in “cooperation.0009_missions”."""
    loader = MigrationLoader(None)
    known = {*loader.disk_migrations, *(old for each in loader.disk_migrations.values() for old in each.replaces)}
    return next((f"{app}.{name}" for app in applied for name in applied[app] if (app, name) not in known), None)
