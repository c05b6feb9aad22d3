"""By what search engines, browsers and feed readers find the pages and their other formats."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cooperation import sitemaps
from cooperation.exports.files import MOST_IN_WORKBOOK, list_files, list_formats
from cooperation.models import PUBLIC_RECORDS, Project, Record
from tests import builders
from tests.crawl import Page, crawl, is_page, read
from tests.records import list_url, make_one_of_each, make_record

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SITE = "http://testserver"

every_record_type = pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)
every_publishable_type = pytest.mark.parametrize(
    "model", [model for model in PUBLIC_RECORDS if issubclass(model, Record)], ids=lambda model: model._meta.model_name
)


def head_links(page, relation):
    return [attrs["href"] for attrs in page.all("link") if attrs["rel"] == relation]


def canonical(client, address):
    (found,) = head_links(read(client, address), "canonical")
    return found.removeprefix(SITE)


def robots_of(page):
    return [attrs["content"] for attrs in page.all("meta") if attrs.get("name") == "robots"]


def make_exchanges(number):
    partners = [("pivotal", "THA")]
    for index in range(number):
        builders.make_project(f"Exchange {index}", partners=partners)


# One address for each page


@pytest.mark.slow
def test_every_page_names_one_address_and_that_page_names_itself(client):
    make_one_of_each()
    pages = {address: Page(answer.content.decode()) for address, answer in crawl(client).items() if is_page(answer)}
    for address, page in pages.items():
        (named,) = head_links(page, "canonical")
        assert named.startswith(f"{SITE}/"), address
        assert canonical(client, named.removeprefix(SITE)) == named.removeprefix(SITE), address
    assert len(pages) > 2 * len(PUBLIC_RECORDS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("/projects/?utm_source=newsletter", "/projects/"),
        ("/projects/?sort=title", "/projects/"),
        ("/projects/?page=1&per=25&q=", "/projects/"),
        ("/projects/?page=2", "/projects/?page=2"),
        ("/projects/?page=99", "/projects/?page=2"),
        ("/projects/?page=2&sort=title", "/projects/"),
        ("/projects/?per=50&page=2&country=THA", "/projects/?country=THA"),
        ("/projects/?page=2&country=THA", "/projects/?country=THA&page=2"),
        (
            "/projects/?role=pivotal&country=THA&country=COL&country=THA",
            "/projects/?country=COL&country=THA&role=pivotal",
        ),
        ("/search/?q=++exchange+&page=7", "/search/?q=exchange"),
        ("/about/?from=home", "/about/"),
    ],
)
def test_address_of_a_page_is_without_what_does_not_change_what_is_listed(client, asked, named):
    make_exchanges(26)
    builders.make_country("COL")
    assert canonical(client, asked) == named


def test_page_that_is_not_there_has_no_address(client):
    assert head_links(Page(client.get("/projects/never-was/").content.decode()), "canonical") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "content"),
    [
        ("/projects/?country=THA", ["noindex, follow"]),
        ("/projects/?q=exchange", ["noindex, follow"]),
        ("/projects/?sort=atlantis", ["noindex, follow"]),
        ("/search/", ["noindex, follow"]),
        ("/search/?q=exchange", ["noindex, follow"]),
        ("/projects/", []),
        ("/projects/?page=2", []),
        ("/projects/exchange-1/", []),
        ("/lessons/", []),
        ("/", []),
    ],
)
def test_lists_under_filters_are_not_to_be_indexed(client, address, content):
    make_exchanges(26)
    assert robots_of(read(client, address)) == content


@pytest.mark.slow
def test_pages_of_a_list_name_the_ones_before_and_after(client):
    make_exchanges(51)
    found = [read(client, f"/projects/?country=THA&page={number}") for number in (1, 2, 3)]
    before = [head_links(page, "prev") for page in found]
    after = [head_links(page, "next") for page in found]
    assert before == [[], ["?country=THA&page=1"], ["?country=THA&page=2"]]
    assert after == [["?country=THA&page=2"], ["?country=THA&page=3"], []]


# Other formats


def test_no_workbook_is_offered_that_would_be_refused():
    for count, offered in ((MOST_IN_WORKBOOK, True), (MOST_IN_WORKBOOK + 1, False)):
        files = list_files(Project, QueryDict("country=FJI"), count)
        assert ("/projects.xlsx?country=FJI" in [each.url for each in files]) is offered


@every_record_type
def test_list_names_its_formats_for_programs_and_for_people(client, model):
    make_record(model)
    page = read(client, list_url(model))
    stem = list_url(model).removesuffix("/")
    named = [(attrs["type"], attrs["href"]) for attrs in page.all("link") if attrs["rel"] == "alternate"]
    assert named == [(each.media_type, f"{stem}.{each.suffix}") for each in list_formats(model)]
    assert [href for _type, href in named if href not in page.links] == []
    assert "Take th" in page.text


@pytest.mark.slow
def test_files_hold_what_is_listed_in_the_same_order(client):
    make_exchanges(27)
    builders.make_project("Bilateral course", partners=[("provider", "COL")])
    page = read(client, "/projects/?country=THA&sort=title&per=50&page=1")
    assert "Take these 27 projects away: CSV Excel JSON IATI XML Atom feed Partners (CSV) Documents (CSV)" in page.text
    query = "?country=THA&sort=title"
    taken = [link.removesuffix(query) for link in page.links if re.match(r"/projects\.\w", link)]
    assert taken == [
        "/projects.csv",
        "/projects.xlsx",
        "/projects.json",
        "/projects.xml",
        "/projects.atom",
        "/projects.partners.csv",
        "/projects.documents.csv",
        "/projects.citations.csv",
    ]
    listed = client.get(f"/projects.json{query}").json()
    assert (listed["count"], listed["results"][0]["title"]) == (27, "Exchange 0")


def test_one_project_is_one(client):
    make_exchanges(1)
    assert "Take this project away: CSV" in read(client, "/projects/").text


@pytest.mark.parametrize("query", ["country=COL", "country=atlantis"])
def test_nothing_is_offered_where_nothing_is_listed(client, query):
    make_exchanges(1)
    builders.make_country("COL")
    page = read(client, f"/projects/?{query}")
    assert "Take th" not in page.text
    assert [link for link in page.links if link.startswith("/projects.")] == []


# The sitemap


def addresses_in(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    root = ElementTree.fromstring(answer.content)  # noqa: S314 (we wrote it)
    return [each.text.removeprefix(SITE) for each in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def mapped(client):
    return [each for section in addresses_in(client, "/sitemap.xml") for each in addresses_in(client, section)]


@pytest.mark.slow
def test_sitemap_holds_every_page(client):
    make_one_of_each()
    pages = {address for address, answer in crawl(client).items() if is_page(answer) and "?" not in address}
    found = mapped(client)
    assert len(found) == len(set(found))
    forms = {address for address in pages if address.endswith("/report/")}
    assert pages - forms - set(found) == set()
    assert {address: client.get(address).status_code for address in found} == dict.fromkeys(found, 200)


@pytest.mark.slow
@every_publishable_type
@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_unpublished_record_is_not_in_the_sitemap(client, model, status):
    record = make_record(model)
    assert record.get_absolute_url() in mapped(client)
    record.publication_status = status
    record.save()
    assert record.get_absolute_url() not in mapped(client)


def test_sitemap_says_when_a_record_last_changed(client):
    make_exchanges(2)
    Project.objects.filter(slug="exchange-0").update(updated="2024-05-02T10:00:00Z")
    Project.objects.filter(slug="exchange-1").update(updated="2025-11-30T23:59:00Z")
    text = client.get("/sitemap-project.xml").content.decode()
    assert re.findall(r"<loc>[^<]*/([^/<]+)/</loc><lastmod>([^<]+)</lastmod>", text) == [
        ("exchange-1", "2025-11-30"),
        ("exchange-0", "2024-05-02"),
    ]
    index = client.get("/sitemap.xml").content.decode()
    assert f"<loc>{SITE}/sitemap-project.xml</loc><lastmod>2025-11-30" in index


@pytest.mark.slow
def test_long_section_has_pages_that_hold_every_record_once(client, monkeypatch):
    monkeypatch.setattr(sitemaps.RecordSitemap, "limit", 10)
    make_exchanges(25)
    parts = [each for each in addresses_in(client, "/sitemap.xml") if each.startswith("/sitemap-project.xml")]
    assert parts == ["/sitemap-project.xml", "/sitemap-project.xml?p=2", "/sitemap-project.xml?p=3"]
    found = [addresses_in(client, each) for each in parts]
    assert [len(each) for each in found] == [10, 10, 5]
    assert {address for each in found for address in each} == {f"/projects/exchange-{index}/" for index in range(25)}


@pytest.mark.parametrize("address", ["/sitemap-project.xml?p=2", "/sitemap-project.xml?p=x", "/sitemap-atlantis.xml"])
def test_part_of_the_sitemap_that_is_not_there_is_not_found(client, address):
    make_exchanges(1)
    assert client.get(address).status_code == 404


@every_record_type
def test_section_takes_one_query_for_its_length_and_one_for_its_records(client, model):
    for number in range(3):
        make_record(model, number)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("sitemap_section", args=[model._meta.model_name]))
    of_records = [query["sql"] for query in queries if "cooperation_dataversion" not in query["sql"]]
    assert len(of_records) == 2


# For robots and browsers


def may_be_read(rules, address):
    """Whether robots.txt lets a search engine read an address: of the rules that fit, the longest counts."""
    fitting = [
        (len(pattern), allowed)
        for allowed, pattern in rules
        if re.match(re.escape(pattern).replace(r"\*", ".*"), address)
    ]
    return max(fitting, default=(0, True))[1]


def test_robots_may_read_all_but_filtered_lists_the_search_and_the_admin(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    rules = [(line.startswith("Allow"), line.split(": ")[1]) for line in lines if re.match("Allow|Disallow", line)]
    read_by_robots = [
        "/",
        "/projects/",
        "/projects/?page=2",
        "/projects/thai-colombian-exchange/",
        "/projects/thai-colombian-exchange.json",
        "/projects.csv",
        "/sitemap.xml",
        "/sitemap-project.xml?p=2",
        "/static/cooperation/portal.css",
    ]
    left_alone = [
        "/projects/?country=FJI",
        "/projects/?country=FJI&page=2",
        "/projects/?page=2&country=FJI",
        "/projects.csv?country=FJI",
        "/search/",
        "/search/?q=fealac",
        "/search.json?q=fealac",
        "/admin/login/",
    ]
    assert [each for each in read_by_robots if not may_be_read(rules, each)] == []
    assert [each for each in left_alone if may_be_read(rules, each)] == []
    assert lines[0] == "User-agent: *"
    assert lines[-1] == f"Sitemap: {SITE}/sitemap.xml"


@pytest.mark.slow
def test_browser_learns_how_to_search(client):
    builders.make_forum(acronym="FEALAC")
    assert {tuple(head_links(read(client, address), "search")) for address in ("/", "/projects/", "/about/")} == {
        ("/opensearch.xml",)
    }
    answer = client.get("/opensearch.xml")
    assert answer["Content-Type"] == "application/opensearchdescription+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)  # noqa: S314 (we wrote it)
    assert 0 < len(root.find("{*}ShortName").text) <= 16
    templates = {each.get("type"): each.get("template") for each in root.findall("{*}Url")}
    found = {
        kind: client.get(template.removeprefix(SITE).replace("{searchTerms}", "fealac"))
        for kind, template in templates.items()
    }
    assert "Forum for East Asia-Latin America Cooperation" in Page(found["text/html"].content.decode()).text
    assert found["application/json"].json()["best"]["url"] == "/forums/forum-for-east-asia-latin-america-cooperation/"


@pytest.mark.parametrize("address", ["/robots.txt", "/opensearch.xml", "/sitemap.xml", "/sitemap-country.xml"])
def test_what_robots_read_is_kept_like_a_page(client, address):
    first = client.get(address)
    assert first["Cache-Control"] == "public, no-cache"
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


# To whom weaknesses are reported


def test_security_contact_is_told_with_a_date_within_a_year(client, settings):
    settings.ALLOWED_HOSTS = ["portal.example.org"]
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    answer = client.get("/.well-known/security.txt", secure=True, headers={"Host": "portal.example.org"})
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    expires = datetime.fromisoformat(fields.pop("Expires"))
    assert 30 < (expires - datetime.now(UTC)).days < 365
    assert fields == {
        "Contact": "mailto:security@example.org",
        "Preferred-Languages": "en",
        "Canonical": "https://portal.example.org/.well-known/security.txt",
    }
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_without_a_security_contact_there_is_no_such_file(client, settings):
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404
