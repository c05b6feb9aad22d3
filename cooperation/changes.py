"""The data version: it moves with every change of a record, whoever makes it.

Triggers of the database write the log, so that no way of changing a record can forget it: a form, an import, a bulk
update, a fixture, a deletion. Everything that is derived from the records (bitmaps, search index, cached pages) keeps
the version it was made from and asks `changed_since` what to read again.

On PostgreSQL every transaction that changes records waits for the one before it, as SQLite has it anyway: numbers are
then in the order in which changes become visible.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import Any, TypeVar, cast

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

_T = TypeVar("_T")

DATA, SEARCH = "data", "search"
# More changes than this are not looked at one by one.
FEW = 20_000
EVERYTHING = ""
# Microseconds by which the version of a database that replaces another one is ahead of both: as long as the replacing
# may wait for those who write.
LEAP = 30_000_000

NOW = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000 + abs(random() % 1000)",
    "postgresql": "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint * 1000 + floor(random() * 1000)::bigint",
}
# By a clock that was set back a change is numbered after the one before it: the first in a new second, since browsers
# that ask by date know no smaller unit, the next thousand within it. A number by the clock is never among such.
STEP = (
    "INSERT INTO cooperation_dataversion (name, number) VALUES ('data', {now}) "
    "ON CONFLICT (name) DO UPDATE SET number = CASE "
    "WHEN excluded.number > cooperation_dataversion.number AND excluded.number % 1000000 < 1000 "
    "THEN excluded.number + 1000 "
    "WHEN excluded.number > cooperation_dataversion.number THEN excluded.number "
    "WHEN excluded.number > cooperation_dataversion.number - 1000000 "
    "OR cooperation_dataversion.number % 1000000 < 1000 "
    "THEN cooperation_dataversion.number + 1 "
    "ELSE (cooperation_dataversion.number / 1000000 + 1) * 1000000 END"
)
LOG = (
    "INSERT INTO cooperation_change (record_type, record_id, version) {rows} "
    "ON CONFLICT (record_type, record_id) DO UPDATE SET version = excluded.version"
)
VERSION = "(SELECT number FROM cooperation_dataversion WHERE name = 'data')"
# The arguments of the trigger are put in by PostgreSQL's format(), which quotes them.
OLD_ROWS = LOG.format(rows=f"SELECT DISTINCT %1$L, %2$I, {VERSION} FROM old_rows")  # noqa: S608  # nosec B608
NEW_ROWS = LOG.format(rows=f"SELECT DISTINCT %1$L, %2$I, {VERSION} FROM new_rows")  # noqa: S608  # nosec B608

# One function serves all tables: its arguments are the record type and the column that names the record.
POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION cooperation_watch() RETURNS trigger LANGUAGE plpgsql AS $watch$
BEGIN
  {STEP.format(now=NOW["postgresql"])};
  IF TG_OP = 'TRUNCATE' THEN
    {LOG.format(rows=f"VALUES ('', 0, {VERSION})")};
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    EXECUTE format($rows${OLD_ROWS}$rows$, TG_ARGV[0], TG_ARGV[1]);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    EXECUTE format($rows${NEW_ROWS}$rows$, TG_ARGV[0], TG_ARGV[1]);
  END IF;
  RETURN NULL;
END $watch$
"""
POSTGRESQL_ROWS = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
    "truncate": "",
}


# The models of the log. Their tables are made by migrations, and again by `make_log_anew` where they were lost.
LOG_MODELS = ("dataversion", "change")

_page: ContextVar[dict[Hashable, Any] | None] = ContextVar("what is known while a page is made", default=None)


@contextmanager
def pinned(version: int) -> Iterator[None]:
    """While a page is made: the data version that it is made at, so that it need not be read again and again."""
    token = _page.set({DATA: version})
    try:
        yield
    finally:
        _page.reset(token)


def while_pinned(key: Hashable, read: Callable[[], _T]) -> _T:
    """Return what `read()` answers, which is asked once while a page is made."""
    page = _page.get()
    if page is None:
        return read()
    if key not in page:
        page[key] = read()
    known: _T = page[key]
    return known


