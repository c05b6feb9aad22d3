"""The tile map: the numbers of the lists, in classes with names, and a place for everyone."""

import gzip
from hashlib import sha256

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from cooperation.models import Country, Participation
from cooperation.pictures.partners import map_of_all_projects, map_of_partners
from cooperation.pictures.tile_map import class_map, classes_of, tile_map
from tests import builders
from tests.crawl import Page, read

pytestmark = pytest.mark.django_db


def words_of(drawn):
    """`{code: words}` of the tiles that say something."""
    return {tile.country.iso3: tile.words for _region, _label, tiles in drawn.shores for tile in tiles if tile.step}


def map_of(numbers, **options):
    """A map of `{iso3: number}`."""
    numbers = {builders.make_country(iso3).pk: number for iso3, number in numbers.items()}
    return tile_map("Title", "Sentence.", numbers, Country.get_absolute_url, "{} projects".format, **options)


def page_of(drawn, **context):
    return Page(render_to_string("components/tile_map.html", {"map": drawn, "id": "map", **context}))


@pytest.fixture
def placed():
    """Three countries with a tile: two in Asia-Pacific, one in Latin America and the Caribbean."""
    builders.make_country("THA", tile_column=3, tile_row=4)
    builders.make_country("FJI", tile_column=9, tile_row=7)
    builders.make_country("COL", tile_column=15, tile_row=5)


@pytest.mark.slow
def test_home_map_counts_what_the_lists_hold(client, placed):
    builders.make_project("Rice seeds", partners=[("provider", "THA"), ("beneficiary", "FJI")])
    # Thailand takes part in two roles, and once through an agency that is not public.
    draft_agency = builders.make_agency(publication_status="draft")
    exchange = builders.make_project("Exchange", partners=[("provider", "THA"), ("both", "THA")])
    Participation.objects.create(
        project=exchange, role="pivotal", country=builders.make_country("THA"), agency=draft_agency
    )
    builders.make_project("Draft", publication_status="draft", partners=[("provider", "THA"), ("beneficiary", "COL")])
    assert words_of(map_of_all_projects()) == {"THA": "Thailand: 2 projects", "FJI": "Fiji: 1 project"}
    page = read(client, "/")
    assert [link for link in page.links if link.startswith("/projects/?country=")] == [
        "/projects/?country=THA",
        "/projects/?country=FJI",
        "/projects/?country=THA",
        "/projects/?country=FJI",
    ]
    assert "2 projects: Thailand" in read(client, "/projects/?country=THA").text


def test_country_of_an_agency_alone_is_not_counted(placed):
    agency = builders.make_agency(country="COL")
    Participation.objects.create(project=builders.make_project(), role="provider", agency=agency)
    assert words_of(map_of_all_projects()) == {}


@pytest.mark.parametrize(
    ("numbers", "classes"),
    [
        ([], []),
        ([7, 7], [(7, 7)]),
        ([1, 1, 1, 1, 1, 1, 1, 2, 3], [(1, 1), (2, 2), (3, 3)]),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 34], [(1, 2), (3, 4), (5, 6), (7, 8), (9, 34)]),
        ([1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6], [(1, 1), (2, 3), (4, 4), (5, 5), (6, 6)]),
    ],
)
def test_classes_hold_about_as_many_and_keep_equal_numbers_together(numbers, classes):
    assert classes_of(numbers) == classes


def test_legend_names_the_classes_from_light_to_dark(placed):
    assert map_of({"THA": 31, "FJI": 2}).legend == [(2, "2"), (4, "31")]
    ten = {iso3: number for number, iso3 in enumerate(builders.COUNTRIES, start=1) if number <= 10}
    assert map_of(ten).legend == [(1, "1 to 2"), (2, "3 to 4"), (3, "5 to 6"), (4, "7 to 8"), (5, "9 to 10")]


def test_nought_is_no_number_and_leads_to_the_country(placed):
    page = page_of(map_of({"THA": 0}))
    assert page.all("a")[1:] == [
        {"class": "s0", "href": "/countries/THA/", "title": "Thailand"},
        {"class": "s0", "href": "/countries/FJI/", "title": "Fiji"},
        {"class": "s0", "href": "/countries/COL/", "title": "Colombia"},
    ]


