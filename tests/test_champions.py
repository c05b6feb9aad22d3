"""Champions: who carries forums, by role and by meetings hosted, with what shows it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.models import ForumRole, Meeting
from cooperation.pictures.champions import champions
from tests import builders
from tests.crawl import read

pytestmark = pytest.mark.django_db


def give_role(forum, role, iso3, **fields):
    return ForumRole.objects.create(forum=forum, role=role, country=builders.make_country(iso3), **fields)


def hold_meeting(forum, iso3, date, **fields):
    meeting = Meeting.objects.create(forum=forum, date=date, **fields)
    meeting.hosts.add(builders.make_country(iso3))
    return meeting


@pytest.fixture
def fealac():
    return builders.make_forum(acronym="FEALAC", reach="interregional")


@pytest.fixture
def asean():
    return builders.make_forum("Association of Southeast Asian Nations", acronym="ASEAN", reach="asia_pacific")


def numbers():
    """`{iso3: (initiator, convener, host, chair, secretariat, meetings)}`, in the order of the page."""
    return {each.country.iso3: (*(number for _label, number in each.labelled), each.meetings) for each in champions()}


def test_champions_are_counted_by_forums_and_meetings(fealac, asean):
    give_role(fealac, "initiator", "SGP")
    give_role(fealac, "chair", "CHL", start="2001")
    give_role(fealac, "chair", "CHL", start="2010")
    hold_meeting(fealac, "CHL", "2001")
    hold_meeting(asean, "THA", "2009")
    hold_meeting(asean, "THA", "2019")
    assert numbers() == {
        "CHL": (0, 0, 1, 1, 0, 1),
        "SGP": (1, 0, 0, 0, 0, 0),
        "THA": (0, 0, 1, 0, 0, 2),
    }


def test_only_meetings_held_of_public_forums_count(fealac):
    hold_meeting(fealac, "CHL", "2001")
    hold_meeting(fealac, "PER", "2030", outcome="announced")
    hold_meeting(fealac, "COL", "2020", outcome="cancelled")
    draft = builders.make_forum("Unseen Forum", publication_status="draft")
    hold_meeting(draft, "THA", "2019")
    give_role(draft, "initiator", "IDN")
    assert list(numbers()) == ["CHL"]


def test_body_of_several_countries_makes_no_champion_of_its_seat(fealac):
    escap = builders.make_agency("Economic and Social Commission for Asia", kind="un_regional_commission")
    give_role(fealac, "secretariat", "THA", agency=escap)
    give_role(fealac, "convener", "CHL", agency=builders.make_agency("AGCID", country="CHL"))
    assert numbers() == {"CHL": (0, 1, 0, 0, 0, 0)}


def test_page_says_who_carries_most_and_names_the_evidence(client, fealac, asean):
    source = builders.make_source("Report of the first meeting", publisher="ECLAC")
    give_role(fealac, "convener", "CHL", source=source)
    hold_meeting(fealac, "CHL", "2001-03", source=source)
    hold_meeting(asean, "THA", "2019")
    page = read(client, "/champions/")
    assert "2 countries carry forums, 1 of them at least one between the regions." in page.text
    assert "Most forums between the regions are carried by Chile: 1." in page.text
    assert "Chile 0 1 1 0 0 1 FEALAC: convener (ECLAC), 1 meeting (2001)" in page.text
    assert "Thailand 0 0 1 0 0 1 ASEAN: 1 meeting (2019 no source yet)" in page.text
    assert page.links.count("/sources/report-of-the-first-meeting/") == 2
    assert "/countries/CHL/#hosted" in page.links


def test_page_without_champions_says_so(client):
    assert "No country is recorded with a role in a forum" in read(client, "/champions/").text


def test_champions_take_as_many_queries_for_three_forums_as_for_one(client, fealac):
    counts = []
    for number in range(3):
        forum = builders.make_forum(f"Forum {number}", reach="interregional")
        give_role(forum, "chair", "CHL", source=builders.make_source(f"Report {number}"))
        hold_meeting(forum, ("THA", "COL", "PER")[number], "2019")
        with CaptureQueriesContext(connection) as queries:
            champions()
        counts.append(len(queries))
    assert counts == [3, 3, 3]
