"""Which database a test asks, and how many random cases each is asked."""

from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connection, connections


def share(number):
    """All of them on SQLite, where every test runs. A quarter on others: the filters are the same, the SQL is not."""
    return number if connection.vendor == "sqlite" else number // 4


@contextmanager
def other_database(name: str):
    """Use the database `name` (SQLite: the path of a file) of the same server as the default one of this thread."""
    own = connections[DEFAULT_DB_ALIAS]
    other = type(own)({**own.settings_dict, "NAME": str(name)}, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield other
    finally:
        other.close()
        connections[DEFAULT_DB_ALIAS] = own
