"""The matrix of who cooperates with whom: its numbers, its page and its table."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from cooperation.filters import ProjectFilterSet
from cooperation.filters.flows import FlowsFilterSet
from cooperation.pictures.flows import Flows, steps_of
from tests import builders
from tests.crawl import Page, read
from tests.files import content

pytestmark = pytest.mark.django_db

EXCHANGES = {
    "Bamboo crafts": [("pivotal", "THA"), ("beneficiary", "COL")],
    "Coral reefs": [("provider", "FJI"), ("beneficiary", "TON")],
    "Dairy farms": [("provider", "CHL"), ("facilitating", "IDN"), ("beneficiary", "BRB"), ("beneficiary", "COL")],
    "Early warning": [("funding", "SGP"), ("beneficiary", "TON")],
}


def make_exchanges():
    for title, partners in EXCHANGES.items():
        builders.make_project(title, partners=partners)
    builders.make_project(
        "Mango trees", partners=[("provider", "PER"), ("beneficiary", "FJI")], publication_status="draft"
    )


def flows_of(query="", **options):
    return Flows(FlowsFilterSet(FlowsFilterSet.parameters(QueryDict(query))), **options)


def numbers(flows):
    return {(cell.giver.code, cell.receiver.code): cell.count for cell in flows.cells}


def test_matrix_counts_projects_of_who_gives_to_who_receives():
    make_exchanges()
    assert numbers(flows_of("by=country")) == {
        ("THA", "COL"): 1,
        ("FJI", "TON"): 1,
        ("CHL", "BRB"): 1,
        ("CHL", "COL"): 1,
        ("IDN", "BRB"): 1,
        ("IDN", "COL"): 1,
    }
    by_subregion = flows_of()
    assert numbers(by_subregion) == {
        ("035", "005"): 2,
        ("035", "029"): 1,
        ("054", "061"): 1,
        ("005", "005"): 1,
        ("005", "029"): 1,
    }
    # A total counts a project once; “Dairy farms” leads to two places.
    assert {place.code: place.total for place in by_subregion.givers} == {"035": 2, "054": 1, "005": 1}
    assert (by_subregion.count, by_subregion.without_sides, by_subregion.between) == (3, 1, 2)


def test_roles_say_who_counts_as_giving():
    make_exchanges()
    assert numbers(flows_of("by=country&giver_role=funding")) == {("SGP", "TON"): 1}
    assert numbers(flows_of("by=country&giver_role=facilitating")) == {("IDN", "BRB"): 1, ("IDN", "COL"): 1}
    assert numbers(flows_of("by=country&giver_role=pivotal&receiver_role=partner")) == {}


def test_chosen_givers_are_the_only_rows_and_keep_their_part_of_a_place():
    make_exchanges()
    flows = flows_of("giver=THA&giver=CHL")
    assert numbers(flows) == {("035", "005"): 1, ("005", "005"): 1, ("005", "029"): 1}
    assert [place.values for place in flows.givers] == [["THA"], ["005"]]


def test_cells_are_of_a_shore_or_between():
    make_exchanges()
    builders.make_project("Fruit flies", partners=[("provider", "ZAF"), ("beneficiary", "FJI")])
    pairs = {(cell.giver.code, cell.receiver.code): cell.pair for cell in flows_of("by=region").cells}
    assert pairs == {
        ("asia_pacific", "asia_pacific"): "asia_pacific",
        ("asia_pacific", "lac"): "between",
        ("lac", "lac"): "lac",
        ("other", "asia_pacific"): "other",
    }


def test_matrix_that_is_cut_keeps_those_with_most_projects_and_says_how_to_narrow():
    make_exchanges()
    builders.make_project("Forest fires", partners=[("provider", "CHL"), ("beneficiary", "PER")])
    flows = flows_of("by=country", most=1)
    assert numbers(flows) == {("CHL", "COL"): 1}
    assert flows.is_cut
    assert [(place.narrow, gives) for place, gives in flows.narrower if gives] == [
        ("by=country&giver=035", True),
        ("by=country&giver=054", True),
        ("by=country&giver=005", True),
    ]
    assert len(numbers(flows_of("by=country", most=None))) == 7


def test_steps_of_colour_spread_the_counts_that_there_are():
    assert steps_of([0, 1, 1, 2, 3, 8, 40]) == {1: 1, 2: 2, 3: 3, 8: 4, 40: 5}
    assert steps_of([0, 7]) == {7: 1}


def test_page_shows_the_numbers_with_their_lists_and_no_draft(client):
    make_exchanges()
    page = read(client, "/flows/?theme=&utm_source=x")
    named = {attrs["aria-label"]: attrs["href"] for attrs in page.all("a") if "aria-label" in attrs}
    assert named == {
        "South-eastern Asia to South America: 2 projects": "/projects/?giver=035&receiver=005",
        "South-eastern Asia to Caribbean: 1 project": "/projects/?giver=035&receiver=029",
        "South-eastern Asia to all: 2 projects": "/projects/?giver=035&receiver_role=beneficiary&receiver_role=both",
        "Melanesia to Polynesia: 1 project": "/projects/?giver=054&receiver=061",
        "Melanesia to all: 1 project": "/projects/?giver=054&receiver_role=beneficiary&receiver_role=both",
        "South America to South America: 1 project": "/projects/?giver=005&receiver=005",
        "South America to Caribbean: 1 project": "/projects/?giver=005&receiver=029",
        "South America to all: 1 project": "/projects/?giver=005&receiver_role=beneficiary&receiver_role=both",
    }
    assert "4 projects; 2 between the shores" in page.text
    assert "3 projects name a country that gives and one that receives. 1 more names no country" in page.text


def test_table_holds_the_same_pairs_under_the_same_filters(client):
    make_exchanges()
    assert content(client, "/flows.csv?by=country&giver=035").decode() == (
        "giver_code,giver,receiver_code,receiver,projects\r\n"
        'IDN,"Indonesia",COL,"Colombia",1\r\n'
        'IDN,"Indonesia",BRB,"Barbados",1\r\n'
        'THA,"Thailand",COL,"Colombia",1\r\n'
    )
    answer = client.get("/flows.csv?by=country&giver=035&bom=1")
    assert answer.content.startswith(b"\xef\xbb\xbfgiver_code")
    assert answer.headers["Portal-Records"] == "3"
    title = "Flows by country or area: Projects in which South-eastern Asia gives"
    assert answer.headers["Portal-Title"] == title


@pytest.mark.parametrize(
    "query",
    [
        "by=continent",
        "giver=Atlantis",
        "receiver_role=king",
        "giver_role=beneficiary",
        "receiver_role=pivotal",
        "year_from=0",
        "year_to=10000",
        "year_from=²",
        f"as_of={10**30}",
        "giver=%00",
        "by=region&by=country",
        "&".join(f"giver={number}" for number in range(999)),
    ],
)
def test_value_that_is_not_understood_is_named_and_nothing_is_shown(client, query):
    make_exchanges()
    page = Page(client.get(f"/flows/?{query}").content.decode())
    assert "This list cannot be shown as asked" in page.text
    assert page.all("table") == []
    answer = client.get(f"/flows.csv?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_registry_without_flows_says_so(client):
    builders.make_project("Early warning", partners=[("beneficiary", "TON")])
    assert "No project that fits names a country that gives and one that receives." in read(client, "/flows/").text


def test_number_of_queries_does_not_grow_with_the_matrix(client):
    builders.make_project("Bamboo crafts", partners=EXCHANGES["Bamboo crafts"])
    found = []
    for title in ("Coral reefs", "Dairy farms"):
        client.get("/projects/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/flows/?by=country")
        found.append(len(queries))
        builders.make_project(title, partners=EXCHANGES[title])
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("giver=035&receiver=029", "Projects in which South-eastern Asia gives and Caribbean receives"),
        ("receiver=029&receiver=THA", "Projects in which Caribbean or Thailand receives"),
        (
            "giver=lac&giver_role=pivotal&modality=triangular",
            "Projects in which Latin America and the Caribbean gives "
            "(Role of who gives: Pivotal partner; Modality: Triangular)",
        ),
        ("giver_role=pivotal", "Projects (Role of who gives: Pivotal partner)"),
    ],
)
def test_list_says_in_words_who_gives_and_who_receives(query, title):
    builders.make_country("THA")
    assert ProjectFilterSet(QueryDict(query)).in_words == title


def test_list_draws_the_sides_only_when_they_are_chosen(client):
    make_exchanges()
    drawn = [facet.name for facet in ProjectFilterSet().facets]
    assert {"giver", "giver_role", "receiver", "receiver_role"} & {*drawn} == set()
    page = read(client, "/projects/?giver=035&receiver=029")
    assert [attrs["href"] for attrs in page.all("a") if attrs.get("class") == "remove"] == [
        "/projects/?receiver=029",
        "/projects/?giver=035",
    ]
    ticked = [attrs["name"] for attrs in page.all("input") if "checked" in attrs]
    assert ticked == ["giver", "receiver"]
