"""Kept pages: given again until a record changes, to everyone alike, and never a wrong one."""

import gzip
import socket
import time

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.utils import translation
from django.utils.http import http_date

from cooperation import changes
from cooperation.models import Participation, Project
from cooperation.views import public_page
from sscportal.settings import parse_cache
from tests import builders
from tests.crawl import crawl, read
from tests.installation import free_port
from tests.kept_pages import Counted, ask, headers_without_number, rename, set_version, text_of
from tests.records import cite, make_one_of_each

pytestmark = pytest.mark.django_db

AN_HOUR_AGO = int(time.time()) - 3600


def test_kept_page_takes_one_query_for_the_data_version(client):
    builders.make_project("Rice seeds")
    first, _statements = ask(client, "/projects/rice-seeds/")
    again, statements = ask(client, "/projects/rice-seeds/")
    assert again.content == first.content
    assert ["cooperation_dataversion" in statement for statement in statements] == [True]


@pytest.mark.slow
def test_every_public_page_is_kept_and_has_a_tag(client):
    make_one_of_each()
    # A form about a record is of its own moment.
    for address in [each for each in crawl(client) if not each.endswith("/report/")]:
        again, statements = ask(client, address)
        assert (len(statements), again["Cache-Control"]) == (1, "public, no-cache"), address
        unchanged, statements = ask(client, address, If_None_Match=again["ETag"])
        assert (unchanged.status_code, len(statements)) == (304, 1), address


def test_kept_page_goes_out_with_the_headers_of_a_new_one(client, settled):
    builders.make_project("Rice seeds")
    set_version(AN_HOUR_AGO)
    first = client.get("/projects/", headers={"Accept-Encoding": "gzip"})
    again = client.get("/projects/", headers={"Accept-Encoding": "gzip"})
    assert headers_without_number(again) == headers_without_number(first)
    assert again["Content-Length"] == str(len(again.content))
    assert "default-src 'none'" in again["Content-Security-Policy"]
    assert (again["X-Frame-Options"], again["X-Content-Type-Options"]) == ("DENY", "nosniff")


def test_page_is_kept_once_for_those_who_take_it_compressed_and_those_who_do_not(client):
    builders.make_project("Rice seeds")
    compressed, _statements = ask(client, "/projects/", Accept_Encoding="br, gzip")
    plain, statements = ask(client, "/projects/")
    assert (compressed["Content-Encoding"], "Content-Encoding" in plain) == ("gzip", False)
    assert gzip.decompress(compressed.content) == plain.content
    assert "Rice seeds" in text_of(plain)
    assert len(statements) == 1
    assert plain["Content-Length"] == str(len(plain.content))
    assert compressed["Vary"] == plain["Vary"] == "Accept-Encoding"
    assert compressed["ETag"] == plain["ETag"]


def test_kept_page_has_the_headers_that_its_view_gave_it():
    counted = Counted(lambda request: HttpResponse("Rice seeds", headers={"Content-Type": "text/plain", "Link": "</>"}))
    counted.ask()
    again = counted.ask()
    assert (counted.made, again["Content-Type"], again["Link"]) == (1, "text/plain", "</>")


def large_page(request):
    return HttpResponse("".join(f"{number:x}" for number in range(10**5, 2 * 10**5)))


def page_with_cookie(request):
    answer = HttpResponse("Welcome back")
    answer.set_cookie("visited", "yes")
    return answer


@pytest.mark.parametrize(
    "make_answer",
    [
        lambda request: HttpResponseRedirect("/projects/"),
        lambda request: HttpResponse("Gone", status=404),
        lambda request: StreamingHttpResponse(iter(["Rice", " seeds"])),
        lambda request: HttpResponse("The index is behind", headers={"Cache-Control": "no-store"}),
        lambda request: HttpResponse("Hola", headers={"Vary": "Accept-Language"}),
        lambda request: HttpResponse(gzip.compress(b"Rice"), headers={"Content-Encoding": "gzip"}),
        lambda request: HttpResponse(f"<form>{get_token(request)}</form>"),
        page_with_cookie,
        large_page,
    ],
    ids=["redirect", "missing", "streamed", "not to be stored", "varying", "compressed", "form", "cookie", "large"],
)
def test_answer_that_is_not_a_small_page_for_everyone_is_not_kept(make_answer):
    counted = Counted(make_answer)
    counted.ask()
    counted.ask()
    assert counted.made == 2


