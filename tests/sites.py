"""A whole installation on the kind of database that the tests run on, for commands that handle all of it."""

import sqlite3
from contextlib import closing
from urllib.parse import quote

import psycopg
from django.db import connection

from tests.installation import Installation

# Derived from the records, or of those who are signed in: no backup holds them.
DERIVED = ("cooperation_search", "cooperation_change", "cooperation_dataversion", "django_session", "sqlite_")

TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema ORDER BY tablename",
}


class Site:
    """An installation and its database."""

    def __init__(self, installation: Installation, address: str = "") -> None:
        self.installation, self.folder, self.var = installation, installation.folder, installation.var
        self.vendor = "postgresql" if address else "sqlite"
        self.address = address
        self.variables = {
            "DJANGO_SETTINGS_MODULE": "sscportal.settings",
            **({"DATABASE_URL": address} if address else {}),
        }

    def manage(self, *arguments, **variables):
        return self.installation.manage(*arguments, **{**self.variables, **variables})

    def run(self, code):
        """Run Python code with Django set up, and return what it printed."""
        result = self.installation.run("-c", with_django(code), **self.variables)
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout

    def start(self, *arguments, **options):
        return self.installation.start(*arguments, **self.variables, **options)

    def query(self, sql):
        if self.vendor == "sqlite":
            return self.installation.query(sql)
        with closing(psycopg.connect(self.address, autocommit=True)) as database:
            cursor = database.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def dump(self):
        """Everything that a backup holds: `{table: [row, ...]}`, the rows in an order of their own."""
        tables = [name for (name,) in self.query(TABLES[self.vendor]) if not name.startswith(DERIVED)]
        return {table: sorted(map(repr, self.query(f'SELECT * FROM "{table}"'))) for table in tables}


def with_django(code):
    return f"import django; django.setup()\n{code}"


def dump_of_file(path):
    """The same as `Site.dump`, of an SQLite file."""
    with closing(sqlite3.connect(path)) as file:
        tables = [name for (name,) in file.execute(TABLES["sqlite"]) if not name.startswith(DERIVED)]
        return {table: sorted(map(repr, file.execute(f'SELECT * FROM "{table}"'))) for table in tables}


def address_of(name):
    """The DATABASE_URL of another database on the server of the tests."""
    config = connection.settings_dict
    user, password, host = (quote(config[key], safe="") for key in ("USER", "PASSWORD", "HOST"))
    secret = f":{password}" if password else ""
    return f"postgres://{user}{secret}@{host}:{config['PORT'] or 5432}/{name}"
