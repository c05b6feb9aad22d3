"""Measures the portal on the database as it is, and writes everything into one table."""

import json
import subprocess
import sys
from pathlib import Path

from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cooperation.models import Project
from tests.bench import addresses, datasette, raw_sql, server
from tests.bench.addresses import Address
from tests.bench.clients import clients
from tests.bench.table import Row, head, write_table
from tests.bench.words import COMMON_WORD
from tests.installation import PROJECT, free_port

HEALTH = Address("A bare “ok” (/healthz)", "/healthz")
CACHED = Address("Project list with the default cache", addresses.LIST)
COMMON_SEARCH = f"{addresses.LIST}?q={COMMON_WORD}"


def run(requests, datasette_program):
    """The table as text. So many `requests` are made for each address, with one client and then with eight."""
    check_machine_and_database()
    program = datasette_program and datasette.find_program(datasette_program)
    call_command("collectstatic", interactive=False, verbosity=0)
    title = head(requests)
    theme = addresses.common_theme()
    asked = addresses.read_addresses(theme)
    inside = measure_inside(asked)
    with clients() as pool:
        rows, memory = measure_server(pool, asked, requests, inside, CACHE_URL="dummycache://")
        cached_rows, _memory = measure_server(pool, [CACHED, HEALTH], requests, {})
        datasette_rows = datasette.measure(program, pool, requests, our_list=rows[0]) if program else []
    rows += [*cached_rows, *inside_rows(inside), *sql_rows(theme), *datasette_rows]
    return f"{title}\n\n{write_table(rows)}\n\nResident memory of each worker after all of this, in MB: {memory}."


def check_machine_and_database():
    if not Path("/proc/self/stat").exists():
        raise CommandError("The processor time of the server is read from /proc: measure on Linux.")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()) or not Project.objects.published().exists():
        raise CommandError(
            "The database is not up to date or holds no project. Fill it: python -m tests.bench generate N"
        )


def measure_inside(asked):
    """What the fresh process of `in_process.py` says."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.bench.in_process", COMMON_SEARCH, *(address.path for address in asked)],
        cwd=PROJECT,
        # Lines of requests would stand among what it says.
        env=server.portal_environment(
            CACHE_URL="dummycache://", ACCESS_LOG="false", DJANGO_SETTINGS_MODULE="sscportal.settings"
        ),
        stdout=subprocess.PIPE,
        text=True,
    )
    if result.returncode:
        raise CommandError("The portal cannot be measured from inside; the reason stands above.")
    return json.loads(result.stdout)


def measure_server(pool, asked, requests, inside, **variables):
    """The rows of these addresses, with what was seen `inside`, and the memory of the workers afterwards, in words."""
    queries, first = inside.get("queries", {}), inside.get("first", {})
    port = free_port()
    env = server.serving_environment(port, **variables)
    with server.running(server.PORTAL, port, HEALTH.path, env) as process:
        pids = server.workers_of(process)
        server.warm_up(pool, port, [address.path for address in asked], pids)
        rows = [
            server.measure(
                pool, port, pids, each.name, each.path, requests, queries.get(each.path), first.get(each.path)
            )
            for each in asked
        ]
        return rows, ", ".join(f"{server.resident_megabytes(pid):.0f}" for pid in pids)


def inside_rows(inside):
    """What was measured in one process, without a server."""
    names = {
        "first_list": "In one process: the first project list (builds what it needs)",
        "list": "In one process: the project list again",
        "rendering": "In one process: the project list, processor time of its view and template",
        "first_search": f"In one process: “{COMMON_WORD}” for the first time",
        "search": f"In one process: “{COMMON_WORD}” again",
        "warm_list": "In one process: the project list, nothing changed",
        "list_after_change": "In one process: the project list after a change of one project",
    }
    return [Row(name, alone=[inside[key]]) for key, name in names.items()]


def sql_rows(theme):
    return [Row(name, alone=milliseconds) for name, milliseconds in raw_sql.measure(theme).items()]
