"""The project table with three facets in Datasette (https://datasette.io), on the same SQLite file."""

import sys
import urllib.request
from dataclasses import replace
from pathlib import Path
from statistics import median
from urllib.parse import quote

from django.core.management import CommandError
from django.db import connection

from tests.bench import server
from tests.bench.clients import HOST
from tests.installation import free_port

FACETS = ("modality", "status", "forum_id")
PATIENT = ["--setting", "facet_time_limit_ms", "60000", "--setting", "sql_time_limit_ms", "60000"]
# By default it leaves a facet out that takes longer than 200 ms, and looks for further facets on each page.
SETTINGS = {
    "default settings": [],
    "time limits of 60 s": PATIENT,
    "time limits of 60 s, suggesting no facets": [*PATIENT, "--setting", "suggest_facets", "off"],
}


def find_program(asked):
    """The path of the program that was asked for, or of the one beside this Python. CommandError says what to do."""
    if connection.vendor != "sqlite":
        raise CommandError("Datasette serves SQLite files: leave --datasette out, or name one in DATABASE_URL.")
    program = Path(sys.executable).parent / "datasette" if asked == "datasette" else Path(asked)
    if not program.exists():
        raise CommandError(
            f"There is no Datasette at {program}: install it into another environment "
            "(python3 -m venv ds && ds/bin/pip install datasette) and pass --datasette ds/bin/datasette."
        )
    return str(program.absolute())


def measure(program, pool, requests, our_list):
    """One `Row` for each of `SETTINGS`, named after what the page showed and how long it took beside our list."""
    file = Path(connection.settings_dict["NAME"])
    columns = "&".join(f"_facet={facet}" for facet in FACETS)
    path = f"/{quote(file.stem)}/cooperation_project?{columns}&_size=25"
    rows = []
    for settings, options in SETTINGS.items():
        port = free_port()
        command = [program, "serve", str(file), "--host", HOST, "--port", str(port), *options]
        with server.running(command, port, "/-/versions.json") as process:
            missing = missing_facets(f"http://{HOST}:{port}{path}")
            row = server.measure(pool, port, [process.pid], "", path, requests)
        facets = f"without the facets {', '.join(missing)}" if missing else "with all three facets"
        ratio = median(row.alone) / median(our_list.alone)
        rows.append(replace(row, name=f"Datasette, {settings}: {facets}; {ratio:.1f} times our project list"))
    return rows


def missing_facets(address):
    """Those that the page was asked for and does not show."""
    with urllib.request.urlopen(address) as answer:
        page = answer.read().decode()
    return [facet for facet in FACETS if f'id="facet-{facet}"' not in page]
