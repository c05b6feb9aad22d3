"""Compare: two to four records of one kind side by side, with what is the same and what differs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.models import Country, Forum, Meeting, Project
from cooperation.pictures.comparison import compare
from tests import builders
from tests.crawl import Page, read

pytestmark = pytest.mark.django_db


THAI_COLOMBIAN = [("pivotal", "THA"), ("beneficiary", "COL")]


@pytest.fixture
def shared():
    """Thailand and Colombia with one project and one forum in common."""
    builders.make_project(
        "Bamboo crafts", partners=[("pivotal", "THA"), ("beneficiary", "COL")], themes=["Agriculture"]
    )
    builders.make_project("Rice seeds", partners=[("provider", "THA"), ("beneficiary", "FJI")])
    builders.make_project("Draft", partners=[("provider", "THA"), ("provider", "COL")], publication_status="draft")
    builders.make_forum(acronym="FEALAC", members=["THA", "COL", "SGP"])
    builders.make_forum("Association of Southeast Asian Nations", acronym="ASEAN", members=["THA", "SGP"])
    builders.make_forum("Unseen Forum", members=["THA", "COL"], publication_status="draft")


def rows(model, *public_ids):
    """`{label: (text of each record, outcome)}`."""
    found = {each.public_id: each for each in model.objects.published().for_detail()}
    return {
        row.label: (*(", ".join(item.text for item in cell.items) for cell in row.cells), row.outcome.value)
        for row in compare([found[each] for each in public_ids]).rows
    }


def test_countries_stand_side_by_side_with_what_differs(client, shared):
    found = rows(Country, "THA", "COL")
    assert found["Projects in which it gives"] == ("2", "0", "differs")
    assert found["Projects in which it receives"] == ("0", "1", "differs")
    assert found["Partner countries"] == ("2", "1", "differs")
    assert found["Most frequent themes"] == ("Agriculture (1)", "Agriculture (1)", "same")
    assert found["Forums of which it is a member"] == ("2", "1", "differs")
    assert found["Small island developing State"] == ("No", "No", "same")
    assert found["Income group"] == ("", "", "not_known")


def test_page_names_what_countries_have_in_common(client, shared):
    page = read(client, "/compare/?country=THA&country=COL")
    together = "/projects/?country=COL&country=THA&country_match=all"
    assert "1 project in which all take part" in page.text
    assert "1 forum of which all are members: Forum for East Asia-Latin America Cooperation (FEALAC) 0 co" in page.text
    assert together in page.links
    assert "1 project" in read(client, together).text
    assert "Unseen" not in page.text


def test_fact_that_one_record_does_not_tell_is_never_called_the_same():
    builders.make_project("Bamboo crafts", start="2019", end="2020", summary="One.")
    builders.make_project("Rice seeds", start="2019", status="completed", modality="triangular")
    found = rows(Project, "bamboo-crafts", "rice-seeds")
    assert (found["Start"], found["End"]) == (("2019", "2019", "same"), ("2020", "", "not_known"))
    assert found["Activity status"] == ("", "Completed", "not_known")
    assert found["Modality"] == ("Bilateral", "Triangular", "differs")


def test_partners_of_projects_are_compared_by_role():
    builders.make_project("Bamboo crafts", partners=[("provider", "THA"), ("beneficiary", "COL")])
    hidden = builders.make_agency("Unseen agency", publication_status="draft", country=None)
    project = builders.make_project("Rice seeds", partners=[("provider", "IDN"), ("beneficiary", "COL")])
    project.participations.create(role="funding", agency=hidden)
    found = rows(Project, "bamboo-crafts", "rice-seeds")
    assert found["Provider"] == ("Thailand", "Indonesia", "differs")
    assert found["Beneficiary"] == ("Colombia", "Colombia", "same")
    assert "Funder" not in found


def test_forums_are_compared_by_their_signs_of_life_and_their_members(client, shared):
    Meeting.objects.create(forum=Forum.objects.get(acronym="ASEAN"), date="1980")
    found = rows(Forum, "association-of-southeast-asian-nations", "forum-for-east-asia-latin-america-cooperation")
    assert found["State"] == ("Dormant", "Not known", "differs")
    assert found["Meetings in the last five years"] == ("0", "", "not_known")
    assert found["Members recorded"] == ("2", "3", "differs")
    slugs = "association-of-southeast-asian-nations&forum=forum-for-east-asia-latin-america-cooperation"
    text = read(client, f"/compare/?forum={slugs}").text
    assert "2 countries that are members of each: Singapore, Thailand" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("country=THA&country=THA", "Country or area (“THA”, “THA”): “THA” is given more than once."),
        ("country=THA&country=XXX", "“XXX” is not the public id of such a record."),
        ("country=THA&country=%00", "“\x00” is not the public id of such a record."),
        ("country=THA&country=²", "“²” is not the public id of such a record."),
        ("project=draft&project=bamboo-crafts", "“draft” is not the public id of such a record."),
        ("country=THA&country=COL&forum=asean", "Choose one kind."),
        ("&".join(f"country={code}" for code in ("THA", "COL", "FJI", "SGP", "PER")), "At most 4 can be compared"),
        ("&".join(["country=THA"] * 999), "999 are given."),
    ],
)
def test_what_cannot_be_compared_is_named(client, shared, query, expected):
    builders.make_country("PER")
    text = read(client, f"/compare/?{query}").text
    assert "This cannot be compared as asked" in text
    assert expected in text
    assert "Side by side" not in text


def test_one_record_is_offered_with_others_of_its_kind(client, shared):
    page = read(client, "/compare/?country=THA")
    assert [attrs["name"] for attrs in page.all("select")] == ["country"] * 4
    assert [attrs["value"] for attrs in page.all("option") if "selected" in attrs] == ["THA"]
    assert "Draft" not in read(client, "/compare/").text
    assert "/compare/?country=THA" in read(client, "/countries/THA/").links


@pytest.mark.slow
def test_order_of_the_parameters_makes_no_other_page(client, shared):
    pages = [client.get(f"/compare/?{query}") for query in ("country=THA&country=COL", "country=COL&x=1&country=THA")]
    assert pages[0]["ETag"] == pages[1]["ETag"]
    assert pages[0].content == pages[1].content
    assert "Compare Colombia and Thailand Of" in Page(pages[0].content.decode()).text


@pytest.mark.slow
def test_comparison_takes_as_many_queries_however_much_the_records_hold(client, shared):
    def queries():
        read(client, "/compare/?country=THA&country=COL")
        with CaptureQueriesContext(connection) as found:
            compare(list(Country.objects.filter(iso3__in=["THA", "COL"]).for_detail()))
        return len(found)

    before = queries()
    for number in range(3):
        builders.make_project(
            f"Exchange {number}", partners=[("provider", "THA"), ("both", "COL")], themes=[f"T{number}"]
        )
        builders.make_forum(f"Forum {number}", members=["THA", "COL"])
    assert queries() == before