def current() -> int:
    """Return the number of the data version, in microseconds since 1970; 0 before the first change."""
    return while_pinned(DATA, read_current)


def read_current() -> int:
    """Read the number of the data version from the database, even while a page is made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM cooperation_dataversion WHERE name = %s", [DATA])
        row = cursor.fetchone()
    return row[0] if row else 0


def move_beyond(version: int) -> int:
    """Let the data version go on from `version` of the database that this one replaces, and return the new number.

    Whatever was derived from the former records is then older than these, in every process and browser.
    """
    with connection.cursor() as cursor:
        cursor.execute(STEP.format(now=NOW[connection.vendor]))
        number = max(read_current(), version + 1) + LEAP
        cursor.execute("UPDATE cooperation_dataversion SET number = %s WHERE name = %s", [number, DATA])
        cursor.execute(LOG.format(rows="SELECT '', 0, number FROM cooperation_dataversion WHERE name = 'data'"))
    return number


def changed_since(version: int) -> dict[str, set[int]] | None:
    """`{record type: {id, ...}}` of what changed after `version`.

    None when that is too much to look at one by one, or when the log cannot tell.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_type, record_id FROM cooperation_change WHERE version > %s LIMIT %s", [version, FEW + 1]
        )
        rows = cursor.fetchall()
    if len(rows) > FEW or any(record_type == EVERYTHING for record_type, _id in rows):
        return None
    changed: dict[str, set[int]] = {}
    for record_type, record_id in rows:
        changed.setdefault(record_type, set()).add(record_id)
    return changed


def name_of_type(model: type[Model]) -> str:
    """Return the name of a record type, as the log of changes and the names of addresses have it: “project”."""
    return cast(str, model._meta.model_name)  # only the options of no model at all have none


def watched_tables() -> list[tuple[str, str, str]]:
    """`[(table, record type, column that names the record), ...]` of everything that a public page can show."""
    watched = []
    for model in apps.get_app_config("cooperation").get_models(include_auto_created=True):
        meta = model._meta
        if not getattr(model, "is_watched", True):
            continue
        owner: Any
        if meta.auto_created:
            linked: object = meta.auto_created  # the model that has the many-to-many field
            owner = next(field for field in meta.fields if field.related_model is linked)
        else:
            name = getattr(model, "owner", None)
            owner = meta.get_field(name) if name else meta.pk
        watched.append((meta.db_table, name_of_type(owner.related_model or model), owner.column))
    return watched


def sqlite_triggers(table: str, record_type: str, column: str) -> dict[str, str]:
    """`{operation: body}` of the triggers of one table."""

    def log(row: str) -> str:
        return LOG.format(rows=f"VALUES ('{record_type}', {row}.\"{column}\", {VERSION})")

    step = STEP.format(now=NOW["sqlite"])
    steps = {"insert": [log("NEW")], "update": [log("OLD"), log("NEW")], "delete": [log("OLD")]}
    return {
        operation: f'AFTER {operation} ON "{table}" BEGIN {"; ".join([step, *logs])}; END'
        for operation, logs in steps.items()
    }


def postgresql_triggers(table: str, record_type: str, column: str) -> dict[str, str]:
    """`{operation: body}` of the triggers of one table."""
    return {
        operation: f'AFTER {operation} ON "{table}" {rows} FOR EACH STATEMENT '
        f"EXECUTE FUNCTION cooperation_watch('{record_type}', '{column}')"
        for operation, rows in POSTGRESQL_ROWS.items()
    }


def wanted_triggers(tables: Collection[str]) -> dict[str, tuple[str, str]]:
    """`{name: (table, body)}` for those of our tables that the database has. A changed body is another name."""
    bodies_of = {"sqlite": sqlite_triggers, "postgresql": postgresql_triggers}[connection.vendor]
    wanted = {}
    for table, record_type, column in watched_tables():
        if table in tables:
            for operation, body in bodies_of(table, record_type, column).items():
                digest = sha256(f"{body}{POSTGRESQL_FUNCTION}".encode()).hexdigest()[:8]
                wanted[f"watch_{table}_{operation}_{digest}"] = (table, body)
    return wanted


