"""Fills the database with generated projects: always the same ones, in batches, whatever the total."""

import time
from collections import defaultdict

from django.core.management import CommandError, call_command, get_commands
from django.db import connection, transaction
from django.db.models.functions import Length

from cooperation.models import Project
from tests.bench.projects import Vocabulary, make_project

SLUG = "bench-{:06d}"
PROJECTS_PER_BATCH = 2_000
PROJECTS_PER_PROGRESS_LINE = 100_000


def generate(total, say):
    """Set the database up, fill it (see `fill`), and do what an operator does after a large import."""
    call_command("setup")
    added = fill(total, say)
    if added and "rebuild_search" in get_commands():
        started = time.perf_counter()
        call_command("rebuild_search")
        say(f"That took {time.perf_counter() - started:.1f} seconds.")


def fill(total, say):
    """Add what is missing to `total` generated projects and give their number. `say` takes the lines of the report."""
    started = time.perf_counter()
    present = count_generated()
    vocabulary = read_vocabulary()
    rows = 0
    for first in range(present + 1, total + 1, PROJECTS_PER_BATCH):
        last = min(first + PROJECTS_PER_BATCH - 1, total)
        rows += add_projects(first, last, vocabulary)
        if last // PROJECTS_PER_PROGRESS_LINE > (first - 1) // PROJECTS_PER_PROGRESS_LINE and last < total:
            say(f"{last:,} projects after {time.perf_counter() - started:.0f} seconds …")
    if rows:
        learn_table_sizes()
    added = max(total - present, 0)
    seconds = time.perf_counter() - started
    say(f"{max(total, present):,} generated projects; added now: {added:,} in {rows:,} rows, {seconds:.1f} seconds.")
    return added


def count_generated():
    """The number of the last generated project; a batch is stored whole or not at all, so none before it is missing."""
    prefix = SLUG.partition("{")[0]
    slugs = Project.objects.filter(slug__startswith=prefix).order_by(Length("slug").desc(), "-slug")
    last = slugs.values_list("slug", flat=True).first()
    return int(last.removeprefix(prefix)) if last else 0


def read_vocabulary():
    vocabulary = Vocabulary.read()
    if vocabulary.lacks_something:
        raise CommandError(
            "The database lacks the countries, themes, agencies, forums, funds or sources of the fixtures. "
            "Name an empty or new database in DATABASE_URL."
        )
    return vocabulary


def add_projects(first, last, vocabulary):
    """Store the projects with the numbers `first` to `last` in one transaction and give the number of rows."""
    generated = [make_project(number, SLUG.format(number), vocabulary) for number in range(first, last + 1)]
    parts = defaultdict(list)
    with transaction.atomic():
        Project.objects.bulk_create([project for project, _make_parts in generated])
        for _project, make_parts in generated:
            for part in make_parts():
                parts[type(part)].append(part)
        for model, rows in parts.items():
            model._default_manager.bulk_create(rows)
    return len(generated) + sum(len(rows) for rows in parts.values())


def learn_table_sizes():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