def test_answer_that_is_not_for_everyone_goes_out_as_the_view_made_it():
    answer = HttpResponse("The index is behind", headers={"Cache-Control": "no-store"})
    assert Counted(lambda request: answer).ask() is answer
    assert sorted(answer.headers) == ["Cache-Control", "Content-Type"]


def test_streamed_answer_has_a_tag_and_is_not_made_for_who_has_it():
    counted = Counted(lambda request: StreamingHttpResponse(iter(["Rice", " seeds"])))
    first = counted.ask()
    assert b"".join(first) == b"Rice seeds"
    assert counted.ask(**{"If-None-Match": first["ETag"]}).status_code == 304
    assert counted.made == 1


def test_missing_page_and_redirect_are_not_to_be_stored(client):
    project = builders.make_project("Rice seeds", slug="rice")
    project.slug = "rice-seeds"
    project.save()
    moved, missing = client.get("/projects/rice/"), client.get("/projects/never-was/")
    assert (moved.status_code, moved["Location"], missing.status_code) == (301, "/projects/rice-seeds/", 404)
    assert moved["Cache-Control"] == "no-cache"
    assert "Cache-Control" not in missing
    for answer in (moved, missing):
        assert [name for name in ("ETag", "Last-Modified") if name in answer] == []


def test_missing_page_is_missing_whatever_the_visitor_says_to_have(client):
    project = builders.make_project("Rice seeds")
    client.get("/projects/rice-seeds/")
    Project.objects.filter(pk=project.pk).update(publication_status="draft")
    in_a_year = http_date(time.time() + 365 * 86_400)
    for said in ({"If-None-Match": "*"}, {"If-Modified-Since": in_a_year}):
        answer = client.get("/projects/rice-seeds/", headers=said)
        assert answer.status_code == 404
        assert "There is no public page at this address." in text_of(answer)


# When a record changes


def withdraw(project):
    Project.objects.filter(pk=project.pk).update(publication_status="withdrawn")


CHANGES = {
    "save": (rename, "/projects/", "Maize seeds"),
    "bulk update": (lambda project: Project.objects.update(title="Cotton seeds"), "/projects/", "Cotton seeds"),
    "insertion": (lambda project: builders.make_project("Wheat seeds"), "/projects/", "2 projects"),
    "deletion": (lambda project: project.delete(), "/projects/", "0 projects"),
    "part": (
        lambda project: Participation.objects.create(project=project, role="provider", organisation="UNOPS"),
        "/projects/rice-seeds/",
        "UNOPS",
    ),
    "citation": (
        lambda project: cite(project, "title", builders.make_source("Report of the mission")),
        "/projects/rice-seeds/",
        "Report of the mission",
    ),
    "theme": (lambda project: project.themes.add(builders.make_theme("Farming")), "/projects/rice-seeds/", "Farming"),
}


@pytest.mark.parametrize(("change", "address", "words"), CHANGES.values(), ids=CHANGES.keys())
def test_change_shows_on_the_next_request(client, change, address, words):
    project = builders.make_project("Rice seeds")
    before = client.get(address)
    assert words not in text_of(client.get(address))
    change(project)
    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert words in text_of(after)
    assert after["ETag"] != before["ETag"]


@pytest.mark.slow
def test_withdrawn_record_is_gone_at_once_although_its_pages_were_kept(client):
    project = builders.make_project("Rice seeds")
    addresses = ("/", "/projects/", "/projects/rice-seeds/")
    for address in addresses * 2:
        assert "Rice seeds" in read(client, address).text, address
    withdraw(project)
    assert ["Rice seeds" in text_of(client.get(address)) for address in addresses] == [False, False, False]
    assert client.get("/projects/rice-seeds/").status_code == 410


def test_change_that_was_undone_leaves_no_page_behind(client):
    with transaction.atomic():
        builders.make_project("Rice seeds")
        assert "Rice seeds" in read(client, "/projects/").text
        transaction.set_rollback(True)
    assert "Rice seeds" not in read(client, "/projects/").text
    builders.make_project("Maize seeds")
    text = read(client, "/projects/").text
    assert ("Rice seeds" in text, "Maize seeds" in text) == (False, True)


def test_page_that_was_made_while_a_record_changed_is_not_kept():
    counted = Counted()
    usual = counted.answer

    def answer_slowly(request):
        builders.make_project("Rice seeds")
        return usual(request)

    set_version(AN_HOUR_AGO)
    counted.answer = answer_slowly
    assert counted.ask().content == b"Made 1 times"
    set_version(AN_HOUR_AGO)
    counted.answer = usual
    assert counted.ask().content == b"Made 2 times"
    assert counted.ask().content == b"Made 2 times"


