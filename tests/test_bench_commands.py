"""The five commands of the benchmark on a small database: the figures that they print."""

import shutil
import subprocess
import sys

import pytest

from tests.installation import NOT_COPIED, PROJECT, Installation, environment

pytestmark = [pytest.mark.any_database, pytest.mark.slow]
GENERATED = 60
PUBLISHED = "publication_status = 'published'"


@pytest.fixture(scope="module")
def bench(set_up, tmp_path_factory):
    """An installation with the fixtures and 60 generated projects; `generated` is what making them printed."""
    installation = Installation.make(tmp_path_factory.mktemp("bench"), var=set_up.var)
    tests = installation.folder / "tests"
    shutil.copytree(PROJECT / "tests" / "bench", tests / "bench", ignore=NOT_COPIED)
    for name in ("__init__.py", "installation.py", "settings_overview.py"):
        shutil.copy(PROJECT / "tests" / name, tests / name)
    installation.rows_before = count_rows(installation)
    installation.generated = run(installation, "generate", str(GENERATED))
    return installation


def run(installation, *arguments):
    """What `python -m tests.bench` prints, in a shell that is set up for production and not for the benchmark."""
    variables = {"DATABASE_URL": "sqlite:///var/portal.sqlite3", "ALLOWED_HOSTS": "portal.example.org"}
    result = subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments],
        cwd=installation.folder,
        env=environment(variables),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def count_rows(installation):
    """The number of rows of projects and of what belongs to them."""
    parts = ("participation", "projectcitation", "project_themes", "project_goals", "project_instruments")
    tables = ["cooperation_project", *(f"cooperation_{part}" for part in parts)]
    return sum(installation.query(f"SELECT COUNT(*) FROM {table}")[0][0] for table in tables)


def count(installation, table, condition="1"):
    return installation.query(f"SELECT COUNT(*) FROM cooperation_{table} WHERE {condition}")[0][0]


def read_tables(printed):
    """`[{first cell: [numbers behind it]}, ...]` of the Markdown tables, without their heads. An empty cell is None."""
    blocks = [[line for line in block.splitlines() if line.startswith("| ")] for block in printed.split("\n\n")]
    return [dict(map(read_row, lines[2:])) for lines in blocks if lines]


def read_row(line):
    name, *cells = (cell.strip() for cell in line[1:-1].split("|"))
    return name, [float(cell.replace(",", "")) if cell else None for cell in cells]


def test_generate_says_how_many_projects_and_rows_it_added(bench):
    rows = count_rows(bench) - bench.rows_before
    [said] = [line for line in bench.generated.splitlines() if "generated projects" in line]
    assert said.startswith(f"{GENERATED} generated projects; added now: {GENERATED} in {rows:,} rows, ")
    assert count(bench, "project", "slug LIKE 'bench-%'") == GENERATED


def test_run_measures_every_address_in_process_and_on_a_server(bench):
    printed = run(bench, "run", "--requests", "4")
    projects, partners = count(bench, "project"), count(bench, "participation")
    assert printed.startswith(f"**{projects:,} projects with {partners:,} partners; SQLite ")
    [table] = read_tables(printed)
    asked = {name: cells for name, cells in table.items() if cells[0] is not None}
    assert [name for name in asked if "list" in name and "(" not in name] == [
        "Project list",
        "Project list, one filter",
        "Project list, three filters",
        "Project list, page in the middle",
        "Project list, last page",
        "Project list by title",
        "Agency list",
        "Forum list",
        "Country list",
        "Project list with the default cache",
    ]
    assert len(asked) == 17
    assert {cells[0] for cells in asked.values()} == {200}
    for size, _queries, processor, *_times in (cells[1:] for cells in asked.values()):
        assert size > 0
        assert processor >= 0
    # Counted and timed in a fresh process; the last two are asked of the server alone.
    inside = [cells for cells in asked.values() if cells[4] is not None]
    assert len(inside) == 15
    for _status, _size, queries, _processor, first, alone, _p95, together, _p95_together in inside:
        assert 0 < queries < 40
        assert min(first, alone, together) > 0.3
    in_one_process = {name: cells[5] for name, cells in table.items() if name.startswith("In one process: ")}
    assert len(in_one_process) == 7
    assert min(in_one_process.values()) > 0.3
    assert sum(name.startswith("SQL: ") for name in table) == 8
    assert "Resident memory of each worker after all of this, in MB: " in printed


def test_files_counts_the_rows_of_each_format(bench):
    [table] = read_tables(run(bench, "files"))
    rows = {name: cells[0] for name, cells in table.items()}
    projects = count(bench, "project", PUBLISHED)
    assert rows == {
        "CSV": projects,
        "CSV of the partners": rows["CSV of the partners"],
        "IATI XML": projects,
        "Atom feed, its first 1,000": projects,
        "Excel": projects,
        "JSON, first page of 200": 200,
        "JSON, last page of 200": projects % 200,
        "django-import-export, CSV of up to 10,000 in one process": projects,
    }
    own = f"project_id IN (SELECT id FROM cooperation_project WHERE {PUBLISHED})"
    assert projects < rows["CSV of the partners"] <= count(bench, "participation", own)
    for _rows, _megabytes, seconds, a_second, processor, _memory in table.values():
        assert min(seconds, a_second, processor) > 0


def test_desk_measures_pages_and_an_import_and_leaves_nothing_of_it(bench):
    before = bench.dump()
    printed = run(bench, "desk", "--rows", "20", "--requests", "2")
    pages, steps = read_tables(printed)
    longest = bench.query("SELECT COUNT(*) FROM cooperation_participation GROUP BY project_id ORDER BY 1 DESC")[0][0]
    assert list(pages) == [
        "first page, with what waits",
        "list of projects",
        f"form of a project with {longest} partners",
        "story of that project",
    ]
    for queries, milliseconds in pages.values():
        assert queries > 3
        assert milliseconds > 1
    assert "| import of 20 projects | seconds | processor seconds |" in printed
    assert list(steps) == ["preview of all rows", "carried out", "preview of the same file again", "undone"]
    assert min(seconds for seconds, _processor in steps.values()) >= 0
    assert bench.dump() == before


def test_backup_measures_both_ways_and_leaves_the_rows_as_they_were(bench):
    before = count_rows(bench)
    [table] = read_tables(run(bench, "backup"))
    assert list(table) == ["manage.py backup", "manage.py restore, with its search index"]
    (making, megabytes), (restoring, _no_file) = table.values()
    assert min(making, megabytes, restoring) > 0
    assert count_rows(bench) == before
    assert list(bench.var.glob("*before*")) == []
