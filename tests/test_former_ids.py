"""A former or merged id in a question means the present record, in every format and in every filter."""

import pytest
from django.http import QueryDict

from cooperation.duplicates import merge
from cooperation.exports.files import list_formats
from cooperation.filters import FILTERSETS, ProjectFilterSet
from cooperation.filters.event import EventFilterSet
from cooperation.filters.flows import FlowsFilterSet
from cooperation.filters.kinds import CodesFilter
from cooperation.filters.options import Codes
from cooperation.models import FormerSlug, Fund, Participation, Project
from tests import builders
from tests.crawl import read
from tests.files import content, csv_rows
from tests.kept_pages import ask

pytestmark = pytest.mark.django_db

PRESENT, FORMER = "mekong-institute", "mekong-foundation"
BUILDERS = {"agency": builders.make_agency, "forum": builders.make_forum, "fund": builders.make_fund}
# Each question that names an agency, a forum or a fund: the record type, the list, the parameter.
QUESTIONS = [
    (each.codes.model._meta.model_name, filterset, name)
    for filterset in (*FILTERSETS.values(), FlowsFilterSet, EventFilterSet)
    for name, each in filterset.base_filters.items()
    if isinstance(each, CodesFilter) and isinstance(each.codes, Codes) and each.codes.code == "slug"
]
every_filter_of_records = pytest.mark.parametrize(
    ("record_type", "filterset", "name"),
    QUESTIONS,
    ids=[f"{filterset.__name__}.{name}" for _type, filterset, name in QUESTIONS],
)


def rename(record, *slugs):
    """Give the record one slug after the other."""
    for slug in slugs:
        record.slug = slug
        record.save()
    return record


@pytest.fixture
def project():
    """A project of a forum that has had two other ids, and two projects of no forum."""
    forum = rename(builders.make_forum("Mekong Institute", slug="mekong-fund"), FORMER, PRESENT)
    builders.make_project("Rice seeds")
    builders.make_project("Maize seeds")
    return builders.make_project("Bamboo crafts", forum=forum, partners=[("provider", "THA")])


@every_filter_of_records
def test_former_id_asks_for_the_present_record_in_every_filter(record_type, filterset, name):
    rename(BUILDERS[record_type]("Mekong Institute", slug="mekong-fund"), FORMER, PRESENT)
    for code in (FORMER, "mekong-fund"):
        asked = filterset(filterset.parameters(QueryDict(f"{name}={code}&{name}={PRESENT}")))
        assert asked.problems == []
        assert asked.asked == {name: [PRESENT]}
        assert [(each.value, each.query_without) for each in asked.chosen] == [
            ("without Mekong Institute" if name.startswith("not_") else "Mekong Institute", "")
        ]


def test_filters_of_records_are_those_that_the_lists_have():
    assert {name for _type, _filterset, name in QUESTIONS} == {
        *("agency", "forum", "fund", "member_of"),
        *("not_agency", "not_forum", "not_fund", "not_member_of"),
    }


@pytest.mark.parametrize("suffix", [each.suffix for each in list_formats(Project)])
def test_former_id_gives_the_same_file_in_every_format(client, project, suffix):
    former, present = (client.get(f"/projects.{suffix}?forum={code}") for code in (FORMER, PRESENT))
    assert (former.status_code, former["ETag"]) == (200, present["ETag"])
    assert former.content == present.content


def test_former_id_gives_the_records_of_the_present_one(client, project):
    assert [row["id"] for row in csv_rows(client, f"/projects.csv?forum={FORMER}")] == ["bamboo-crafts"]
    others = csv_rows(client, f"/projects.csv?not_forum={FORMER}&sort=title")
    assert [row["id"] for row in others] == ["maize-seeds", "rice-seeds"]
    assert [row["id"] for row in csv_rows(client, f"/funds.csv?forum={FORMER}")] == []


def test_page_shows_the_present_record_as_chosen_and_links_to_nothing_else(client, project):
    page = read(client, f"/projects/?forum={FORMER}")
    ticked = [(attrs["name"], attrs["value"]) for attrs in page.all("input") if "checked" in attrs]
    assert ticked == [("forum", PRESENT)]
    assert "1 project: Mekong Institute" in page.text
    assert "Remove filter Forum: Mekong Institute" in page.text
    canonical = [attrs["href"] for attrs in page.all("link") if attrs.get("rel") == "canonical"]
    assert canonical == [f"http://testserver/projects/?forum={PRESENT}"]
    html = client.get(f"/projects/?forum={FORMER}").content.decode()
    assert FORMER not in html
    assert f"/projects.csv?forum={PRESENT}" in html


def test_feed_names_itself_by_the_present_id(client, project):
    feed = content(client, f"/projects.atom?forum={FORMER}&utm_source=newsletter").decode()
    assert f'href="http://testserver/projects.atom?forum={PRESENT}" rel="self"' in feed
    assert (FORMER in feed, "newsletter" in feed) == (False, False)


def test_page_of_a_former_id_is_the_kept_one_of_the_present_and_takes_one_query_more(client, project):
    first = client.get(f"/projects/?forum={PRESENT}")
    again, statements = ask(client, f"/projects/?forum={FORMER}")
    assert (again.content, again["ETag"]) == (first.content, first["ETag"])
    assert ["cooperation_formerslug" in each for each in statements] == [False, True]
    unchanged, statements = ask(client, f"/projects/?forum={PRESENT}", If_None_Match=first["ETag"])
    assert (unchanged.status_code, len(statements)) == (304, 1)


