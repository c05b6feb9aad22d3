"""Forums: members, meetings, who carries them, and sources that disagree."""

import datetime

import pytest
from django.utils import timezone

from cooperation.models import Forum, ForumRole, Meeting, Membership, vitality
from tests import builders
from tests.crawl import read
from tests.records import cite

pytestmark = pytest.mark.django_db


@pytest.fixture
def fealac():
    return builders.make_forum(
        acronym="FEALAC", slug="fealac", established="1999-09", members=["THA", "COL", "PER"], reach="interregional"
    )


def test_forum_page_shows_both_dates_where_sources_disagree(client, fealac):
    own, ministry = builders.make_source("About FEALAC"), builders.make_source("Itamaraty on FEALAC")
    news = builders.make_source("Op-ed of 2025", kind="secondary")
    cite(fealac, "established", own, "1999-09")
    cite(fealac, "established", ministry, "1999")
    cite(fealac, "established", news, "1998")
    assert "Established September 1999[1][2] Another source says 1998[3]" in read(client, "/forums/fealac/").text


def test_another_month_of_the_same_year_is_shown_as_a_disagreement(client, fealac):
    cite(fealac, "established", builders.make_source("Archive"), "1999-08")
    assert "Another source says August 1999[1]" in read(client, "/forums/fealac/").text


def test_forum_member_count_leaves_out_observers_partners_and_former_members(client, fealac):
    Membership.objects.create(forum=fealac, country=builders.make_country("FJI"), kind="observer")
    Membership.objects.create(forum=fealac, country=builders.make_country("CHL"), kind="former", left="2004")
    Membership.objects.create(forum=fealac, country=builders.make_country("ARG"), kind="associate")
    Membership.objects.create(forum=fealac, country=builders.make_country("SGP"), joined="1999", left="2001")
    assert "4 members" in read(client, "/forums/").text
    assert "Members 4" in read(client, "/forums/fealac/").text


def test_forum_card_names_the_last_meeting_that_was_held(client, fealac):
    Meeting.objects.create(forum=fealac, edition="9th Foreign Ministers’ Meeting", date="2019-11-09")
    Meeting.objects.create(
        forum=fealac, edition="10th Foreign Ministers’ Meeting", date="2025-08-20", outcome="announced"
    )
    assert "last met 9 November 2019" in read(client, "/forums/").text
    assert "10th Foreign Ministers’ Meeting Announced" in read(client, "/forums/fealac/").text


def test_forum_without_recorded_meetings_does_not_look_dead(client, fealac):
    assert (
        "No meeting is recorded yet. This does not mean that none took place." in read(client, "/forums/fealac/").text
    )


def test_forum_page_keeps_the_name_that_a_forum_uses_for_a_member(client):
    apec = builders.make_forum("Asia-Pacific Economic Cooperation", slug="apec")
    Membership.objects.create(
        forum=apec, country=builders.make_country("SGP"), designation="Lion City", joined="1989-11"
    )
    assert "Singapore (Lion City) Member no source yet from November 1989" in read(client, "/forums/apec/").text


def test_forum_page_says_who_carries_it(client, fealac):
    source = builders.make_source("About FEALAC")
    ForumRole.objects.create(
        forum=fealac,
        role="initiator",
        country=builders.make_country("SGP"),
        start="1998-09",
        end="1998-09",
        source=source,
    )
    assert "Initiator: Singapore (September 1998)[1]" in read(client, "/forums/fealac/").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("member=THA", ["Forum for East Asia-Latin America Cooperation"]),
        ("member=CHL&member=THA", ["Forum for East Asia-Latin America Cooperation"]),
        ("region=lac", ["Pacific Alliance"]),
        ("kind=interregional_platform&member=PER", ["Forum for East Asia-Latin America Cooperation"]),
        ("q=fealac", ["Forum for East Asia-Latin America Cooperation"]),
        ("q=alianza", ["Pacific Alliance"]),
    ],
)
def test_forum_list_shows_what_fits(client, fealac, query, expected):
    alliance = builders.make_forum(
        "Pacific Alliance", reach="lac", kind="intergovernmental_organisation", name_es="Alianza del Pacífico"
    )
    Membership.objects.create(forum=alliance, country=builders.make_country("CHL"), kind="former", left="2019")
    page = read(client, f"/forums/?{query}")
    shown = [forum.name for forum in Forum.objects.all() if forum.get_absolute_url() in page.links]
    assert shown == expected


