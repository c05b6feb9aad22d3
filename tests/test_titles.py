"""Pages of one list under different filters have titles of their own, so that they can be told apart in a browser."""

import html
import re

import pytest

from tests import builders

pytestmark = pytest.mark.django_db

PORTAL = " · South-South Cooperation Portal"
FORUM_NAMES = (
    "Association of Southeast Asian Nations",
    "Asia-Pacific Economic Cooperation",
    "Pacific Islands Forum",
    "Melanesian Spearhead Group",
)


@pytest.fixture(autouse=True)
def records():
    for number in range(30):
        builders.make_project(
            f"Exchange {number}",
            partners=[("pivotal", "THA"), ("beneficiary", "COL"), ("beneficiary", "FJI")],
            themes=["Fisheries", "Trade"],
            start="2019",
            status="completed",
        )
    for name in FORUM_NAMES:
        builders.make_forum(name, members=["THA"])
    builders.make_agency()
    for number in range(30):
        builders.make_milestone(f"Meeting {number}", date=f"19{number + 60}", country=builders.make_country("FJI"))


def title_of(client, address):
    found = re.findall("<title>(.*?)</title>", client.get(address).content.decode(), re.DOTALL)
    assert len(found) == 1, address
    title = html.unescape(found[0])
    assert title.endswith(PORTAL), address
    return title.removesuffix(PORTAL)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/projects/", "Projects"),
        ("/projects/?page=2", "Projects, page 2"),
        ("/projects/?page=99", "Projects, page 2"),
        ("/projects/?country=FJI&page=2", "Projects with Fiji, page 2"),
        ("/projects/?country=THA&role=pivotal", "Projects where Thailand is pivotal partner"),
        ("/projects/?theme=trade&not_theme=fisheries", "Projects (Theme: Trade or without Fisheries)"),
        ("/projects/?q=exchange", "Projects (Words: exchange)"),
        ("/projects/?sort=title&per=50", "Projects; Sort by: Title; Results per page: 50"),
        ("/projects/?country=XXX", "Error: Projects"),
        ("/projects/?sort=size", "Error: Projects"),
        ("/agencies/?country=THA", "Agencies (Country: Thailand)"),
        ("/countries/?region=lac", "Countries and areas (Region: Latin America and the Caribbean)"),
        ("/flows/", "Flows"),
        ("/flows/?by=region", "Flows; Rows and columns by: region"),
        ("/flows/?theme=trade", "Flows: Projects (Theme: Trade)"),
        ("/flows/?by=planet", "Error: Flows"),
        ("/timeline/", "Timeline"),
        ("/timeline/?page=2", "Timeline, page 2"),
        ("/timeline/?country=FJI&page=2", "Timeline: Events (Country: Fiji), page 2"),
        ("/search/?q=exchange", "Search: exchange"),
    ],
)
def test_title_says_what_is_listed(client, address, title):
    assert title_of(client, address) == title


STATES = [
    f"{place}{query}"
    for place, queries in {
        "/projects/": [
            *("", "?page=2", "?country=THA", "?country=FJI", "?country=THA&country=FJI", "?country=THA&page=2"),
            *("?country=THA&country=FJI&country_match=all", "?country=THA&role=pivotal", "?role=pivotal"),
            *("?theme=trade", "?theme=fisheries", "?not_theme=trade", "?modality=bilateral", "?not_status=cancelled"),
            *("?giver=THA", "?receiver=FJI", "?giver=THA&receiver=FJI", "?giver=asia_pacific", "?scope=interregional"),
            *("?year_from=2010", "?year_to=2010", "?year_from=2010&year_to=2020", "?organisation=fao", "?q=fish"),
            *("?sort=title", "?sort=title&page=2", "?per=50", "?goal=17", "?updated_since=2019-01-01", "?region=lac"),
            *("?forum=pacific-islands-forum", "?member_of=pacific-islands-forum", "?has_source=no", "?group=sids"),
            *("?member_of=pacific-islands-forum&as_of=2005", "?q=fish&sort=title", "?theme=trade&theme=fisheries"),
        ],
        "/flows/": ["", "?by=region", "?by=country", "?theme=trade", "?theme=trade&by=region", "?giver=THA"],
        "/timeline/": ["", "?page=2", "?sort=latest", "?kind=milestone", "?country=FJI", "?year_from=1990"],
        "/milestones/": ["", "?page=2", "?country=FJI", "?region=asia_pacific", "?year_from=1990", "?q=meeting"],
        "/forums/": ["", "?member=THA", "?member=THA&as_of=2005", "?vitality=not_known", "?q=pacific"],
        "/countries/": ["", "?region=lac", "?subregion=054", "?sort=projects"],
        "/search/": ["", "?q=fish", "?q=trade"],
    }.items()
    for query in queries
]


@pytest.mark.slow
def test_titles_of_dozens_of_states_are_all_different(client):
    builders.make_goal()
    titles = {}
    for address in STATES:
        titles.setdefault(title_of(client, address), []).append(address)
    assert len(STATES) > 60
    assert {title: found for title, found in titles.items() if len(found) > 1} == {}


def test_long_title_names_the_first_filters_and_says_how_many_more_there_are(client):
    forums = "&".join(f"forum={name.lower().replace(' ', '-')}" for name in FORUM_NAMES)
    assert title_of(client, f"/projects/?{forums}&theme=trade&year_from=2010&year_to=2020&modality=bilateral") == (
        "Projects (Theme: Trade; Modality: Bilateral; 3 more filters)"
    )
    assert title_of(client, f"/projects/?{forums}") == (
        "Projects (Forum: Asia-Pacific Economic Cooperation, Association of Southeast Asian Nations or 2 more)"
    )


@pytest.mark.slow
@pytest.mark.parametrize("words", ["x" * 1_000, "fish " * 199, "é" * 900])
def test_title_of_a_long_question_is_cut_where_one_can_see_it(client, words):
    for address in (f"/search/?q={words}", f"/projects/?q={words}", f"/timeline/?q={words}"):
        title = title_of(client, address)
        assert len(title) < 140, address
        assert "…" in title, address


@pytest.mark.slow
def test_markup_in_a_question_is_text_in_the_title(client):
    answer = client.get("/projects/", {"q": "</title><script>alert(1)</script>"}).content.decode()
    assert "<title>Projects (Words: &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;)" in answer
    assert "<script>alert" not in answer
