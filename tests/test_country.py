"""Countries: both sides of their role, and the numbers that lead to lists."""

import re

import pytest

from cooperation.models import Contribution, ForumRole, Meeting, Membership, Participation
from cooperation.pictures.dual_role import OTHER_ROLES, dual_role
from cooperation.pictures.gaps import gaps_of
from cooperation.pictures.memberships import membership_scale
from cooperation.views.country_page import partner_map, rows_of, sides_of
from tests import builders
from tests.crawl import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def thailand():
    builders.make_project("Bamboo crafts", partners=[("pivotal", "THA"), ("beneficiary", "COL"), ("funding", "THA")])
    builders.make_project("Rice seeds", partners=[("provider", "THA"), ("beneficiary", "COL"), ("beneficiary", "FJI")])
    builders.make_project("Silk", partners=[("beneficiary", "THA")])
    builders.make_project("Draft", partners=[("provider", "THA"), ("beneficiary", "COL")], publication_status="draft")
    return builders.make_country("THA")


def test_country_page_counts_projects_in_each_role(client, thailand):
    text = read(client, "/countries/THA/").text
    assert (
        "Thailand takes part in 3 projects, gives in 2, receives in 1; "
        "1 of its 2 partner countries are on the other shore." in text
    )
    gives = "Gives 2 projects Provider 1 Pivotal partner 1 Facilitating partner 0 Gives and receives 0"
    assert f"{gives} Receives 1 project Beneficiary 1 Gives and receives 0" in text
    assert "Other roles: Funder 1, Implementing body 0, Partner 0." in text


def test_project_in_two_giving_roles_counts_once_on_its_side(client):
    builders.make_project("Bamboo crafts", partners=[("pivotal", "THA"), ("provider", "THA"), ("both", "THA")])
    assert "Gives 1 project Provider 1 Pivotal partner 1" in read(client, "/countries/THA/").text


@pytest.mark.slow
def test_every_number_of_projects_is_that_of_the_list_it_leads_to(client, thailand):
    country = dual_role(thailand)
    sides = [(side.number, side.url) for side in sides_of(country)]
    roles = [(number, url) for side in sides_of(country) for _label, number, url in side.roles]
    others = [(number, url) for _label, number, url in rows_of(country, OTHER_ROLES)]
    partners = [(tile.number, tile.address) for tile in partner_map(country).table]
    shown = sides + roles + others + partners
    listed = [int(re.search(r"(\d+) projects?\b", read(client, url).text)[1]) for _number, url in shown]
    assert listed == [number for number, _url in shown]
    assert [number for number, _url in sides + partners] == [2, 1, 2, 1]
    assert {url for _number, url in shown} <= set(read(client, "/countries/THA/").links)


def test_country_of_neither_shore_counts_its_partners_on_both(client):
    builders.make_project("Rice seeds", partners=[("provider", "ZAF"), ("beneficiary", "COL"), ("beneficiary", "PER")])
    text = read(client, "/countries/ZAF/").text
    assert "of its 2 partner countries 0 are in Asia-Pacific, 2 in Latin America and the Caribbean." in text


def test_themes_of_a_country_stand_with_the_most_frequent_first(client):
    builders.make_project("Rice seeds", partners=[("provider", "THA")], themes=["Agriculture", "Trade"])
    builders.make_project("Silk", partners=[("provider", "THA")], themes=["Trade"])
    builders.make_project("Draft", partners=[("provider", "THA")], themes=["Water"], publication_status="draft")
    builders.make_project("Salt", partners=[("provider", "COL")], themes=["Agriculture"])
    assert "By theme Trade 2 Agriculture 1 Key facts" in read(client, "/countries/THA/").text


def test_country_list_counts_published_projects_only(client, thailand):
    assert "Thailand 3 projects" in read(client, "/countries/").text


def test_country_address_in_small_letters_leads_to_the_present_one(client, thailand):
    answer = client.get("/countries/tha/")
    assert (answer.status_code, answer["Location"]) == (301, "/countries/THA/")
    assert client.get("/countries/XXX/").status_code == 404


def test_country_page_names_memberships_hosted_meetings_and_funds(client, thailand):
    forum = builders.make_forum("Colombo Plan", members=["THA"])
    meeting = Meeting.objects.create(forum=forum, edition="46th Meeting", date="2018", country=thailand)
    meeting.hosts.add(thailand)
    announced = Meeting.objects.create(forum=forum, edition="47th Meeting", date="2030", outcome="announced")
    announced.hosts.add(thailand)
    Contribution.objects.create(fund=builders.make_fund("Perez-Guerrero Trust Fund"), country=thailand)
    text = read(client, "/countries/THA/").text
    assert "Colombo Plan Member not stated no source yet" in text
    assert "Meetings hosted 1 2018: 46th Meeting (Colombo Plan) no source yet Projects 3" in text
    assert "Funds it pays into 1 Perez-Guerrero Trust Fund" in text


@pytest.mark.slow
def test_country_page_shows_short_and_former_names_with_their_source(client):
    country = builders.make_country("THA", other_names="Siam\nTailandia")
    assert "Other names Siam, Tailandia no source yet" in read(client, "/countries/THA/").text
    country.citations.create(fact="other_names", source=builders.make_source("Names of territories"))
    text = read(client, "/countries/THA/").text
    assert "Other names Siam, Tailandia[1]" in text
    assert "Names of territories" in text
    builders.make_country("TON")
    assert "Other names" not in read(client, "/countries/TON/").text


