"""The timeline: every dated event of the registry, by year, under filters, with its sources."""

import random
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cooperation.filters.base import as_query
from cooperation.filters.event import EventFilterSet
from cooperation.models import Meeting, Membership
from cooperation.pictures.timeline import bars
from tests import builders
from tests.crawl import read
from tests.records import cite

pytestmark = pytest.mark.django_db


def listed(**query):
    """`[(date, title), ...]` of the events that fit, in order."""
    return [(event.date, event.title) for event in EventFilterSet(as_query(query)).events()]


def make_fealac(**fields):
    return builders.make_forum(acronym="FEALAC", reach="interregional", established="1999-09", **fields)


def add_meeting(forum, date, edition="", iso3=None, outcome="held", **fields):
    country = builders.make_country(iso3) if iso3 else None
    return Meeting.objects.create(forum=forum, date=date, edition=edition, country=country, outcome=outcome, **fields)


def test_events_are_milestones_foundations_and_meetings_in_the_order_of_time():
    fealac = make_fealac()
    builders.make_agency("Chilean Agency for Cooperation", "CHL", acronym="AGCID", established="1990")
    builders.make_fund(established="2017", forum=fealac)
    builders.make_fund("India-UN Fund")
    builders.make_milestone()
    add_meeting(fealac, "2001-03-30", "1st Foreign Ministers’ Meeting", "CHL")
    add_meeting(fealac, "2027", "11th Foreign Ministers’ Meeting", outcome="announced")
    add_meeting(fealac, "2020-05", outcome="cancelled")
    add_meeting(fealac, "", "Meeting without a date")
    assert listed() == [
        ("1955-04-18", "Asian-African (Bandung) Conference"),
        ("1990", "Chilean Agency for Cooperation (AGCID) is established"),
        ("1999-09", "Forum for East Asia-Latin America Cooperation (FEALAC) is established"),
        ("2001-03-30", "FEALAC meets: 1st Foreign Ministers’ Meeting"),
        ("2017", "FEALAC Trust Fund is established"),
        ("2020-05", "FEALAC calls off a meeting"),
        ("2027", "FEALAC announces a meeting: 11th Foreign Ministers’ Meeting"),
    ]
    assert listed(sort="latest") == listed()[::-1]


def test_what_is_not_public_is_no_event_and_no_name_in_one(client):
    draft = builders.make_forum("Zanzibarine Forum", publication_status="draft", established="1998")
    add_meeting(draft, "1999-01", "1st Zanzibarine Summit")
    builders.make_agency("Zanzibarine Agency", publication_status="withdrawn", established="1999")
    builders.make_fund("Zanzibarine Fund", publication_status="in_review", established="1999")
    builders.make_milestone("Zanzibarine Declaration", publication_status="draft")
    builders.make_milestone(forum=draft)
    builders.make_fund(established="2017", forum=draft)
    assert listed() == [
        ("1955-04-18", "Asian-African (Bandung) Conference"),
        ("2017", "FEALAC Trust Fund is established"),
    ]
    assert "anzibarine" not in client.get("/timeline/").content.decode()
    assert "anzibarine" not in client.get("/timeline.csv").content.decode()


def test_milestone_tells_the_meeting_and_the_foundation_of_its_forum_on_the_same_day():
    fealac = make_fealac()
    builders.make_agency("FEALAC Secretariat", None, acronym="FEALAC", established="1999-09")
    meeting = add_meeting(fealac, "1999-09", "1st Senior Officials’ Meeting", source=builders.make_source("Minutes"))
    add_meeting(fealac, "1999-09-02", "A meeting of its own")
    milestone = builders.make_milestone("FEALAC is launched", date="1999-09", forum=fealac)
    told, own = EventFilterSet({}).events()
    assert (told.title, told.kinds) == (
        "FEALAC is launched",
        ["milestone", "forum_founded", "agency_founded", "meeting_held"],
    )
    assert told.meetings_told == ["FEALAC meets: 1st Senior Officials’ Meeting"]
    assert told.sources == [meeting.source]
    assert told.get_absolute_url() == milestone.get_absolute_url()
    assert own.title == "FEALAC meets: A meeting of its own"
    assert len(listed(kind="meeting_held")) == 2


