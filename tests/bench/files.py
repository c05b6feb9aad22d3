"""How fast the lists come as files, and how much memory a worker takes for it.

One client asks one worker for everything that there is. Rows are those of a CSV file, elsewhere projects: what belongs
to them comes on top. Memory is the peak of the worker over what it held before.
"""

import http.client
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.core.management import CommandError
from django.db import connection

from cooperation.exports.files import MOST_IN_WORKBOOK
from cooperation.filters import ProjectFilterSet
from cooperation.models import Project
from tests.bench import datasette, server
from tests.bench.clients import HOST
from tests.bench.measure import HEALTH, check_machine_and_database
from tests.bench.table import head
from tests.installation import PROJECT, free_port

COLUMNS = ("", "rows", "MB", "seconds", "rows a second", "processor seconds", "MB over idle")
PIECE = 1 << 16


@dataclass(frozen=True)
class Taken:
    """A file as it was taken: rows of projects, bytes, seconds until its last byte, and what it cost the server."""

    name: str
    rows: int
    size: int
    seconds: float
    processor: float
    megabytes: float

    @property
    def cells(self):
        return (
            self.name,
            f"{self.rows:,}",
            f"{self.size / 1e6:.1f}",
            f"{self.seconds:.2f}",
            f"{self.rows / self.seconds:,.0f}",
            f"{self.processor:.2f}",
            f"{self.megabytes:.0f}",
        )


def run(datasette_program):
    """The table as text."""
    check_machine_and_database()
    program = datasette_program and datasette.find_program(datasette_program)
    taken = [*portal_files(), *json_pages(), import_export()]
    if program:
        taken.append(datasette_csv(program))
    lines = [COLUMNS, ("---", *["---:"] * (len(COLUMNS) - 1)), *(each.cells for each in taken)]
    return f"{head(1)}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


@contextmanager
def one_worker(port):
    """The process id of the only worker of a server at this port, which makes every answer anew."""
    env = server.serving_environment(port, workers=1, CACHE_URL="dummycache://")
    with server.running(server.PORTAL, port, HEALTH.path, env) as process:
        [pid] = server.children_of(process)
        yield pid


def portal_files():
    """Each format, from a worker of its own that has shown the list once."""
    count = Project.objects.published().count()
    addresses = {
        "CSV": "/projects.csv",
        "CSV of the partners": "/projects.partners.csv",
        "IATI XML": "/projects.xml",
        "Atom feed, its first 1,000": "/projects.atom",
    }
    if count <= MOST_IN_WORKBOOK:
        addresses["Excel"] = "/projects.xlsx"
    else:
        addresses["Excel, what a workbook takes"] = f"/projects.xlsx?{fitting_filter()}"
    for name, path in addresses.items():
        port = free_port()
        with one_worker(port) as pid:
            ask(port, "/projects/")
            yield take(name, port, pid, path)


def fitting_filter():
    """The query string of the year from which on as many projects as a workbook takes are still running."""
    for year in range(1950, 2100):
        if ProjectFilterSet({"year_from": str(year)}).count <= MOST_IN_WORKBOOK:
            return f"year_from={year}"
    raise CommandError("No year has few enough projects for a workbook.")


def json_pages():
    """The first page and the last page of 200 in JSON."""
    last = -(-Project.objects.published().count() // 200)
    port = free_port()
    with one_worker(port) as pid:
        ask(port, "/projects.json?per=200")
        yield take("JSON, first page of 200", port, pid, "/projects.json?per=200")
        yield take("JSON, last page of 200", port, pid, f"/projects.json?per=200&page={last}")


def take(name, port, pid, path):
    """The `Taken` of one file."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak counts from here
    idle, before = server.resident_megabytes(pid), server.processor_seconds(pid)
    started = time.perf_counter()
    read = ask(port, path)
    seconds = time.perf_counter() - started
    used = server.processor_seconds(pid) - before
    peak = server.resident_megabytes(pid, "VmHWM")
    return Taken(name, count_rows(path, read), read.size, seconds, used, peak - idle)


@dataclass(frozen=True)
class Answer:
    """What was read: bytes, line breaks, the number of records that a header names, and the bytes of a bounded page."""

    size: int
    lines: int
    records: str | None
    page: bytes


def ask(port: int, path: str) -> Answer:
    """Read an answer to its end. Only a page or feed, which is of bounded size, is kept."""
    connection = http.client.HTTPConnection(HOST, port, timeout=600)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        if answer.status != 200:
            raise CommandError(f"{path} answers {answer.status}: {answer.read(500).decode(errors='replace')}")
        size, lines, page = 0, 0, []
        while piece := answer.read(PIECE):
            size += len(piece)
            lines += piece.count(b"\n")
            if is_bounded(path):
                page.append(piece)
        return Answer(size, lines, answer.headers.get("Portal-Records"), b"".join(page))
    finally:
        connection.close()


def is_bounded(path: str) -> bool:
    return ".json" in path or ".atom" in path


def count_rows(path: str, read: Answer) -> int:
    """Count the rows of a file: outside of the time that it took."""
    if ".json" in path:
        return len(json.loads(read.page)["results"])
    if ".atom" in path:
        return read.page.count(b"<entry>")
    return read.lines - 1 if ".csv" in path else int(read.records or 0)


def import_export():
    """The same table by django-import-export, with its many-to-many columns, in a fresh process."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.bench.import_export"],
        cwd=PROJECT,
        env=server.portal_environment(DJANGO_SETTINGS_MODULE="sscportal.settings"),
        stdout=subprocess.PIPE,
        text=True,
    )
    if result.returncode:
        raise CommandError("django-import-export cannot be measured; the reason stands above.")
    return Taken("django-import-export, CSV of up to 10,000 in one process", **json.loads(result.stdout))


def datasette_csv(program):
    """Datasette’s stream of the project table alone, without partners and themes."""
    file, port = Path(connection.settings_dict["NAME"]), free_port()
    command = [program, "serve", str(file), "--host", HOST, "--port", str(port), *datasette.PATIENT]
    command += ["--setting", "max_csv_mb", "0"]
    path = f"/{quote(file.stem)}/cooperation_project.csv?_stream=on&_size=max"
    with server.running(command, port, "/-/versions.json") as process:
        return take("Datasette, CSV of the table alone", port, process.pid, path)