def test_country_without_a_tile_stands_below_and_in_the_table(placed):
    builders.make_country("TON", tile_column=20, tile_row=8)  # a tile of the other shore
    page = page_of(map_of({"THA": 3, "ZAF": 5, "TON": 4, "ARG": 2}))
    assert [text.strip() for text in page.texts_of("a", "chip")] == [
        "South Africa: 5 projects",
        "Tonga: 4 projects",
        "Argentina: 2 projects",
    ]
    assert page.text.endswith("Number South Africa 5 Tonga 4 Thailand 3 Argentina 2")


def test_many_countries_without_a_tile_are_named_in_the_table_only():
    page = page_of(map_of(dict.fromkeys(list(builders.COUNTRIES)[:8], 1)))
    assert len(page.texts_of("a", "chip")) == 6
    assert "and 2 more in the table" in page.text


def test_this_country_is_outlined_and_said(placed):
    drawn = map_of({"THA": 3, "FJI": 1}, here=[builders.make_country("THA").pk])
    assert words_of(drawn) == {"THA": "Thailand, this country: 3 projects", "FJI": "Fiji: 1 projects"}
    assert [each["class"] for each in page_of(drawn).all("a")[1:4]] == ["s4 here", "s2", "s0"]


def test_number_of_five_digits_fits_its_tile(placed):
    assert page_of(map_of({"THA": 12_345})).texts_of("b", None)[0] == "12k"


def test_map_of_kinds_says_each_kind_in_words(placed):
    kinds = {builders.make_country("THA").pk: "member", builders.make_country("ZAF").pk: "observer"}
    labels = [("member", "Member"), ("associate", "Associate member"), ("observer", "Observer")]
    drawn = class_map("Title", "Sentence.", kinds, labels, Country.get_absolute_url)
    assert drawn.legend == [(5, "Member"), (1, "Observer")]
    assert words_of(drawn) == {"THA": "Thailand: Member"}
    assert page_of(drawn).text.endswith("Kind Thailand Member South Africa Observer")


def test_table_can_be_left_to_the_page(placed):
    assert page_of(map_of({"THA": 3}), without_table=True).all("table") == []


def test_project_map_tells_who_gives_and_who_receives(placed):
    partners = [("pivotal", "THA"), ("funding", "THA"), ("beneficiary", "FJI"), ("provider", "FJI"), ("partner", "COL")]
    project = builders.make_project(partners=partners)
    assert words_of(map_of_partners(project.participations.all())) == {
        "THA": "Thailand: Gives",
        "FJI": "Fiji: Gives and receives",
        "COL": "Colombia: Takes part in another role",
    }


def test_project_without_a_partner_country_has_no_map(client):
    project = builders.make_project()
    Participation.objects.create(project=project, role="provider", organisation="FAO")
    assert map_of_partners(project.participations.all()) is None
    assert "Partners on the map" not in read(client, project.get_absolute_url()).text


def test_map_takes_one_query_however_many_countries_it_shows(placed):
    for iso3s in (["THA"], ["THA", "FJI", "COL", "ZAF"]):
        numbers = {builders.make_country(iso3).pk: 1 for iso3 in iso3s}
        with CaptureQueriesContext(connection) as queries:
            page_of(tile_map("Title", "Sentence.", numbers, lambda country: f"/{country.m49}/", str))
        assert len(queries) == 1


def test_whole_map_with_its_table_weighs_little():
    places = [("lac", column, row) for column in range(13, 22) for row in range(6)]
    places += [("asia_pacific", column, row) for column in range(12) for row in range(5)]
    # Like true names, these have little in common.
    names = [sha256(bytes([number])).hexdigest()[:12] for number in range(111)]
    Country.objects.bulk_create(
        Country(
            iso3=f"{number:03d}",
            iso2=f"{number:02x}",
            m49=f"{number:03d}",
            name=name,
            portal_region=region,
            subregion="029",
            tile_column=column,
            tile_row=row,
        )
        for number, (name, (region, column, row)) in enumerate(zip(names, places[:111], strict=True))
    )
    numbers = {country: country % 40 for country in Country.objects.values_list("pk", flat=True)}
    drawn = tile_map(
        "Countries by number of projects",
        "Sentence.",
        numbers,
        lambda country: f"/projects/?country={country.iso3}",
        "{} projects".format,
    )
    html = render_to_string("components/tile_map.html", {"map": drawn, "id": "map"})
    assert sum(len(tiles) for _region, _label, tiles in drawn.shores) == 111
    assert len(gzip.compress(html.encode(), 6)) <= 4_500