def test_region_is_that_of_the_members_of_the_forum_and_else_of_the_country():
    fealac, world = make_fealac(), builders.make_forum("Group of 77", reach="global", established="1964")
    add_meeting(fealac, "2025-08-20", iso3="THA")
    add_meeting(builders.make_forum("A forum of no stated reach"), "2001", iso3="FJI")
    builders.make_agency("Thai agency", established="2004")
    builders.make_milestone("No place is recorded", date="1974")
    found = {region: [date for date, _title in listed(region=region)] for region in ("asia_pacific", "lac", "other")}
    assert found == {"asia_pacific": ["2001", "2004"], "lac": [], "other": [world.established]}
    assert [date for date, _title in listed(region="interregional")] == ["1999-09", "2025-08-20"]


def test_sources_of_a_foundation_are_those_of_its_date_and_others_are_said_to_differ(client):
    fealac = make_fealac()
    site, speech, summary = (builders.make_source(name) for name in ("Own site", "Speech", "Summary"))
    cite(fealac, "established", site, "1999")
    cite(fealac, "established", speech, "1998")
    cite(fealac, "summary", summary, "")
    (event,) = EventFilterSet({}).events()
    assert (event.sources, event.others) == ([site], [("1998", speech)])
    page = read(client, "/timeline/")
    assert "Sources: ESCAP. Another source says 1998: ESCAP" in page.text
    assert site.get_absolute_url() in page.links
    assert summary.get_absolute_url() not in page.links


def test_page_keeps_the_precision_of_dates_and_says_where_no_source_is(client):
    builders.make_milestone("Founding of ECLAC", date="1948")
    builders.make_milestone(date="1955-04-18", end="1955-04-24", country=builders.make_country("IDN"), city="Bandung")
    text = read(client, "/timeline/").text
    assert "1948 1948 · Milestone Founding of ECLAC no source yet" in text
    assert (
        "1955 18 April 1955 to 24 April 1955 · Milestone · Asia-Pacific Asian-African (Bandung) Conference "
        "Bandung Indonesia no source yet"
    ) in text


@pytest.mark.parametrize("query", ["", "?q=summit", "?sort=latest", "?q=summit&sort=latest"])
def test_no_year_stands_on_the_page_twice(client, query):
    for date, title in (("1999", "Summit of ministers"), ("1998-03", "First summit"), ("1999-05-02", "Summit")):
        builders.make_milestone(title, date=date)
    headings = [attrs for attrs in read(client, f"/timeline/{query}").all("h3") if attrs.get("class")]
    assert [attrs["class"] for attrs in headings] == ["timeline__year"] * 2


def test_words_fold_accents_and_know_forums_and_countries_by_name():
    fealac = make_fealac()
    add_meeting(fealac, "2025-08-20", "10th Réunion of Ministers", "THA", city="Ulaanbaatar")
    builders.make_milestone(city="Bandung", country=builders.make_country("IDN"))
    assert (
        listed(q="reunion thailand") == listed(q="ulaan") == [("2025-08-20", "FEALAC meets: 10th Réunion of Ministers")]
    )
    assert [date for date, _title in listed(q="east asia-latin")] == ["1999-09", "2025-08-20"]
    assert listed(q="indonesia") == [("1955-04-18", "Asian-African (Bandung) Conference")]


def test_bars_add_up_to_the_list_and_each_leads_to_as_many_events():
    for year in (1955, 1978, 1978, 2003, 2019):
        builders.make_milestone(
            f"Milestone {year}", date=str(year), slug=f"m-{year}-{builders.Milestone.objects.count()}"
        )
    filterset = EventFilterSet(as_query({"year_from": "1956"}))
    drawn = [(bar.first, bar.last, bar.count, bar.height) for bar in bars(filterset) if bar.count]
    assert drawn == [(1978, 1979, 2, 10), (2000, 2004, 1, 5), (2015, 2019, 1, 5)]
    for bar in bars(filterset):
        assert len(listed(**dict(pair.split("=") for pair in bar.query.split("&")))) == bar.count
    assert bars(EventFilterSet(as_query({"year_from": "1978", "year_to": "1978"}))) == []