def test_id_of_a_record_that_was_merged_means_the_one_that_is_left(client, ana):
    keep, drop = builders.make_agency("Mekong Institute"), builders.make_agency("Mekong Foundation")
    project = builders.make_project("Bamboo crafts")
    Participation.objects.create(project=project, role="provider", agency=drop)
    merge(keep, drop, [], ana, "One agency.")
    asked = client.get(f"/projects.json?agency={FORMER}").json()
    assert [row["id"] for row in asked["results"]] == ["bamboo-crafts"]
    assert [each["value"] for each in asked["facets"]["agency"] if each["chosen"]] == [PRESENT]


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_former_id_of_a_record_that_is_not_public_is_an_unknown_value(client, project, status):
    project.forum.publication_status = status
    project.forum.save()
    answer = client.get(f"/projects.json?forum={FORMER}")
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["given"]) == (400, [FORMER])
    assert error["messages"] == [f"“{FORMER}” is not a value of this filter."]
    assert "mekong-institute" not in answer.content.decode()


def test_former_id_of_another_record_type_is_an_unknown_value(client, project):
    rename(builders.make_fund("FEALAC Trust Fund", slug="trust-fund"), "fealac-trust-fund")
    assert client.get("/projects.json?forum=trust-fund").status_code == 400
    assert client.get("/projects.json?fund=trust-fund").status_code == 200


def test_id_that_a_record_has_today_counts_before_one_that_another_had(client, project):
    builders.make_forum("Mekong Foundation", slug=FORMER)
    asked = client.get(f"/projects.json?forum={FORMER}").json()
    assert (asked["count"], asked["title"]) == (0, "Projects (Forum: Mekong Foundation)")


@pytest.mark.parametrize("value", ["\x00", "\ud800", "x" * 5_000, "atlantis", "²", "a b", "%"], ids=ascii)
def test_value_that_was_never_an_id_is_refused_in_words(client, project, value):
    query = QueryDict(mutable=True)
    query.setlist("forum", [value, FORMER])
    assert ProjectFilterSet.parameters(query).getlist("forum") == sorted([value.strip(), PRESENT])
    assert ProjectFilterSet(ProjectFilterSet.parameters(query)).count == 0


@pytest.mark.slow
def test_thousands_of_unknown_values_take_one_query_more(client, project):
    query = "&".join(f"forum=f{number}" for number in range(9_000))
    answer, statements = ask(client, f"/projects.csv?{query}")
    assert answer.status_code == 400
    assert len([each for each in statements if "cooperation_formerslug" in each]) <= 2


def test_matrix_and_timeline_take_a_former_id(client, project):
    assert "1 project;" in read(client, f"/flows/?forum={FORMER}").text
    builders.make_milestone(forum=project.forum)
    page = read(client, f"/timeline/?forum={FORMER}")
    assert "1 event: Mekong Institute" in page.text
    assert client.get(f"/timeline.json?forum={FORMER}").json()["count"] == 1


# Compare


def test_compared_are_the_present_records_of_former_ids(client, project):
    builders.make_forum("ASEAN")
    former, present = (client.get(f"/compare/?forum=asean&forum={code}") for code in (FORMER, PRESENT))
    assert "Compare ASEAN and Mekong Institute" in present.content.decode()
    assert (former.content, former["ETag"]) == (present.content, present["ETag"])


def test_former_and_present_id_are_one_of_those_compared(client, project):
    builders.make_forum("ASEAN")
    page = read(client, f"/compare/?forum={PRESENT}&forum={FORMER}&forum=mekong-fund&forum=asean")
    assert "Compare ASEAN and Mekong Institute" in page.text
    assert "Side by side" in page.text
    alone = read(client, f"/compare/?forum={FORMER}&forum={PRESENT}")
    assert [attrs["value"] for attrs in alone.all("option") if "selected" in attrs] == [PRESENT]


def test_kept_comparison_under_a_former_id_takes_no_query_more(client, project):
    rename(project, "bamboo-and-crafts")
    address = "/compare/?project=bamboo-crafts&project=rice-seeds"
    first = client.get(address)
    assert "Compare Bamboo crafts and Rice seeds" in first.content.decode()
    again, statements = ask(client, address, If_None_Match=first["ETag"])
    assert (again.status_code, len(statements)) == (304, 1)


def test_former_id_leads_no_comparison_to_a_draft(client, project):
    rename(project, "bamboo-and-crafts")
    Project.objects.filter(pk=project.pk).update(publication_status="draft")
    page = read(client, "/compare/?project=bamboo-crafts&project=rice-seeds")
    assert "“bamboo-crafts” is not the public id of such a record." in page.text
    assert "bamboo-and-crafts" not in client.get("/compare/?project=bamboo-crafts").content.decode()


def test_address_that_is_undone_is_no_value_any_more(client, project):
    assert client.get(f"/projects.json?forum={FORMER}").json()["count"] == 1
    FormerSlug.objects.filter(slug=FORMER).delete()
    Fund.objects.create(slug="a-change", name="A change", publication_status="published")
    assert client.get(f"/projects.json?forum={FORMER}").status_code == 400
