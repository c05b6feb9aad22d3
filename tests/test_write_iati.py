"""The IATI file of some projects says what it is and holds the public ones among them, in their order."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from cooperation.exports import write_iati
from cooperation.exports.statement import Statement
from cooperation.models import Document, Participation, Project
from cooperation.models.iati_codes import EXTENSION
from tests import builders
from tests.iati_standard import faults

pytestmark = pytest.mark.django_db

MADE = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


def statement(count, title="Projects: Fiji"):
    site = "https://portal.example.org"
    return Statement(title, count, MADE, address=f"{site}/projects/?country=FJI", site=site)


def pieces(projects, title="Projects: Fiji"):
    ids = [project.pk for project in projects]
    return list(write_iati.write_iati(statement(len(ids), title), ids))


def tree(projects, title="Projects: Fiji"):
    return etree.ElementTree(etree.fromstring(b"".join(pieces(projects, title))))


def slugs(file):
    return [identifier.text.removeprefix("XE-EXAMPLE-SSCPORTAL-") for identifier in file.iter("iati-identifier")]


def test_file_says_what_it_is_as_of_when_and_under_which_licence():
    projects = [builders.make_project(title) for title in ("Rocket stoves", "Coral reefs")]
    Project.objects.filter(title="Coral reefs").update(updated=datetime(2026, 11, 2, tzinfo=UTC))
    Project.objects.filter(title="Rocket stoves").update(updated=datetime(2026, 11, 20, 8, tzinfo=UTC))
    root = tree(projects).getroot()
    assert dict(root.attrib) == {
        "version": "2.03",
        "generated-datetime": "2026-11-20T08:00:00Z",
        f"{{{EXTENSION}}}licence": "https://creativecommons.org/licenses/by/4.0/",
    }
    assert root.nsmap == {"ssc": EXTENSION}
    assert root[0].tag is etree.Comment
    assert [line.strip() for line in root[0].text.strip().splitlines()] == [
        "Projects: Fiji",
        "2 activities",
        "Licence: CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
        "South-South Cooperation Portal, “Projects: Fiji”, as of 23 November 2026, "
        "https://portal.example.org/projects/?country=FJI, CC BY 4.0",
    ]


def test_file_is_indented_utf8_text():
    project = builders.make_project("Arrecifes de coral y pañuelos")
    lines = b"".join(pieces([project])).decode().split("\n")
    assert lines[0] == "<?xml version='1.0' encoding='UTF-8'?>"
    assert lines[8].startswith("  <iati-activity ")
    assert lines[13:16] == [
        "    <title>",
        "      <narrative>Arrecifes de coral y pañuelos</narrative>",
        "    </title>",
    ]
    assert lines[-3:] == ["  </iati-activity>", "</iati-activities>", ""]


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("Projects: “a--b---c”", "Projects: “a- -b- - -c”"),
        ("Projects: “-->”", "Projects: “- ->”"),
        ("Projects: “\x00\x0bFiji”", "Projects: “Fiji”"),
        ("Projects: -", "Projects: -"),
    ],
)
def test_words_that_a_comment_cannot_hold_are_made_to_fit(title, line):
    root = tree([builders.make_project()], title).getroot()
    assert root[0].text.strip().splitlines()[0] == line
    assert [child.tag for child in root] == [etree.Comment, "iati-activity"]


def test_file_without_projects_lacks_nothing_but_a_project():
    file = tree([])
    assert file.getroot().get("generated-datetime") == "2026-11-23T09:05:00Z"
    assert file.getroot()[0].text.strip().splitlines()[1].strip() == "0 activities"
    (fault,) = faults(file)
    assert fault.endswith("Missing child element(s). Expected is ( iati-activity ).")


def test_projects_keep_the_order_of_their_ids_across_batches(monkeypatch):
    monkeypatch.setattr(write_iati, "BATCH", 2)
    projects = [builders.make_project(title) for title in ("Bamboo", "Coral", "Dairy", "Ebola", "Fish")]
    assert slugs(tree(projects)) == ["bamboo", "coral", "dairy", "ebola", "fish"]
    assert slugs(tree(projects[::-1])) == ["fish", "ebola", "dairy", "coral", "bamboo"]
    first, *others = projects
    Project.objects.filter(pk=first.pk).update(updated=datetime(2026, 11, 24, 1, tzinfo=UTC))
    Project.objects.exclude(pk=first.pk).update(updated=datetime(2026, 11, 1, tzinfo=UTC))
    for order in (projects, projects[::-1]):
        assert tree(order).getroot().get("generated-datetime") == "2026-11-24T01:00:00Z"
    assert tree(others).getroot().get("generated-datetime") == "2026-11-01T00:00:00Z"


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_project_that_is_not_public_is_left_out_with_its_date(status):
    public = builders.make_project("Coral reefs")
    hidden = builders.make_project("Secret reefs", [("provider", "SGP")], publication_status=status)
    Document.objects.create(project=hidden, title="Secret", url="https://www.unescap.org/", category="A08")
    Project.objects.filter(pk=public.pk).update(updated=MADE)
    file = tree([hidden, public])
    assert slugs(file) == ["coral-reefs"]
    assert file.getroot().get("generated-datetime") == "2026-11-23T09:05:00Z"
    assert b"ecret" not in etree.tostring(file)


def test_same_projects_make_the_same_file():
    projects = [full_project(number) for number in range(3)]
    assert pieces(projects) == pieces(projects)


def test_file_is_given_activity_by_activity():
    projects = [builders.make_project(title) for title in ("Bamboo", "Coral", "Dairy")]
    assert [piece.count(b"</iati-activity>") for piece in pieces(projects)] == [1, 1, 1, 0]


def full_project(number):
    """A project that has every part, and others of each than the projects of other numbers."""
    agency = builders.make_agency(f"Agency {number}")
    project = builders.make_project(
        f"Course {number}",
        partners=[("pivotal", "THA"), ("beneficiary", "COL")],
        themes=[f"Theme {number}", "Trade"],
        forum=builders.make_forum(f"Forum {number}"),
        fund=builders.make_fund(f"Fund {number}"),
        start="2018",
        end="2020",
        budget_amount="1000",
        budget_currency="USD",
    )
    project.goals.set([builders.make_goal(number + 1, f"Goal {number}")])
    project.instruments.set([builders.make_instrument(f"Instrument {number}")])
    for part in range(number + 1):
        Participation.objects.create(project=project, role="implementing", agency=agency, start=f"201{part}")
        Document.objects.create(
            project=project, title="Report", url=f"https://www.unescap.org/{part}", category="A08", language="es"
        )
    return project


def test_number_of_queries_depends_on_the_number_of_batches_only(monkeypatch):
    projects = [full_project(number) for number in range(3)]
    assert (queries_for(projects[:1]), queries_for(projects)) == (14, 14)
    monkeypatch.setattr(write_iati, "BATCH", 1)
    assert queries_for(projects) == 28


def queries_for(projects):
    with CaptureQueriesContext(connection) as queries:
        assert len(pieces(projects)) == len(projects) + 1
    return len(queries)
