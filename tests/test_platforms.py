"""The platforms across regions side by side."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cooperation.models import ForumRole, Meeting
from tests import builders
from tests.crawl import read

pytestmark = pytest.mark.django_db


def make_platform(name, *dates, **fields):
    platform = builders.make_forum(name, **{"reach": "interregional", **fields})
    for date in dates:
        meeting = Meeting.objects.create(forum=platform, edition=f"Meeting of {date}", date=date)
        meeting.hosts.add(builders.make_country("THA"))
    return platform


@pytest.fixture
def platforms():
    year = timezone.now().year
    fealac = make_platform("FEALAC", f"{year - 1}", secretariat="FEALAC Cyber Secretariat")
    ForumRole.objects.create(forum=fealac, role="initiator", country=builders.make_country("SGP"))
    unseen = builders.make_agency("Agency in draft", publication_status="draft")
    ForumRole.objects.create(forum=fealac, role="convener", agency=unseen)
    make_platform("APEC", f"{year}", secretariat="APEC Secretariat")
    make_platform("IBSA", "2008")
    make_platform("CPTPP")
    make_platform("Platform in draft", f"{year}", publication_status="draft")
    make_platform("Pacific Alliance", f"{year}", reach="lac")
    make_platform("BRICS", f"{year}", reach="global")


@pytest.mark.usefixtures("platforms")
def test_platforms_stand_in_order_of_state_then_of_their_last_meeting(client):
    links = [link for link in read(client, "/platforms/").links if link.startswith("/forums/") and len(link) > 8]
    assert links == ["/forums/apec/", "/forums/fealac/", "/forums/ibsa/", "/forums/cptpp/", "/forums/brics/"]


@pytest.mark.usefixtures("platforms")
def test_lead_counts_the_platforms_and_names_what_sets_the_active_ones_apart(client):
    text = read(client, "/platforms/").text
    assert (
        "Between Asia-Pacific and Latin America and the Caribbean: 4 platforms: 2 active, 1 dormant, 1 not known. "
        "What sets the active ones apart most: a secretariat is stated, for 2 of the 2 active "
        "and 0 of the 1 quiet or dormant ones." in text
    )
    assert "A secretariat is stated 2 of 2 0 of 1 0 of 1 Hosts came from both shores 0 of 2 0 of 1 0 of 1" in text
    assert "Global platforms 1 platform: 1 active." in text


@pytest.mark.usefixtures("platforms")
def test_platform_shows_its_figures_and_no_agency_in_draft(client):
    year = timezone.now().year
    assert (
        f"FEALAC Active {year - 1} not stated 1 No: Asia-Pacific only none recorded none recorded none recorded "
        "FEALAC Cyber Secretariat Singapore" in read(client, "/platforms/").text
    )


def test_page_without_platforms_says_so(client):
    text = read(client, "/platforms/").text
    assert "Between the two regions No platform is recorded yet. The rule Active It met within" in text
    assert "What sets the active ones apart" not in text


def test_page_asks_the_database_as_often_for_three_platforms_as_for_one(client, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    counts = []
    for names in (["FEALAC"], ["APEC", "IBSA"]):
        for name in names:
            platform = make_platform(name, "2019", "2025")
            ForumRole.objects.create(forum=platform, role="initiator", agency=builders.make_agency(f"Agency of {name}"))
            builders.make_fund(f"Fund of {name}", forum=platform)
            builders.make_project(f"Project of {name}", forum=platform, status="in_execution")
        with CaptureQueriesContext(connection) as queries:
            read(client, "/platforms/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
