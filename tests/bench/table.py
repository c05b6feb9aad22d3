"""The table that the benchmark prints, in Markdown."""

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import django
from django.db import connection
from django.utils import timezone

from cooperation.models import Participation, Project
from tests.bench.clients import CLIENTS

COLUMNS = (
    "",
    "status",
    "bytes, gzip",
    "SQL queries",
    "CPU ms per request",
    "first ms",
    "p50 ms",
    "p95 ms",
    f"p50 ms, {CLIENTS} clients",
    f"p95 ms, {CLIENTS} clients",
)


@dataclass(frozen=True)
class Row:
    """One line of the table. What was not measured stays empty."""

    name: str
    status: int | None = None
    compressed_bytes: int | None = None
    queries: int | None = None
    processor_ms: float | None = None
    first: float | None = None  # ms of the first request of all, in one process, its answer not yet known
    alone: list[float] = field(default_factory=list)  # ms of each request
    together: list[float] = field(default_factory=list)

    @property
    def cells(self):
        return (
            self.name,
            whole(self.status),
            whole(self.compressed_bytes),
            whole(self.queries),
            decimal(self.processor_ms),
            decimal(self.first),
            *quantiles(self.alone),
            *quantiles(self.together),
        )


def head(requests):
    """When, on what and of how much: one line. The load says whether the machine had other work just before."""
    today = timezone.now().date().isoformat()
    python, cores = platform.python_version(), len(os.sched_getaffinity(0))
    projects, partners = Project.objects.count(), Participation.objects.count()
    return (
        f"**{projects:,} projects with {partners:,} partners; {database()}; Django {django.get_version()}; "
        f"Python {python}; {processor()}, {cores} cores; {today}; "
        f"load {os.getloadavg()[0]:.1f}; up to {requests} requests for each number**"
    )


def database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return f"{connection.display_name} {cursor.fetchone()[0]}"


def processor():
    """The name that the processor gives itself."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def write_table(rows):
    lines = [COLUMNS, ("---", *["---:"] * (len(COLUMNS) - 1)), *(row.cells for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def whole(number):
    return "" if number is None else f"{number:,}"


def decimal(number):
    return "" if number is None else f"{number:.1f}"


def quantiles(milliseconds):
    """Median and 95th percentile as text; one value has no percentile."""
    if not milliseconds:
        return "", ""
    if len(milliseconds) == 1:
        return decimal(milliseconds[0]), ""
    ordered = sorted(milliseconds)
    return decimal(median(ordered)), decimal(ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)])
