"""Forums: members, meetings, who carries them, and sources that disagree."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from cooperation.models import Country, Forum, ForumRole, Meeting, Membership
from cooperation.views.records import ForumDetail
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
    assert "4 members" in read(client, "/forums/fealac/").text


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


def test_forum_card_says_its_state_in_a_word(client, fealac):
    Meeting.objects.create(forum=fealac, edition="5th Foreign Ministers’ Meeting", date="2011-08")
    assert "Dormant established September 1999 3 members last met August 2011" in read(client, "/forums/").text


def test_forum_with_a_public_project_in_execution_is_not_dormant(client, fealac):
    Meeting.objects.create(forum=fealac, edition="5th Foreign Ministers’ Meeting", date="2011-08")
    project = builders.make_project(forum=fealac, status="in_execution", publication_status="draft")
    assert "1 forum: Dormant" in read(client, "/forums/?vitality=dormant").text
    project.publication_status = "published"
    project.save()
    assert "1 forum: Quiet" in read(client, "/forums/?vitality=quiet").text
    assert client.get("/forums.json").json()["results"][0]["vitality"] == "quiet"


def test_forum_page_answers_whether_it_lives_and_counts_nothing_unpublished(client, fealac):
    Meeting.objects.create(forum=fealac, edition="5th Foreign Ministers’ Meeting", date="2011-08")
    Meeting.objects.create(forum=fealac, edition="10th Foreign Ministers’ Meeting", date="2011-09", outcome="announced")
    for title, status in (("Thai-Peruvian exchange on water", "published"), ("Secret exchange", "draft")):
        builders.make_project(title, forum=fealac, status="in_execution", publication_status=status)
    builders.make_fund(forum=fealac, publication_status="draft")
    page = read(client, "/forums/fealac/")
    assert "Quiet It last met more than 15 years ago. No rhythm is stated, so three years are allowed." in page.text
    assert "It does not count as dormant, since 1 project of it is in execution." in page.text
    assert "Last met August 2011 Meetings in the last five years 0 Hosts from both shores Not known" in page.text
    assert "Projects in execution 1 Fund None recorded" in page.text
    assert "/projects/?forum=fealac&status=in_execution" in page.links
    assert "1 project: " in read(client, "/projects/?forum=fealac&status=in_execution").text


def test_forum_page_shows_the_years_in_which_it_met(client, fealac):
    year = timezone.now().year
    for date, iso3 in ((f"{year - 2}", "CHL"), (f"{year}", "THA")):
        meeting = Meeting.objects.create(forum=fealac, edition=f"Meeting of {date}", date=date)
        meeting.hosts.add(builders.make_country(iso3))
    (row,) = [each for each in read(client, "/forums/fealac/").all("span") if each.get("role") == "img"]
    assert row["aria-label"] == (
        f"{year - 2}: 1 meeting, hosted in Latin America and the Caribbean; "
        f"{year}: 1 meeting, hosted in Asia-Pacific, on the other shore than the time before"
    )


def test_forum_without_a_dated_meeting_is_not_guessed_about(client, fealac):
    Meeting.objects.create(forum=fealac, edition="First Meeting")
    page = read(client, "/forums/fealac/")
    assert "Not known No meeting with a date is recorded. This does not mean that none took place." in page.text
    assert "Last met Not known Meetings in the last five years Not known Hosts from both shores Not known" in page.text
    assert [each for each in page.all("span") if each.get("class") == "years"] == []


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


@pytest.mark.usefixtures("pacific_alliance")
@pytest.mark.parametrize(
    ("query", "title", "expected"),
    [
        ("", "3 members", {"CHL", "COL", "SGP", "PER", "THA"}),
        ("?as_of=2019", "3 members in 2019", {"CHL", "COL", "PER"}),
        ("?as_of=2020", "2 members in 2020", {"CHL", "COL"}),
        ("?as_of=2010", "0 members in 2010", set()),
    ],
)
def test_forum_page_shows_the_members_of_the_year_that_is_asked(client, query, title, expected):
    page = read(client, f"/forums/pacific-alliance/{query}")
    assert f" {title} Who belong" in page.text
    chips = [attrs for attrs in page.all("a") if attrs.get("class", "").startswith("chip ")]
    assert {attrs["href"][11:14] for attrs in chips} == expected


@pytest.mark.usefixtures("pacific_alliance")
def test_map_of_members_tells_observers_from_members_and_leaves_out_those_who_left(client):
    Country.objects.filter(iso3="CHL").update(tile_column=15, tile_row=8)
    Country.objects.filter(iso3="PER").update(tile_column=15, tile_row=6)
    Country.objects.filter(iso3="THA").update(tile_column=3, tile_row=4)
    titles = [attrs["title"] for attrs in read(client, "/forums/pacific-alliance/").all("a") if "title" in attrs]
    assert titles == ["Thailand: Observer", "Peru", "Chile: Member"]
    titles = [
        attrs["title"] for attrs in read(client, "/forums/pacific-alliance/?as_of=2019").all("a") if "title" in attrs
    ]
    assert titles == ["Thailand", "Peru: Member", "Chile: Member"]


@pytest.mark.usefixtures("pacific_alliance")
@pytest.mark.parametrize(
    "value", ["0", "10000", "3000", "²", "%00", "1" + "0" * 30, "9" * 5000, "x", "2005&as_of=2006"]
)
def test_year_that_cannot_be_read_is_named_and_no_member_is_shown(client, value):
    page = read(client, f"/forums/pacific-alliance/?as_of={value}")
    assert "This list cannot be shown as asked Members as of (year) (“" in page.text
    assert [link for link in page.links if link.startswith("/countries/") and len(link) > 11] == []


def test_forum_page_is_one_page_whatever_else_is_in_its_address(client, fealac):
    query = ForumDetail.parameters(QueryDict("as_of= 2005 &as_of=&utm_source=x&q=fealac"))
    assert query.urlencode() == "as_of=2005"
