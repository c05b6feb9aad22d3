"""How fast the curators' desk is: pages of the admin, and an import from its preview to its undoing.

All in one process, on the database as it is, as an account and an import that are taken back at the end.
"""

import csv
import io
import statistics
import time

from django.contrib.auth.models import User
from django.core.management import CommandError
from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from cooperation.history import undo
from cooperation.imports.preview import carry_out_preview, read_preview
from cooperation.models import ImportBatch, Project
from tests.bench.generate import read_vocabulary
from tests.bench.measure import check_machine_and_database
from tests.bench.pages import new_client, time_page
from tests.bench.projects import make_project
from tests.bench.table import head

# Numbers of projects that no database has been filled with.
FIRST_NUMBER = 9_000_000
HEADERS = (
    "official id",
    "title",
    "summary",
    "modality",
    "status",
    "start",
    "end",
    "provider countries",
    "beneficiary countries",
)


def run(rows: int, requests: int) -> str:
    """Two tables as text: pages, each asked for so many times, and the steps of an import of so many rows."""
    check_machine_and_database()
    with override_settings(SECOND_FACTOR_REQUIRED=False), transaction.atomic():
        user = User.objects.create_superuser("bench-curator")
        client = new_client()
        client.force_login(user)
        lines = [head(requests), "", "| page | queries | p50 ms |", "| --- | ---: | ---: |"]
        lines += [f"| {name} | {queries} | {ms:.0f} |" for name, queries, ms in measure_pages(client, requests)]
        lines += ["", f"| import of {rows:,} projects | seconds | processor seconds |", "| --- | ---: | ---: |"]
        lines += [f"| {name} | {wall:.1f} | {processor:.1f} |" for name, wall, processor in measure_import(user, rows)]
        transaction.set_rollback(True)
    return "\n".join(lines)


def measure_pages(client, requests):
    """Yield the name of each page, the number of its statements, and the median ms."""
    longest = Project.objects.annotate(number=Count("participations")).order_by("-number", "pk").first()
    addresses = {
        "first page, with what waits": reverse("admin:index"),
        "list of projects": reverse("admin:cooperation_project_changelist"),
        f"form of a project with {longest.number} partners": reverse(
            "admin:cooperation_project_change", args=[longest.pk]
        ),
        "story of that project": reverse("admin:cooperation_project_story", args=[longest.pk]),
    }
    for name, address in addresses.items():
        time_page(client, address)
        with CaptureQueriesContext(connection) as queries:
            time_page(client, address)
        yield name, len(queries), statistics.median(time_page(client, address) for _time in range(requests))


def measure_import(user, rows):
    """List each step with its seconds, and its seconds of the processor."""
    batch = ImportBatch(record_type="project", file_name="projects.csv", content=table(rows), by=user)
    taken = []

    def timed(step, work):
        wall, processor = time.perf_counter(), time.process_time()
        result = work()
        taken.append((step, time.perf_counter() - wall, time.process_time() - processor))
        return result

    preview = timed("preview of all rows", lambda: read_preview(batch, may_publish=True))
    expect(preview, "new", rows)
    edit = timed("carried out", lambda: carry_out_preview(preview, batch, user))
    again = timed("preview of the same file again", lambda: read_preview(batch, may_publish=True))
    expect(again, "unchanged", rows)
    timed("undone", lambda: undo(edit, user, "The file was an old version."))
    return taken


def expect(preview, outcome, rows):
    if preview.counts[outcome] != rows:
        raise CommandError(f"The import is not what was to be measured: {preview.counts}")


def table(rows):
    """A CSV file of generated projects, as bytes."""
    vocabulary, file = read_vocabulary(), io.StringIO()
    names = {country.pk: country.name for country in vocabulary.countries}
    writer = csv.writer(file)
    writer.writerow(HEADERS)
    for number in range(FIRST_NUMBER, FIRST_NUMBER + rows):
        project, parts = make_project(number, f"import-{number}", vocabulary)
        countries = [names[part.country_id] for part in parts() if getattr(part, "country_id", None)]
        # A title of its own, or many rows would mean a project that is there; short texts, so that 20,000 rows fit.
        title, summary = f"{project.title}, {number}", project.summary[:40]
        facts = [f"BENCH {number}", title, summary, project.modality, project.status, project.start, project.end]
        writer.writerow([*facts, countries[0], "; ".join(countries[1:])])
    return file.getvalue().encode()