def present_triggers(cursor: CursorWrapper) -> dict[str, str]:
    """`{name: table}` of our triggers in the database."""
    if connection.vendor == "sqlite":
        cursor.execute(
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 6) = 'watch_'"
        )
    else:
        cursor.execute(
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE starts_with(tgname, 'watch_') AND pg_table_is_visible(pg_class.oid)"
        )
    return dict(cursor.fetchall())


def drop_triggers(cursor: CursorWrapper, triggers: Mapping[str, str]) -> None:
    for name, table in triggers.items():
        cursor.execute(f'DROP TRIGGER "{name}"' + (f' ON "{table}"' if connection.vendor == "postgresql" else ""))


def stop_watching(plan: Collection[object] = (), **_signal: object) -> None:
    """Before migrations: a rebuilt table would lose its triggers, and a rebuilt log could not be renamed under them."""
    if plan:
        with connection.cursor() as cursor:
            drop_triggers(cursor, present_triggers(cursor))


def watch(plan: Collection[object] | None = None, **_signal: object) -> None:
    """After migrations: make the triggers that are missing. What went unseen meanwhile counts as a change of all.

    A `flush`, which has no plan, empties the log as well, so that it counts as a change of all, too.
    """
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        has_log = {"cooperation_dataversion", "cooperation_change"} <= tables
        wanted = wanted_triggers(tables) if has_log else {}
        present = present_triggers(cursor)
        drop_triggers(cursor, {name: table for name, table in present.items() if name not in wanted})
        missing = {name: trigger for name, trigger in wanted.items() if name not in present}
        if not wanted or (not missing and plan is not None):
            return
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        for name, (_table, body) in missing.items():
            cursor.execute(f'CREATE TRIGGER "{name}" {body}')
        cursor.execute(STEP.format(now=NOW[connection.vendor]))
        cursor.execute(LOG.format(rows="SELECT '', 0, number FROM cooperation_dataversion WHERE name = 'data'"))


def find_lost() -> list[str]:
    """List what is missing of the log of changes in a database whose migrations are done: `["the data version", ...]`.

    A log without the latest change has lost entries. PostgreSQL also numbers a statement that changes no row, so that
    only an empty log is known to be incomplete there.
    """
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        lost = [f"the table {model._meta.db_table}" for model in lost_models(tables)]
        present = present_triggers(cursor)
        without = {table for name, (table, _body) in wanted_triggers(tables).items() if name not in present}
        lost += [f"the triggers of {table}" for table in sorted(without)]
        if lost:
            return lost
        number = read_current()
        cursor.execute("SELECT MAX(version) FROM cooperation_change")
        [(latest,)] = cursor.fetchall()
    if not number:
        return ["the data version"]
    is_whole = latest == number if connection.vendor == "sqlite" else latest is not None
    return [] if is_whole else ["entries of the log of changes"]


def lost_models(tables: Collection[str]) -> list[type[Model]]:
    """List the models of the log that have no table among `tables`."""
    models = [apps.get_app_config("cooperation").get_model(name) for name in LOG_MODELS]
    return [model for model in models if model._meta.db_table not in tables]


def make_log_anew() -> None:
    """Put lost tables and triggers of the log back. Whatever changed unseen counts as a change of every record."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    with connection.schema_editor() as editor:
        for model in lost_models(tables):
            editor.create_model(model)
    with connection.cursor() as cursor:
        # No number comes twice, whatever the clock says: under the former ones pages are cached.
        cursor.execute(
            "INSERT INTO cooperation_dataversion (name, number) "
            "SELECT 'data', COALESCE(MAX(number), 0) FROM ("
            "SELECT MAX(version) AS number FROM cooperation_change UNION ALL "
            "SELECT MAX(number) FROM cooperation_dataversion WHERE name IN ('data', 'search')) AS numbers WHERE true "
            "ON CONFLICT (name) DO UPDATE SET number = excluded.number"
        )
    watch()