def test_one_year_of_each_bar_when_they_are_few(client):
    for year in ("1998", "2001"):
        builders.make_milestone(f"Milestone {year}", date=year)
    page = read(client, "/timeline/")
    assert "1998: 1 1999: 0 2000: 0 2001: 1" in page.text
    assert [link for link in page.links if link.startswith("/timeline/?year_from")] == [
        "/timeline/?year_from=1998&year_to=1998",
        "/timeline/?year_from=2001&year_to=2001",
    ]


def test_table_holds_the_same_events_as_the_page(client):
    fealac = make_fealac()
    source = builders.make_source("Minutes")
    add_meeting(fealac, "2025-08-20", "=10th Meeting", "THA", city="Bangkok", end="2025-08-21", source=source)
    answer = client.get("/timeline.csv?kind=meeting_held&q=fealac")
    assert answer.content.decode() == (
        "date,end,kinds,title,place,country,forum,url,sources\r\n"
        '2025-08-20,2025-08-21,"meeting_held","FEALAC meets: =10th Meeting","Bangkok",THA,'
        f'{fealac.slug},"http://testserver{fealac.get_absolute_url()}#meetings","minutes"\r\n'
    )
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Portal-Records"] == "1"
    assert answer["Portal-Title"] == "Events (Words: fealac; Kind: Meeting held)"
    assert answer["Link"].endswith(
        '<http://testserver/timeline/?kind=meeting_held&q=fealac>; rel="alternate"; type="text/html"'
    )


