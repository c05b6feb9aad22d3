"""Projects: their partners, what can be asked of their list, and what a page says."""

import pytest
from django.http import QueryDict

from cooperation.filters import ProjectFilterSet
from cooperation.models import Participation, Project, Scope
from tests import builders
from tests.crawl import read
from tests.records import cite

pytestmark = pytest.mark.django_db


def titles(client, query):
    """The titles on the project list under a query string, in alphabetical order."""
    page = read(client, f"/projects/?sort=title&{query}")
    return [project.title for project in Project.objects.order_by("title") if project.get_absolute_url() in page.links]


@pytest.fixture
def cooperation():
    """Four projects: one between the regions, one in each, one with neither."""
    builders.make_project(
        "Bamboo crafts",
        partners=[("pivotal", "THA"), ("beneficiary", "COL")],
        themes=["Trade"],
        modality="triangular",
        start="2018",
        end="2020-06",
    )
    reefs = builders.make_project(
        "Coral reefs", partners=[("provider", "FJI"), ("beneficiary", "TON")], start="2020-07"
    )
    Participation.objects.create(project=reefs, role="implementing", organisation="UNOPS")
    builders.make_project("Dairy farms", partners=[("provider", "CHL"), ("beneficiary", "COL")], themes=["Agriculture"])
    builders.make_project("Ebola care", partners=[("provider", "ZAF")], start="", end="2015")
    tica = builders.make_agency(acronym="TICA")
    crafts = Project.objects.get(title="Bamboo crafts")
    Participation.objects.create(project=crafts, role="implementing", agency=tica, country=tica.country)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("country=COL", ["Bamboo crafts", "Dairy farms"]),
        ("country=FJI&country=THA", ["Bamboo crafts", "Coral reefs"]),
        ("country=COL&country=THA&country_match=all", ["Bamboo crafts"]),
        ("country=COL&role=provider", []),
        ("country=THA&country=COL&role=pivotal", ["Bamboo crafts"]),
        ("role=provider", ["Coral reefs", "Dairy farms", "Ebola care"]),
        ("country=THA&theme=agriculture", []),
        ("theme=agriculture&theme=trade", ["Bamboo crafts", "Dairy farms"]),
        ("modality=triangular", ["Bamboo crafts"]),
        ("region=asia_pacific", ["Bamboo crafts", "Coral reefs"]),
        ("region=asia_pacific&country=COL", ["Bamboo crafts"]),
        ("scope=interregional", ["Bamboo crafts"]),
        ("scope=asia_pacific", ["Coral reefs"]),
        ("scope=lac&scope=other", ["Dairy farms", "Ebola care"]),
        ("group=sids", ["Coral reefs"]),
        ("year_from=2020&year_to=2020", ["Bamboo crafts", "Coral reefs"]),
        ("year_to=2015", ["Ebola care"]),
        ("year_from=2016&year_to=2017", []),
        ("year_from=9999", []),
        ("year_to=9999", ["Bamboo crafts", "Coral reefs", "Ebola care"]),
        ("q=DAIRY", ["Dairy farms"]),
        ("q=farms+dairy", ["Dairy farms"]),
        ("q=dairy+coral", []),
        ("q=chile", ["Dairy farms"]),
        ("q=trade", ["Bamboo crafts"]),
        ("q=TICA", ["Bamboo crafts"]),
        ("q=unops+fiji", ["Coral reefs"]),
        ("q=%22coral+reefs%22", ["Coral reefs"]),
        ("q=%22reefs+coral%22", []),
        ("q=cora", ["Coral reefs"]),
        ("q=oral", []),
        ("q=.*", []),
        ("organisation=unops", ["Coral reefs"]),
        ("organisation=tica", ["Bamboo crafts"]),
        ("organisation=bamboo", []),
        ("organisation=thailand+cooperation", ["Bamboo crafts"]),
        ("q=república", []),
        ("q=tha%C3%AFland", ["Bamboo crafts"]),
        ("not_country=COL", ["Coral reefs", "Ebola care"]),
        ("subregion=054", ["Coral reefs"]),
        ("has_budget=no&has_source=no&region=lac", ["Bamboo crafts", "Dairy farms"]),
    ],
)
@pytest.mark.usefixtures("cooperation")
def test_project_list_shows_what_fits_all_filters(client, query, expected):
    assert titles(client, query) == expected


