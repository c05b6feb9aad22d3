"""An index of which something was lost or damaged, beside the records of which it can be made again."""

from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from cooperation.database_faults import read_fault
from cooperation.search.index import is_current, plans, read_state, rebuild

OWN_TABLES = {"cooperation_search", "cooperation_searchword"}
# Where SQLite keeps what is in the first of them.
PARTS_OF_FTS5 = ("data", "idx", "content", "config")


def is_whole() -> bool:
    """Tell if both tables are there, can be read, and hold an entry for each record, as far as they have followed."""
    with connection.cursor() as cursor:
        if not set(connection.introspection.table_names(cursor)) >= OWN_TABLES:
            return False
        try:
            terms = "cooperation_searchword"
            if connection.vendor == "sqlite":
                cursor.execute("INSERT INTO cooperation_search (cooperation_search) VALUES ('integrity-check')")
                terms = "cooperation_search_idx"  # at which no check of SQLite looks
            tables = ("cooperation_search", "cooperation_searchword", terms)
            # The names of the tables are our own constants.
            sizes = [f"(SELECT COUNT(*) FROM {table})" for table in tables]  # noqa: S608  # nosec B608
            cursor.execute(f"SELECT {', '.join(sizes)}")
            [(entries, *others)] = cursor.fetchall()
        except DatabaseError as error:
            if read_fault(error):
                raise
            return False
    if not is_current(read_state()):
        return True
    return entries == sum(plan.records().count() for plan in plans()) and all(others) == bool(entries)


def repair() -> None:
    """Make the tables anew, whatever became of the old ones."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            forget_table(cursor)
        rebuild()


def forget_table(cursor: CursorWrapper) -> None:
    """Remove the index from the schema of SQLite, which does not drop one whose parts are not all there."""
    cursor.execute("PRAGMA writable_schema = ON")
    cursor.execute("DELETE FROM sqlite_master WHERE name = 'cooperation_search'")
    cursor.execute("PRAGMA writable_schema = RESET")
    for part in PARTS_OF_FTS5:
        cursor.execute(f"DROP TABLE IF EXISTS cooperation_search_{part}")
