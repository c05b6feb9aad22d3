"""Forums: members, meetings, who carries them, and sources that disagree."""

import pytest

from cooperation.models import Forum, ForumRole, Meeting, Membership
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
