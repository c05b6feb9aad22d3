"""Countries: both sides of their role, and the numbers that lead to lists."""

import re

import pytest

from cooperation.models import Contribution, Meeting, Participation
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
    assert "Role Projects Provider 1 Pivotal partner 1 Beneficiary 1 Funder 1" in text
    assert "Projects 3" in text


def test_number_beside_a_role_or_a_partner_is_that_of_the_list_it_leads_to(client, thailand):
    page = read(client, "/countries/THA/")
    led = [link for link in page.links if link.startswith("/projects/?")]
    assert len(led) == 6
    counts = [re.search(r"(\d+) projects?:", read(client, link).text)[1] for link in led]
    assert counts == ["1", "1", "1", "1", "2", "1"]
    assert "Colombia 2 projects together" in page.text
    assert "Fiji 1 project together" in page.text


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
    assert "Colombo Plan Member not stated" in text
    assert "Meetings hosted 1 2018: 46th Meeting (Colombo Plan)" in text
    assert "Funds it pays into 1 Fund Perez-Guerrero Trust Fund" in text


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
    assert "No project with this country is recorded yet." in text
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
