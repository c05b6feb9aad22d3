"""The bitmaps follow every kind of change, and give any page of a list."""

import random

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from cooperation import facets
from cooperation.filters import ProjectFilterSet
from cooperation.models import Participation, Project
from tests import builders
from tests.records import cite

pytestmark = pytest.mark.django_db


def counts_of(query=""):
    """What the list of projects says: {facet: {value: count}}, and its length."""
    filterset = ProjectFilterSet(QueryDict(query))
    counted = {
        facet.name: {value.code: value.count for value in facet.first + facet.rest} for facet in filterset.facets
    }
    return counted, filterset.count


def asked_anew():
    """The same from an index that was built from nothing."""
    kept = facets._kept.copy()
    facets._kept.clear()
    counted = counts_of()
    facets._kept.update(kept)
    return counted


def publish(project):
    Project.objects.filter(pk=project.pk).update(publication_status="published")


def withdraw(project):
    Project.objects.filter(pk=project.pk).update(publication_status="withdrawn")


def add_in_bulk(project):
    Project.objects.bulk_create(
        [Project(slug=f"b-{n}", title=f"B {n}", modality="regional", publication_status="published") for n in range(50)]
    )


CHANGES = {
    "partner added": lambda project: Participation.objects.create(
        project=project, role="both", country=builders.make_country("PER")
    ),
    "partners removed": lambda project: project.participations.all().delete(),
    "theme added": lambda project: project.themes.add(builders.make_theme("Fisheries")),
    "modality": lambda project: Project.objects.filter(pk=project.pk).update(modality="interregional"),
    "withdrawn in bulk": withdraw,
    "deleted": lambda project: project.delete(),
    "saved": lambda project: project.save(),
    "many at once": add_in_bulk,
    "first citation": lambda project: cite(project, "title", builders.make_source()),
    "dates": lambda project: Project.objects.filter(pk=project.pk).update(start="1999", end="2001-02"),
    "country changes group": lambda project: builders.make_country("THA").__class__.objects.update(ldc=True),
}


@pytest.fixture
def three_projects():
    for title, partners in {
        "Bamboo crafts": [("pivotal", "THA"), ("beneficiary", "COL")],
        "Coral reefs": [("provider", "FJI"), ("beneficiary", "TON")],
        "Dairy farms": [("provider", "CHL"), ("beneficiary", "COL")],
    }.items():
        builders.make_project(title, partners=partners, themes=["Trade"], start="2018")
    return Project.objects.get(slug="coral-reefs")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_index_caught_up_with_a_change_says_what_one_built_anew_says(three_projects, change):
    counts_of()
    change(three_projects)
    assert counts_of() == asked_anew()
    order = list(Project.objects.published().order_by("-updated", "-id").values_list("pk", flat=True))
    assert ProjectFilterSet().ids() == order


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_index_follows_a_long_row_of_changes(three_projects):
    chance = random.Random(4)
    counts_of()
    for _step in range(60):
        project = chance.choice(Project.objects.all())
        chance.choice([publish, withdraw, CHANGES["saved"], CHANGES["dates"], CHANGES["theme added"]])(project)
        assert counts_of() == asked_anew()
        order = list(Project.objects.published().order_by("-updated", "-id").values_list("pk", flat=True))
        assert ProjectFilterSet().ids() == order


@pytest.mark.django_db(transaction=True)
def test_one_edit_reads_one_record_and_not_all(three_projects):
    counts_of()
    before = facets._kept[Project]
    three_projects.save()
    with CaptureQueriesContext(connection) as queries:
        counts_of()
    assert len(facets._kept[Project].ids) == len(before.ids) + 1
    reading = [query["sql"] for query in queries if 'FROM "cooperation_participation"' in query["sql"]]
    assert reading
    assert all("IN (" in sql for sql in reading)


@pytest.mark.django_db(transaction=True)
def test_edited_project_comes_first_and_keeps_its_place_under_other_orders(three_projects):
    counts_of()
    three_projects.save()
    assert Project.objects.get(pk=ProjectFilterSet().ids()[0]).title == "Coral reefs"
    titles = [Project.objects.get(pk=each).title for each in ProjectFilterSet(QueryDict("sort=title")).ids()]
    assert titles == ["Bamboo crafts", "Coral reefs", "Dairy farms"]


@pytest.mark.django_db(transaction=True)
def test_what_was_read_in_a_transaction_that_is_undone_leaves_no_trace(three_projects):
    before = counts_of()
    with transaction.atomic():
        builders.make_project("Ghost", partners=[("pivotal", "THA")])
        assert counts_of()[1] == 4
        transaction.set_rollback(True)
    assert counts_of() == before
    builders.make_project("Health posts")
    assert counts_of() == asked_anew()


@pytest.mark.slow
def test_any_page_of_a_list_is_a_slice_of_the_whole():
    for number in range(30):
        builders.make_project(f"Course {number:02}", partners=[("provider", "SGP")])
    for query in ("", "sort=title", "sort=start", "country=SGP", "country=SGP&sort=title"):
        filterset = ProjectFilterSet(QueryDict(query))
        pages = [filterset.ids(start, start + 7) for start in range(0, 35, 7)]
        assert [each for page in pages for each in page] == filterset.ids(), query
        assert len(set(filterset.ids())) == 30