@pytest.mark.usefixtures("cooperation")
def test_filterset_takes_plain_values_and_gives_an_ordered_queryset():
    filterset = ProjectFilterSet({"country": ["COL", "FJI"], "sort": "title"}, Project.objects.published())
    assert [project.title for project in filterset.qs] == ["Bamboo crafts", "Coral reefs", "Dairy farms"]
    assert [project.title for project in ProjectFilterSet({"modality": "triangular"}).qs] == ["Bamboo crafts"]
    assert list(ProjectFilterSet({"modality": "unheard-of"}).qs) == []


@pytest.mark.usefixtures("cooperation")
def test_words_without_a_letter_or_digit_are_refused(client):
    page = read(client, "/projects/?q=%22")
    assert "Write at least one letter or digit." in page.text
    assert "/projects/bamboo-crafts/" not in page.links


@pytest.mark.usefixtures("cooperation")
def test_project_list_counts_a_project_once_however_many_partners_fit(client):
    project = Project.objects.get(title="Bamboo crafts")
    for iso3 in ("CHL", "PER"):
        Participation.objects.create(project=project, role="beneficiary", country=builders.make_country(iso3))
    assert "2 projects: Latin America and the Caribbean" in read(client, "/projects/?region=lac").text


@pytest.mark.usefixtures("cooperation")
def test_filter_in_force_is_a_link_that_removes_it_and_keeps_the_others(client):
    page = read(client, "/projects/?country=COL&theme=trade&page=1")
    assert "Remove filter Partner country: Colombia" in page.text
    assert "/projects/?theme=trade" in page.links
    assert "/projects/?country=COL" in page.links
    assert "1 project: Colombia, Trade" in page.text


@pytest.mark.usefixtures("cooperation")
def test_theme_left_out_is_said_and_can_be_taken_back(client):
    page = read(client, "/projects/?not_theme=trade&region=asia_pacific")
    assert "1 project: Asia-Pacific, without Trade" in page.text
    assert "Remove filter Theme: without Trade" in page.text
    assert "/projects/?region=asia_pacific" in page.links
    assert "/projects/coral-reefs/" in page.links
    assert (
        "Leave out (with what would be left) Theme nothing Trade (1)"
        in read(client, "/projects/?theme=&region=asia_pacific").text
    )


@pytest.mark.usefixtures("cooperation")
def test_known_value_that_leads_to_nothing_is_understood_but_not_offered(client):
    builders.make_country("PER")
    page = read(client, "/projects/?country=PER&country=COL")
    offered = [attrs["value"] for attrs in page.all("input") if attrs.get("name") == "country"]
    assert "2 projects: Colombia, Peru" in page.text
    assert offered == ["COL", "PER", "CHL", "FJI", "ZAF", "THA", "TON"]
    assert "0 projects: Peru" in read(client, "/projects/?country=PER").text
    assert "PER" not in [attrs["value"] for attrs in read(client, "/projects/").all("input") if "value" in attrs]


@pytest.mark.usefixtures("cooperation")
def test_year_in_force_is_removed_however_it_was_written(client):
    page = read(client, "/projects/?year_from=%2002018&theme=trade")
    assert "Remove filter Active from (year): 2018" in page.text
    assert "/projects/?theme=trade" in page.links


@pytest.mark.usefixtures("cooperation")
def test_first_year_after_the_last_is_refused_in_words(client):
    page = read(client, "/projects/?year_from=2020&year_to=2010")
    assert "The first year is after the last year." in page.text
    assert "/projects/bamboo-crafts/" not in page.links