def test_value_that_only_a_disputed_source_gives_is_not_called_unstated(client):
    forum = builders.make_forum("Network of Southern think tanks", slug="nest")
    cite(forum, "established", builders.make_source("News item"), "2014")
    text = read(client, "/forums/nest/").text
    assert "Established No value accepted yet Another source says 2014[1]" in text
    assert "Secretariat Not stated in the sources" in text


@pytest.mark.parametrize(
    ("last_meeting", "rhythm_months", "expected"),
    [
        (None, 24, "not_known"),
        ("", None, "not_known"),
        ("2025-10-31", 12, "active"),
        ("2025-05", 12, "active"),  # 18 months: one and a half rounds
        ("2025-04", 12, "quiet"),
        ("2025", 12, "active"),  # at the latest in December
        ("2023-11", None, "active"),  # three years when no rhythm is stated
        ("2023-10", None, "quiet"),
        ("2021-11", 12, "quiet"),  # five years
        ("2021-10", 12, "dormant"),
        ("2017-06", 96, "active"),  # meets every eight years
        ("2014-10", 96, "dormant"),
    ],
)
def test_forum_lives_by_its_own_rhythm(last_meeting, rhythm_months, expected):
    assert vitality(last_meeting, rhythm_months, datetime.date(2026, 11, 24)) == expected


def test_forum_list_is_filtered_by_state_with_meetings_held_only(client):
    this_year = timezone.now().year
    for name, date, outcome in (
        ("APEC", f"{this_year}", "held"),
        ("IBSA", "2008", "held"),
        ("FEALAC", f"{this_year + 1}", "announced"),
    ):
        Meeting.objects.create(forum=builders.make_forum(name), edition="Meeting", date=date, outcome=outcome)
    assert "1 forum: Active" in read(client, "/forums/?vitality=active").text
    assert "/forums/ibsa/" in read(client, "/forums/?vitality=dormant").links
    assert "/forums/fealac/" in read(client, "/forums/?vitality=not_known").links
    assert "Active 1 Dormant 1 Not known 1" in read(client, "/forums/").text


@pytest.fixture
def pacific_alliance():
    forum = builders.make_forum("Pacific Alliance", established="2011-04")
    for iso3, kind, joined, left in (
        ("CHL", "member", "2011", ""),
        ("COL", "member", "", ""),
        ("SGP", "associate", "2022-01-26", ""),
        ("PER", "former", "2012", "2019-05"),
        ("THA", "observer", "2013", ""),
    ):
        country = builders.make_country(iso3)
        Membership.objects.create(forum=forum, country=country, kind=kind, joined=joined, left=left)


@pytest.mark.usefixtures("pacific_alliance")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["CHL", "COL", "SGP"]),
        ("&as_of=2026", ["CHL", "COL", "SGP"]),
        ("&as_of=2019", ["CHL", "COL", "PER"]),
        ("&as_of=2020", ["CHL", "COL"]),
        ("&as_of=2011", ["CHL", "COL"]),
        ("&as_of=2010", []),
    ],
)
def test_members_of_a_forum_are_those_of_the_year_that_is_asked(client, query, expected):
    page = read(client, f"/countries/?member_of=pacific-alliance{query}")
    assert [link[11:14] for link in page.links if link.startswith("/countries/") and len(link) == 15] == expected
    for iso3 in expected:
        assert "/forums/pacific-alliance/" in read(client, f"/forums/?member={iso3}{query}").links


@pytest.mark.usefixtures("pacific_alliance")
def test_projects_are_found_by_what_forum_their_partners_belonged_to(client):
    builders.make_project("Peru exchange", partners=[("provider", "PER")])
    assert "0 projects" in read(client, "/projects/?member_of=pacific-alliance").text
    assert "1 project:" in read(client, "/projects/?member_of=pacific-alliance&as_of=2015").text
    assert "0 projects" in read(client, "/projects/?member_of=pacific-alliance&as_of=2020").text