# Who has it already


def heeded(query):
    """Countries, and an order that is not the usual one."""
    known = query.copy()
    for name in query:
        if name not in ("country", "sort") or query.getlist(name) == ["newest"]:
            del known[name]
    return known


def test_spellings_of_one_question_share_a_page_that_was_made_from_it_alone():
    counted = Counted(parameters=heeded)
    for query in (
        "country=TON&country=FJI",
        "country=FJI&country=TON&sort=newest",
        "utm_source=newsletter&sort=newest&country=TON&country=FJI",
    ):
        assert counted.ask(f"/page/?{query}").content == b"Made 1 times", query
    assert dict(counted.seen.lists()) == {"country": ["FJI", "TON"]}
    assert counted.ask("/page/?country=FJI").content == b"Made 2 times"
    assert counted.ask("/page/?country=FJI&sort=title").content == b"Made 3 times"
    assert counted.ask("/page/?country=FJI%26sort%3Dtitle").content == b"Made 4 times"


def test_page_that_heeds_no_parameters_sees_none():
    counted = Counted()
    assert counted.ask("/page/").content == counted.ask("/page/?country=FJI").content == b"Made 1 times"
    assert counted.ask("/other/?country=FJI").content == b"Made 2 times"
    assert dict(counted.seen) == {}


@pytest.mark.parametrize("address", ["/", "/about/", "/projects/", "/projects/rice-seeds/"])
def test_campaign_parameters_share_the_page(client, address):
    builders.make_project("Rice seeds")
    first = client.get(address)
    marked, statements = ask(client, f"{address}?utm_source=newsletter&fbclid=x")
    assert (marked.content, marked["ETag"], len(statements)) == (first.content, first["ETag"], 1)


@pytest.mark.slow
def test_parameter_that_nobody_heeds_leaves_no_trace_in_what_the_next_visitor_reads(client):
    make_one_of_each()
    kept = {address for address, answer in crawl(client).items() if answer.get("Cache-Control") == "public, no-cache"}
    # A workbook holds the second in which it was made.
    addresses = sorted(address for address in kept if ".xlsx" not in address and "?" not in address)
    assert {address.rpartition(".")[2] for address in addresses} >= {"csv", "json", "atom", "xml"}
    plain = {address: client.get(address).getvalue() for address in addresses}
    cache.clear()
    for address, content in plain.items():
        client.get(f"{address}?utm_source=newsletter").getvalue()
        assert client.get(address).getvalue() == content, address


@pytest.mark.slow
@pytest.mark.parametrize("script_name", ["", None])
def test_script_name_of_a_request_changes_no_page_of_others(client, settings, script_name):
    settings.FORCE_SCRIPT_NAME = script_name
    builders.make_project("Rice seeds")
    plain = {address: client.get(address).content for address in ("/projects/", "/projects/rice-seeds/")}
    cache.clear()
    client.get("/", SCRIPT_NAME="/projects")
    client.get("/rice-seeds/", SCRIPT_NAME="/projects")
    client.get("/projects/", SCRIPT_NAME="/evil")
    assert {address: client.get(address).content for address in plain} == plain


def test_filters_in_another_order_share_the_list_and_another_filter_does_not(client):
    builders.make_project("Rice seeds", partners=[("provider", "THA")], themes=["Farming"])
    builders.make_project("Lagoon charts", partners=[("provider", "FJI")])
    first = client.get("/projects/?country=THA&theme=farming")
    same, statements = ask(client, "/projects/?theme=farming&per=25&country=THA&q=")
    assert (same.content, len(statements)) == (first.content, 1)
    assert "Lagoon charts" not in text_of(first)
    assert "Lagoon charts" in read(client, "/projects/?country=FJI").text


def test_each_host_has_pages_of_its_own(client, settings):
    settings.ALLOWED_HOSTS = ["portal.example.org", "mirror.example.org"]
    builders.make_project("Rice seeds")
    for host in settings.ALLOWED_HOSTS * 2:
        answer = client.get("/projects/rice-seeds/", headers={"Host": host})
        assert f"http://{host}/projects/rice-seeds/" in answer.content.decode()
        assert answer.content.count(b"example.org/") == answer.content.count(host.encode() + b"/")
    secure = client.get("/projects/rice-seeds/", headers={"Host": "portal.example.org"}, secure=True)
    assert "https://portal.example.org/projects/rice-seeds/" in secure.content.decode()


