"""How many random cases each database is asked."""

from django.db import connection


def share(number):
    """All of them on SQLite, where every test runs. A quarter on others: the filters are the same, the SQL is not."""
    return number if connection.vendor == "sqlite" else number // 4
