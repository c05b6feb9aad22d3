"""The documents: whatever they name exists, and they say what the settings say."""

import re

import pytest

from tests import settings_overview
from tests.documents import LINK, find_documents, find_faults, is_path, read_lines
from tests.installation import PROJECT

pytestmark = pytest.mark.any_database

SPAN = re.compile(r"`([^`]+)`")


@pytest.mark.parametrize("document", find_documents(), ids=lambda document: str(document.relative_to(PROJECT)))
def test_document_names_only_what_is_there(document):
    assert find_faults(document) == []


def test_readme_can_be_read_in_one_sitting():
    assert len((PROJECT / "README.md").read_text().splitlines()) <= 120


def test_tasks_name_a_file_or_a_page_for_at_least_25_tasks():
    tasks = [line.text for line in read_lines(PROJECT / "docs" / "tasks.md") if line.text.startswith("| ")]
    tasks = [text for text in tasks if not text.startswith(("| I want to", "| ---"))]
    assert len(tasks) >= 25
    without_file = [text for text in tasks if not any(map(is_path, SPAN.findall(text))) and "](" not in text]
    assert without_file == []


def test_every_document_is_reached_from_the_readme_by_links():
    reached, waiting = set(), [PROJECT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document not in reached and document.suffix == ".md":
            reached.add(document)
            targets = LINK.findall(document.read_text())
            places = [target.partition("#")[0] for target in targets if ":" not in target]
            waiting += [(document.parent / place).resolve() for place in places if place]
    assert reached == set(find_documents())


def test_table_of_settings_is_the_one_that_the_settings_give():
    _before, written, _after = settings_overview.parts_of_document()
    assert written == settings_overview.table(), "Run: .venv/bin/python -m tests.settings_overview"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("See `cooperation/charts.py`.", "there is no file cooperation/charts.py."),
        ("See `cooperation/charts/`.", "there is no folder cooperation/charts/."),
        ("See `fixtures/*.csv`.", "there is no file fixtures/*.csv."),
        ("See `templates/cooperation/<name>_tile.html`.", "there is no file templates/cooperation/<name>_tile.html."),
        ("See `AUTHORS.md`.", "there is no file AUTHORS.md."),
        ("See [the plan](docs/plan.md).", "the link docs/plan.md leads nowhere."),
        ("See [below](#licence).", "the link #licence names no heading there."),
        ("Open `/projectz/`.", "the portal has no address /projectz/."),
        ("Call `publish_everything()`.", "the code has no name publish_everything."),
        ("Change `Project.colour_of_money`.", "the code has no name colour_of_money."),
        ("Set `COLOUR=red`.", "no setting reads the variable COLOUR."),
        ("Run `manage.py publish_date`.", "there is no command manage.py publish_date."),
        ("Run `manage.py setup --full`.", "manage.py setup has no option --full."),
        ("Add `--everything-at-once`.", "no command has the option --everything-at-once."),
        ("Run `.venv/bin/mend`.", "the virtual environment has no program mend."),
        ("Run `python -m tests.speed`.", "there is no module tests.speed."),
        ("Run `python -m tests.bench walk`.", "there is no command python -m tests.bench walk."),
        ("Run `python -m tests.bench run --twice`.", "python -m tests.bench run has no option --twice."),
        ("```sh\nCOLOUR=red manage.py setup\n```", "no setting reads the variable COLOUR."),
        ("```sh\n.venv/bin/pytest tests/test_colour.py\n```", "there is no file tests/test_colour.py."),
        ("```text\n0 2 * * * manage.py publish_date\n```", "there is no command manage.py publish_date."),
    ],
)
def test_find_faults_names_document_line_and_what_is_missing(tmp_path, text, fault):
    document = tmp_path / "README.md"
    document.write_text(f"# Portal\n\n{text}\n")
    line = 4 if text.startswith("```") else 3
    assert find_faults(document, tmp_path) == [f"README.md, line {line}: {fault}"]


@pytest.mark.parametrize(
    "text",
    [
        "See `cooperation/models/`, `fixtures/*.yaml`, `templates/cooperation/<name>_card.html` and `pyproject.toml`.",
        "See [the portal](https://example.org/no/such/file.md) and [this](#portal).",
        "Open `/projects/<id>.json` or `/projects/?country=THA&role=pivotal`; the files are in `var/data/`.",
        "Call `published().for_list()`; `PUBLIC_RECORDS` names the `Project`.",
        "Run `DEBUG=true .venv/bin/python manage.py demo --port 8080 && manage.py migrate`.",
        "Run `python -m tests.bench desk --rows 50`, with `--commit` where it says so.",
        "```nginx\nproxy_pass http://127.0.0.1:8000;\nssl_certificate /etc/ssl/certs/portal.pem;\n```",
    ],
)
def test_find_faults_finds_none_in_what_is_there(tmp_path, text):
    document = tmp_path / "README.md"
    document.write_text(f"# Portal\n\n{text}\n")
    assert find_faults(document, tmp_path) == []


SETTINGS = """
def read_number(name, default):
    return read(name)


# How many colours there are.
COLOURS = read_number("COLOURS", 16)

# Keeps colours secret. Default: made once.
KEY = read_key("KEY")

# `true` shows them.
SHOWN = {"all": read_switch("SHOWN")}
"""


def test_settings_overview_takes_meaning_and_default_from_comment_and_call():
    found = [(each.name, each.default, each.meaning) for each in settings_overview.read_settings(SETTINGS)]
    assert found == [
        ("COLOURS", "`16`", "How many colours there are."),
        ("KEY", "made once", "Keeps colours secret."),
        ("SHOWN", "`false`", "`true` shows them."),
    ]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ('COLOURS = read_number("COLOURS", 16)', "Line 1: a comment right above must say what COLOURS means."),
        (
            '# Keeps colours secret.\nKEY = read_key("KEY")',
            "Line 2: the comment must end with “Default: …”, since KEY computes its own.",
        ),
        ("# One of them.\nKEY = read_key(NAME)", "Line 2: the first argument must be the name of a variable."),
    ],
)
def test_settings_overview_refuses_a_setting_that_does_not_explain_itself(source, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        settings_overview.read_settings(source)
