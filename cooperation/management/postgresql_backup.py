"""Backups of a PostgreSQL database, by its own programs: `pg_dump`, `pg_restore` and `psql`.

A restored database is made in a schema of its own, beside the one in use, and then takes its name. The former one stays
under another name. Each of the steps is one transaction.
"""

import os
import shutil
import subprocess
import time
from itertools import chain
from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management import CommandError
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from cooperation import changes
from cooperation.exports.publication import one_moment
from cooperation.management.databases import SEARCH_TABLES, applied_migrations, count_rows, own_tables

# Where a restored database is made ready, and where the schema of the dump is while that has its name.
RESTORING, OUT_OF_THE_WAY = "portal_restoring", "portal_out_of_the_way"
# Seconds for which those who read and write may keep a restore from the last step.
MAX_LOCK_WAIT = 20
SECONDS_BETWEEN_LOCKS = 0.2


def find_program(name: str) -> str:
    path = shutil.which(name)
    if not path:
        sentence = _("The program %(name)s is not installed. On Debian: apt install postgresql-client")
        raise CommandError(sentence % {"name": name})
    return path


def client_command(program: str, *options: str) -> tuple[list[str], dict[str, str]]:
    """Return the command for the configured database and its environment, which holds the password."""
    arguments, env = connection.client.settings_to_cmd_args_env(connection.settings_dict, list(options))
    return [find_program(program), *arguments[1:]], {**os.environ, "PGCONNECT_TIMEOUT": "10", **(env or {})}


def run_client(command: list[str], env: dict[str, str] | None = None) -> None:
    """Run a program of PostgreSQL. Raises CommandError with the first reason that it gives."""
    # The commands are our own, with paths of our own, and no shell reads them.
    result = subprocess.run(command, env=env, capture_output=True, text=True)  # noqa: S603  # nosec B603
    if result.returncode:
        raise failure(command[0], result.stderr)


def failure(program: str, output: str) -> CommandError:
    errors = [line for line in output.splitlines() if "rror" in line or "ERROR" in line] or output.splitlines() or ["?"]
    why = errors[0].rpartition("ERROR: ")[2].rpartition("error: ")[2].strip().rstrip(".")
    sentence = _("%(program)s failed: %(why)s.")
    return CommandError(sentence % {"program": Path(program).name, "why": why})


def export_postgresql(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Dump the schema in use as of one moment into `folder`, and return the dump and the facts of its manifest."""
    path = folder / "copy.dump"
    with one_moment(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot(), current_schema(), current_setting('server_version')")
        snapshot, schema, version = cursor.fetchone()
        facts = {
            "database": "postgresql",
            "server": version,
            "schema": schema,
            "data_version": changes.read_current() if "cooperation_dataversion" in own_tables() else 0,
            "migrations": applied_migrations(),
            "rows": count_rows(),
        }
        left_out = (f'"{schema}"."{Session._meta.db_table}"', f'"{schema}".{SEARCH_TABLES}*')
        command, env = client_command(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f'--schema="{schema}"',
            f"--file={path}",
            *(f"--exclude-table-data={pattern}" for pattern in left_out),
        )
        run_client(command, env)
    # Reads all of the dump.
    run_client([find_program("pg_restore"), f"--file={os.devnull}", str(path)])
    return path, facts


def schema_in_use() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        name: str | None = cursor.fetchone()[0]
    if not name:
        raise CommandError(_("The database has no schema for the tables of the portal. Make one."))
    return name


def in_schema(name: str) -> dict[str, Any]:
    """Return the settings with which everything is read from and written to this schema."""
    return {"OPTIONS": {**connection.settings_dict["OPTIONS"], "options": f"-c search_path={name}"}}


def load_dump(content: Path, schema: str) -> None:
    """Load a dump of the tables in `schema` into the schema RESTORING, in one transaction.

    A dump names its schema in every statement. So one of that name makes room for it until the end of the transaction,
    which nobody else sees.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
        is_taken = cursor.fetchone()
    before = [f'DROP SCHEMA IF EXISTS "{RESTORING}" CASCADE', f'CREATE SCHEMA "{schema}"']
    after = [f'ALTER SCHEMA "{schema}" RENAME TO "{RESTORING}"']
    if is_taken:
        before.insert(1, f'ALTER SCHEMA "{schema}" RENAME TO "{OUT_OF_THE_WAY}"')
        after.append(f'ALTER SCHEMA "{OUT_OF_THE_WAY}" RENAME TO "{schema}"')
    script = content.with_name("load.sql")
    program = find_program("pg_restore")
    options = ["--no-owner", "--no-privileges", f"--schema={schema}", f"--file={script}"]
    run_client([program, *options, str(content)])
    parts = [f"--command={line}" for line in before], [f"--file={script}"], [f"--command={line}" for line in after]
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", f"--output={os.devnull}"]
    run_client(*client_command("psql", *options, *chain(*parts)))


def swap_schemas(stamp: str) -> str | None:
    """Give the schema RESTORING the name of the one in use. Returns where the former one is; None if it was empty.

    All tables are locked first, so that no transaction reads or writes a part of both. None of the locks is waited for
    while others are held: two that wait for each other would fail.
    """
    schema, limit = schema_in_use(), time.monotonic() + MAX_LOCK_WAIT
    tables = connection.introspection.table_names()
    aside = f"before_{stamp.lower()}" if tables else None
    while True:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                if aside:
                    cursor.execute(f"LOCK TABLE {', '.join(map(connection.ops.quote_name, tables))} NOWAIT")
                    cursor.execute(f'ALTER SCHEMA "{schema}" RENAME TO "{aside}"')
                else:
                    cursor.execute(f'DROP SCHEMA "{schema}"')
                cursor.execute(f'ALTER SCHEMA "{RESTORING}" RENAME TO "{schema}"')
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
                raise
            if time.monotonic() > limit:
                message = _("The database is in use by a long task. Let it finish, then run this command again.")
                raise CommandError(message) from error
            time.sleep(SECONDS_BETWEEN_LOCKS)
        else:
            return aside