def test_country_page_without_anything_says_so(client):
    builders.make_country("TON")
    text = read(client, "/countries/TON/").text
    assert "No project with Tonga is recorded yet." in text
    assert "No role in a forum is recorded." in text
    assert "No membership is recorded." in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("group=sids", ["FJI", "SGP"]),
        ("group=sids&subregion=035", ["SGP"]),
        ("region=lac", ["COL"]),
        ("q=THA", ["THA"]),
        ("member_of=asean", ["SGP", "THA"]),
    ],
)
def test_country_list_shows_what_fits(client, thailand, query, expected):
    builders.make_forum("Association of Southeast Asian Nations", slug="asean", members=["THA", "SGP"])
    page = read(client, f"/countries/?{query}")
    shown = [iso3 for iso3 in ("COL", "FJI", "SGP", "THA") if f"/countries/{iso3}/" in page.links]
    assert shown == expected


def test_partner_agency_of_a_country_is_no_partner_of_the_country_with_itself(client, thailand):
    project = builders.make_project("Own project", partners=[("provider", "THA")])
    Participation.objects.create(
        project=project, role="implementing", country=thailand, agency=builders.make_agency(slug="tica")
    )
    links = read(client, "/countries/THA/").links
    assert not any("country=THA&country=THA" in link for link in links)


# Memberships on a scale of years


def bar_of(joined="", left="", kind="member", established="", **forum):
    """`(start, width, kind)` of the only membership of Thailand, on a scale that ends in 2026."""
    owner = builders.make_forum(established=established, **forum)
    membership = Membership(forum=owner, country=builders.make_country("THA"), joined=joined, left=left, kind=kind)
    (bar,) = membership_scale([membership], 2026).bars
    return bar.start, bar.width, bar.kind


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"joined": "1976-05"}, (0, 100, "member")),
        ({"joined": "1976", "left": "2001"}, (0, 50, "member")),
        ({"established": "1976-11-02"}, (0, 100, "since")),
        ({"joined": "2001", "established": "1976"}, (0, 100, "member")),
        ({"joined": "1976", "kind": "observer"}, (0, 100, "beside")),
        ({"joined": "2026"}, (99, 1, "member")),
        ({"joined": "1976", "kind": "former"}, (None, None, "member")),
        ({}, (None, None, "since")),
    ],
)
def test_bar_of_a_membership_runs_as_far_as_its_dates_are_known(given, expected):
    assert bar_of(**given) == expected


def test_scale_begins_with_the_earliest_membership_and_has_few_marks():
    forum = builders.make_forum(established="1999-09")
    country = builders.make_country("THA")
    rows = [Membership(forum=forum, country=country, joined=joined) for joined in ("1947", "1989", "")]
    scale = membership_scale(rows, 2026)
    assert (scale.first, [bar.start for bar in scale.bars]) == (1947, [0, 53.2, 65.8])
    assert [year for year, _place in scale.marks] == [1960, 1980, 2000, 2020]


# Forums that it carries, and gaps


def test_role_of_a_body_of_several_countries_is_not_that_of_its_seat(client):
    escap = builders.make_agency("Economic and Social Commission for Asia", kind="un_regional_commission")
    tica = builders.make_agency("Thailand International Cooperation Agency")
    thailand, source = builders.make_country("THA"), builders.make_source("Report of the forum")
    forum = builders.make_forum("Directors-General Forum")
    draft = builders.make_forum("Unseen Forum", publication_status="draft")
    for role, agency, owner in (("secretariat", escap, forum), ("convener", tica, forum), ("chair", None, draft)):
        ForumRole.objects.create(forum=owner, role=role, country=thailand, agency=agency, source=source)
    text = read(client, "/countries/THA/").text
    assert "What it does for forums Convener: Directors-General Forum[1] Bodies of several countries" in text
    assert "each for all its members: secretariat, Directors-General Forum[1]." in text
    assert "Unseen Forum" not in text


def test_gaps_are_counted_over_public_records(thailand):
    builders.make_agency("Unseen agency", publication_status="draft")
    forum = builders.make_forum("Colombo Plan", members=["THA"], publication_status="draft")
    builders.make_project("Dated", partners=[("provider", "THA")], start="2019", status="completed")
    assert [gap.sentence for gap in gaps_of(thailand, list(forum.memberships.of_published()))] == [
        "No agency of this country is recorded.",
        "4 of 4 projects rest on no source yet.",
        "3 of 4 projects have neither a start nor an end.",
        "3 of 4 projects have no stated status.",
        "4 of 4 projects have no stated budget.",
        "4 of 4 projects were never confirmed.",
        "No membership of this country is recorded.",
    ]


def test_lesson_that_names_the_country_is_named_on_its_page(client):
    thailand = builders.make_country("THA")
    lesson = builders.make_lesson()
    lesson.evidence.create(position=1, country=thailand, shows="It called the first meeting.")
    builders.make_lesson("Unseen lesson", publication_status="draft").evidence.create(
        position=1, country=thailand, shows="It is not public."
    )
    text = read(client, "/countries/THA/").text
    assert "Evidence for these lessons Champion countries Sources" in text