@pytest.mark.slow
@pytest.mark.usefixtures("cooperation")
def test_project_form_keeps_what_was_asked(client):
    page = read(client, "/projects/?q=bamboo&country=COL&year_from=2018&sort=start&per=50")
    values = {attrs.get("name"): attrs.get("value") for attrs in page.all("input") if attrs.get("type") != "checkbox"}
    assert (values["q"], values["year_from"]) == ("bamboo", "2018")
    assert [attrs["value"] for attrs in page.all("input") if "checked" in attrs] == ["COL"]
    assert {attrs["value"] for attrs in page.all("option") if "selected" in attrs} >= {"start", "50"}


@pytest.mark.slow
def test_project_list_is_cut_into_pages_that_keep_the_filters(client):
    for number in range(27):
        builders.make_project(f"Course {number:02}", partners=[("provider", "SGP")])
    first = read(client, "/projects/?country=SGP&sort=title")
    second = read(client, "/projects/?country=SGP&sort=title&page=2")
    assert "?country=SGP&sort=title&page=2" in first.links
    assert ("/projects/course-24/" in first.links, "/projects/course-25/" in first.links) == (True, False)
    assert ("/projects/course-24/" in second.links, "/projects/course-26/" in second.links) == (False, True)
    assert "27 projects: Singapore" in second.text


@pytest.mark.usefixtures("cooperation")
def test_project_scope_on_the_page_is_that_of_the_filter():
    for project in Project.objects.all():
        assert project.pk in ProjectFilterSet(QueryDict(f"scope={project.scope}")).ids()
    assert {project.scope for project in Project.objects.all()} == set(Scope)


def test_project_page_says_what_is_unknown_and_what_has_no_source(client):
    project = builders.make_project(start="2017-10", partners=[("provider", "THA")])
    cite(project, "title", builders.make_source())
    text = read(client, project.get_absolute_url()).text
    assert "Start October 2017 no source yet" in text
    assert "End Not stated in the sources" in text
    assert "Activity status Not stated in the sources" in text
    assert "Provider Thailand no source yet" in text


def test_project_page_numbers_sources_in_the_order_of_reading(client):
    project = builders.make_project(summary="Weavers meet.", start="2017")
    report, news = builders.make_source("Annual report"), builders.make_source("News item", kind="secondary")
    cite(project, "start", news, "2017")
    cite(project, "summary", report)
    cite(project, "title", report)
    page = read(client, project.get_absolute_url())
    assert "Thai-Colombian exchange on digital trade [1]" in page.text
    assert "Weavers meet.[1]" in page.text
    assert "Start 2017[2]" in page.text
    assert page.text.index("Annual report. Primary") < page.text.index("News item. Secondary")
    assert "What source 3 backs" not in page.text


def test_project_card_counts_the_sources_that_its_page_lists(client):
    project = builders.make_project()
    shared, other = builders.make_source("Annual report"), builders.make_source("News item")
    cite(project, "title", shared)
    cite(project, "start", shared, "2017")
    Participation.objects.create(project=project, role="provider", organisation="UNOPS", source=other)
    Participation.objects.create(project=project, role="funding", organisation="UNDP", source=shared)
    assert "2 sources" in read(client, "/projects/").text
    sources = [attrs["id"] for attrs in read(client, project.get_absolute_url()).all("li") if "id" in attrs]
    assert sources == ["source-1", "source-2"]


def test_project_budget_stands_in_its_own_currency(client):
    project = builders.make_project(budget_amount="1093260.50", budget_currency="USD")
    cite(project, "budget_amount", builders.make_source("Annual report"), "1093260.5 USD")
    cite(project, "budget_amount", builders.make_source("News item"), "1000000 EUR")
    text = read(client, project.get_absolute_url()).text
    assert "Budget USD 1,093,260.50[1]" in text
    assert "Another source says EUR 1,000,000[2]" in text