@pytest.mark.parametrize(
    "query",
    [
        "kind=atlantis",
        "year_from=0",
        "year_to=10000",
        "year_from=²",
        f"year_from={10**30}",
        "year_from=2001&year_to=1999",
        "q=%00",
        "sort=x",
    ],
)
def test_bad_value_is_named_and_nothing_is_listed(client, query):
    builders.make_milestone()
    page = read(client, f"/timeline/?{query}")
    assert "This list cannot be shown as asked" in page.text
    assert "Bandung" not in page.text
    answer = client.get(f"/timeline.csv?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_former_addresses_of_milestones_lead_to_the_present_ones(client):
    bandung = builders.make_milestone(slug="bandung-1955")
    for end in ("/", ".json", ".bib"):
        answer = client.get(f"/timeline/bandung-1955{end}")
        assert (answer.status_code, answer["Location"]) == (301, f"/milestones/bandung-1955{end}")
    assert bandung.get_absolute_url() == "/milestones/bandung-1955/"


def test_timeline_asks_the_database_as_often_for_three_of_each_as_for_one(client, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    def fill(numbers):
        for number in numbers:
            forum = builders.make_forum(f"Forum {number}", established=f"{1990 + number}")
            add_meeting(forum, f"{2000 + number}", iso3="THA", source=builders.make_source(f"Minutes {number}"))
            cite(forum, "established", builders.make_source(f"Charter {number}"), "1990")
            builders.make_fund(f"Fund {number}", established="2004", forum=forum)
            builders.make_agency(f"Agency {number}", established="2004")
            milestone = builders.make_milestone(f"Milestone {number}", forum=forum)
            cite(milestone, "date", builders.make_source(f"Report {number}"), "1955")

    def queries():
        with CaptureQueriesContext(connection) as found:
            read(client, "/timeline/")
        return len(found)

    fill([1])
    for_one = queries()
    fill([2, 3])
    assert queries() == for_one


def scatter(chance):
    """Events of all kinds on days of their own, some of them not public. What the public ones are: plain values."""
    forums = [
        builders.make_forum(f"Forum {number}", reach=reach, publication_status=status)
        for number, (reach, status) in enumerate(
            [("asia_pacific", "published"), ("interregional", "published"), ("global", "draft"), ("", "published")]
        )
    ]
    Membership.objects.create(forum=forums[0], country=builders.make_country("FJI"))
    expected = []
    for number in range(60):
        day = f"{chance.randrange(1990, 1999)}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        forum, iso3 = chance.choice([None, *forums]), chance.choice(["", "THA", "COL", "ZAF"])
        country = builders.make_country(iso3) if iso3 else None
        if forum is not None and chance.random() < 0.6:
            outcome = chance.choice(["held", "announced", "cancelled"])
            Meeting.objects.create(forum=forum, date=day, edition=f"{number}th", country=country, outcome=outcome)
            kind, is_public = f"meeting_{outcome}", forum.is_published
        else:
            status = chance.choice(["published", "published", "withdrawn"])
            builders.make_milestone(f"Milestone {number}", day, forum=forum, country=country, publication_status=status)
            kind, is_public = "milestone", status == "published"
        if is_public:
            known = forum if forum and forum.is_published else None
            own = {"THA": "asia_pacific", "COL": "lac", "ZAF": "other"}.get(iso3, "")
            expected.append(
                {
                    "date": day,
                    "kind": kind,
                    "forum": known.slug if known else "",
                    "country": iso3,
                    "region": known.reach if known and known.reach else own,
                }
            )
    return expected


def fits(event, asked, period):
    return period[0] <= int(event["date"][:4]) <= period[1] and all(
        event[name] in codes for name, codes in asked.items()
    )


@pytest.mark.slow
def test_random_filters_give_what_plain_python_gives():
    chance = random.Random(5)
    expected = scatter(chance)
    values = {
        "kind": ["milestone", "meeting_held", "meeting_announced", "meeting_cancelled"],
        "forum": ["forum-0", "forum-1", "forum-3"],
        "country": ["THA", "COL", "ZAF"],
        "region": ["asia_pacific", "lac", "interregional", "other"],
    }
    for _round in range(60):
        asked = {name: chance.sample(codes, 2) for name, codes in values.items() if chance.random() < 0.4}
        period = sorted(chance.choices(range(1988, 2001), k=2))
        latest = chance.random() < 0.5
        years = {"year_from": str(period[0]), "year_to": str(period[1])}
        filterset = EventFilterSet(as_query({**asked, **years, "sort": "latest" if latest else "oldest"}))
        dates = sorted((event["date"] for event in expected if fits(event, asked, period)), reverse=latest)
        assert [event.date for event in filterset.events()] == dates
        assert sum(bar.count for bar in bars(filterset)) in (len(dates), 0)
        for facet in filterset.facets:
            others = {name: codes for name, codes in asked.items() if name != facet.name}
            for value in [*facet.first, *facet.rest]:
                having = [event for event in expected if fits(event, {**others, facet.name: [value.code]}, period)]
                assert value.count == len(having), (asked, facet.name, value.code)


def test_timeline_comes_as_json_with_pages_and_the_facets_of_the_page(client):
    fealac = make_fealac()
    add_meeting(fealac, "2025-08-20", "10th Meeting", "THA", city="Bangkok", source=builders.make_source("Minutes"))
    builders.make_milestone()
    said = client.get("/timeline.json?kind=meeting_held&kind=milestone&per=1&sort=latest").json()
    assert (said["count"], said["page"], said["pages"], said["previous"]) == (2, 1, 2, None)
    assert said["next"] == "http://testserver/timeline.json?kind=meeting_held&kind=milestone&per=1&sort=latest&page=2"
    assert said["title"] == "Events (Kind: Meeting held or Milestone)"
    (meeting,) = said["results"]
    assert meeting == {
        "date": "2025-08-20",
        "end": None,
        "kinds": ["meeting_held"],
        "title": "FEALAC meets: 10th Meeting",
        "place": "Bangkok",
        "country": "THA",
        "forum": fealac.slug,
        "url": f"http://testserver{fealac.get_absolute_url()}#meetings",
        "sources": ["minutes"],
    }
    assert {value["value"]: value["count"] for value in said["facets"]["kind"]} == {
        "milestone": 1,
        "meeting_held": 1,
        "forum_founded": 1,
    }
    (bandung,) = client.get(said["next"].removeprefix("http://testserver")).json()["results"]
    assert bandung["date"] == "1955-04-18"


def test_timeline_comes_as_a_workbook_with_the_same_events(client):
    add_meeting(make_fealac(), "2025-08-20", "=10th Meeting")
    answer = client.get("/timeline.xlsx?kind=meeting_held")
    sheet = load_workbook(BytesIO(answer.content))["timeline"]
    header, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert [dict(zip(header, row, strict=True))["title"] for row in rows] == ["FEALAC meets: =10th Meeting"]


def test_timeline_in_json_refuses_with_the_values_that_are_allowed(client):
    answer = client.get("/timeline.json?kind=party")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    (error,) = answer.json()["errors"]
    assert (error["parameter"], error["allowed"][0]["value"]) == ("kind", "milestone")