def test_each_language_has_pages_of_its_own():
    counted = Counted(lambda request: HttpResponse(translation.get_language()))
    said = []
    for language in ("es", "th", "es"):
        with translation.override(language):
            said.append(counted.ask().content.decode())
    assert (said, counted.made) == (["es", "th", "es"], 2)


def test_each_day_and_each_release_has_pages_of_its_own(monkeypatch):
    counted = Counted()
    now = time.time()
    counted.ask()
    monkeypatch.setattr(public_page, "time", lambda: now + 86_400)
    assert counted.ask().content == b"Made 2 times"
    monkeypatch.setattr(public_page, "RELEASE", "the next one")
    assert counted.ask().content == b"Made 3 times"
    assert counted.ask().content == b"Made 3 times"


# What is left alone


@pytest.mark.parametrize("session", ["", "x", "a" * 32])
def test_kept_page_is_the_same_for_a_browser_with_cookies(curator, client, session):
    builders.make_project("Rice seeds")
    for_curator = curator.get("/projects/")
    for name in ("sessionid", "csrftoken", "messages"):
        client.cookies[name] = session
    for answer in (for_curator, client.get("/projects/"), client.get("/projects/?page=2&q=x")):
        assert answer.cookies == {}
        assert answer["Vary"] == "Accept-Encoding"
    assert client.get("/projects/").content == for_curator.content


@pytest.mark.slow
def test_page_goes_out_while_the_cache_is_out_of_reach(client, settings, caplog):
    builders.make_project("Rice seeds")
    settings.CACHES = {"default": parse_cache(f"rediscache://127.0.0.1:{free_port()}/1")}
    for _request in range(2):
        caplog.clear()
        answer = client.get("/projects/", headers={"Accept-Encoding": "gzip"})
        assert b"Rice seeds" in gzip.decompress(answer.content)
        assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["The cache cannot be read"]
    assert client.get("/projects/", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_cache_that_takes_nothing_in_is_told_once_for_each_request(client, monkeypatch, caplog):
    def refuse(*arguments):
        raise OSError("No space left on device")

    monkeypatch.setattr(type(cache._connections["default"]), "set", refuse)
    assert "0 projects" in read(client, "/").text
    assert [record.getMessage() for record in caplog.records] == [
        "The cache cannot be written: No space left on device"
    ]


def test_cache_that_does_not_answer_holds_nobody_up_for_long(client, settings):
    builders.make_project("Rice seeds")
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        settings.CACHES = {"default": parse_cache(f"rediscache://127.0.0.1:{deaf.getsockname()[1]}/1")}
        begin = time.monotonic()
        assert "Rice seeds" in read(client, "/projects/").text
        assert time.monotonic() - begin < 3


def test_memory_for_pages_has_a_bound_and_the_operator_may_move_it():
    assert parse_cache("")["OPTIONS"] == {"MAX_ENTRIES": 3_000}
    assert parse_cache("locmemcache://?max_entries=50")["OPTIONS"] == {"MAX_ENTRIES": 50}


def test_developer_sees_every_change_of_a_template(client, settings):
    builders.make_project("Rice seeds")
    tag = client.get("/projects/")["ETag"]
    settings.DEBUG = True
    for _request in range(2):
        answer, statements = ask(client, "/projects/?utm_source=x", If_None_Match=tag)
        assert "Rice seeds" in text_of(answer)
        assert len(statements) > 1
        assert [name for name in ("ETag", "Last-Modified", "Cache-Control") if name in answer] == []


def test_request_that_cannot_be_read_is_refused_by_lists_and_of_no_concern_to_other_pages(client):
    too_many = "&".join(["country=FJI"] * 10_001)
    refused, answered = client.get(f"/projects/?{too_many}"), client.get(f"/about/?{too_many}")
    assert (refused.status_code, answered.status_code) == (400, 200)
    assert "The address holds more than the portal can take in" in text_of(refused)
    assert answered.content == client.get("/about/").content


def test_failing_page_is_made_again():
    def fail(request):
        raise Http404

    counted = Counted()
    usual, counted.answer = counted.answer, fail
    with pytest.raises(Http404):
        counted.ask()
    counted.answer = usual
    assert counted.ask().content == b"Made 2 times"


def test_reading_pages_moves_no_version(client):
    builders.make_project("Rice seeds")
    before = changes.current()
    for _request in range(2):
        read(client, "/projects/")
    assert changes.current() == before
