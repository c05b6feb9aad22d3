"""Lessons: their verdicts in words, and the figures that are counted from the registry."""

import pytest
from django.db import IntegrityError, transaction

from cooperation.models import Claim, Evidence, ForumRole, Meeting
from cooperation.pictures.figures import figure
from tests import builders
from tests.crawl import read

pytestmark = pytest.mark.django_db


def words(name):
    return [part.words for part in figure(name)]


def add_claims(lesson, *verdicts):
    for position, verdict in enumerate(verdicts):
        Claim.objects.create(
            lesson=lesson, position=position, claim=f"Claim {position}", verdict=verdict, finding="So."
        )


def make_registry():
    """Countries, forums, agencies, projects and drafts of each that no figure may count."""
    middle = {"income_group": "upper_middle", "income_fiscal_year": 2024}
    builders.make_country("THA", **middle)
    builders.make_country("COL", **middle)
    builders.make_country("CHL", income_group="high", income_fiscal_year=2024)
    for iso3 in ("SGP", "FJI", "BRB"):
        builders.make_country(iso3)
    fealac = builders.make_forum(
        acronym="FEALAC", reach="interregional", members=["THA", "COL", "CHL", "SGP"], established="1999-09"
    )
    builders.make_forum(
        "Asia-Pacific Economic Cooperation",
        acronym="APEC",
        reach="interregional",
        members=["THA", "CHL"],
        established="1989",
    )
    builders.make_forum(
        "Forum kept back",
        reach="interregional",
        members=["THA", "COL"],
        established="1990",
        publication_status="draft",
    )
    Meeting.objects.create(forum=fealac, date="2026-08").hosts.add(builders.make_country("THA"))
    ForumRole.objects.create(forum=fealac, role="initiator", country=builders.make_country("SGP"))
    ForumRole.objects.create(forum=fealac, role="secretariat", country=builders.make_country("FJI"))
    builders.make_agency()
    builders.make_agency("Agency kept back", "COL", publication_status="draft")
    both = [("provider", "THA"), ("beneficiary", "COL")]
    builders.make_project(partners=both, forum=fealac)
    builders.make_project("Project kept back", partners=[("provider", "CHL")], forum=fealac, publication_status="draft")
    builders.make_project("Project of one region", partners=[("provider", "THA"), ("beneficiary", "FJI")], forum=fealac)


def test_figures_count_what_is_public():
    make_registry()
    assert {name.value: words(name) for name in Evidence.Figure} == {
        "income_asia_pacific": [
            "Middle-income: 1 of 3 countries and areas of Asia-Pacific",
            "No income group recorded: 2",
            "Middle-income among those that take part in projects: 1 of 2",
        ],
        "income_lac": [
            "Middle-income: 1 of 3 countries and areas of Latin America and the Caribbean",
            "High-income: 1",
            "No income group recorded: 1",
            "Middle-income among those that take part in projects: 1 of 1",
        ],
        "small_islands": [
            "Asia-Pacific: 2 of 3 small island developing States",
            "Latin America and the Caribbean: 1 of 3 small island developing States",
            "Other regions: 0 of 3 small island developing States",
        ],
        "agencies": [
            "Cooperation agencies of Asia-Pacific: 1",
            "Cooperation agencies of Latin America and the Caribbean: 0",
        ],
        "champions": ["Countries that carry a forum, in a role or as hosts of a meeting: 3"],
        "foundations": ["Forums founded up to 1959: 0", "From 1960 to 1989: 1", "Since 1990: 1"],
        "platforms": ["Active: 1 of 2 platforms between the two regions", "No meeting recorded: 1"],
        "double_members": ["2 countries belong to both APEC and FEALAC"],
        "projects_by_forum": ["Forum for East Asia-Latin America Cooperation: 1 of 1 interregional projects"],
    }


@pytest.mark.slow
def test_every_figure_is_the_count_of_the_list_that_it_leads_to(client):
    make_registry()
    linked = [part for name in Evidence.Figure for part in figure(name) if part.url]
    pages = {"/champions/": "3 countries carry forums", "/compare/": "2 countries that are members of each"}
    lists = [part for part in linked if part.url.partition("?")[0] not in pages]
    assert (len(linked), len(lists)) == (16, 14)
    for part in linked:
        assert pages.get(part.url.partition("?")[0], "") in read(client, part.url).text
    for part in lists:
        head = read(client, part.url).text.partition(" Clear all ")[2]
        counted = next(int(word) for word in head.replace("Nothing", "0 ").split() if word.isdigit())
        assert counted == part.count, part.url


def test_lesson_page_shows_what_the_source_says_and_what_is_counted_today(client):
    lesson = builders.make_lesson(slug="shared-vision")
    add_claims(lesson, "confirmed", "disputed")
    builders.make_country("FJI")
    Evidence.objects.create(
        lesson=lesson,
        position=1,
        figure="small_islands",
        shows="The list marks 53 States.",
        source=builders.make_source("Standard country codes"),
    )
    Evidence.objects.create(lesson=lesson, position=2, figure="agencies", shows="Both regions have agencies.")
    page = read(client, "/lessons/shared-vision/")
    assert "Of 2 claims: 1 confirmed, 1 disputed." in page.text
    assert (
        "The list marks 53 States.[1] In this registry today: Asia-Pacific: 1 of 1 small island developing States"
    ) in page.text
    assert "Both regions have agencies. In this registry today: Cooperation agencies of Asia-Pacific: 0 " in page.text
    assert "/countries/?group=sids&region=asia_pacific" in page.links


def test_list_of_lessons_says_first_which_platforms_live_and_each_verdict_in_words(client):
    add_claims(builders.make_lesson("Strong traditions"), "confirmed", "wrong", "confirmed", "partly_confirmed")
    add_claims(builders.make_lesson("Champion countries", position=1), "not_confirmed")
    add_claims(builders.make_lesson("Kept back", publication_status="draft"), "disputed")
    builders.make_lesson("No claims")
    page = read(client, "/lessons/")
    assert "In this registry today: Active: 0 of 0 platforms between the two regions" in page.text
    assert "/platforms/" in page.links
    assert "Of 4 claims: 2 confirmed, 1 partly confirmed, 1 not correct" in page.text
    assert "Of 1 claim: 1 not confirmed" in page.text


def test_evidence_with_a_record_has_no_figure():
    lesson = builders.make_lesson()
    with pytest.raises(IntegrityError, match="evidence_figure_without_record"), transaction.atomic():
        Evidence.objects.create(
            lesson=lesson, position=1, forum=builders.make_forum(), figure="platforms", shows="It meets."
        )
