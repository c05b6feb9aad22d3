"""Which addresses are tested, what is kept of the findings, and what readers and curators see of them."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cooperation.links import Asker, Finding, NoAnswersError, Outcome, check_links
from cooperation.links.checking import checked_models, due_addresses, write
from cooperation.models import Document, Source
from tests import builders
from tests.crawl import read
from tests.records import cite
from tests.web_servers import web_server

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
KEPT = ("check_result", "check_detail", "checked_on", "last_good_on")


def asker(**options):
    given = {"pause": 0, "may_connect": lambda ip: ip == "127.0.0.1", "ports": range(1, 65_536), "request_seconds": 5}
    return Asker("https://portal.example.org", **{**given, **options})


def check(today=MONDAY, *, ask=None, **options):
    """`(counts, [(public id, detail) of what is broken, ...])`."""
    broken = []

    def report(row, known):
        broken.append((row.public_id, known["check_detail"]))

    counts = check_links(ask or asker(), today=today, report=report, **options)
    return dict(counts), broken


def kept_of(record):
    record.refresh_from_db()
    return tuple(getattr(record, name) for name in KEPT)


def make_document(url, **fields):
    return Document.objects.create(
        project=builders.make_project(), title="Final report", url=url, category=Document.Category.RESULTS, **fields
    )


MAKERS = {
    "source": lambda url: builders.make_source(url=url),
    "agency": lambda url: builders.make_agency(website=url),
    "forum": lambda url: builders.make_forum(website=url),
    "fund": lambda url: builders.make_fund(website=url),
    "document": make_document,
}


def test_every_model_with_a_tested_address_is_tried_here():
    assert {model._meta.model_name for model in checked_models()} == set(MAKERS)


@pytest.mark.parametrize("kind", MAKERS)
def test_address_of_every_kind_is_tested_and_that_leaves_no_edit(kind):
    with web_server({"/memorandum": [200]}) as server:
        good = MAKERS[kind](f"{server.address}/memorandum")
        copies, version = good.history.count(), getattr(good, "version", None)
        assert check() == ({"ok": 1}, [])
    assert kept_of(good) == ("ok", "", MONDAY, MONDAY)
    assert (good.history.count(), getattr(good, "version", None)) == (copies, version)


def test_page_that_is_gone_is_broken_at_once_and_reported():
    with web_server({}) as server:
        source = builders.make_source("Annual report", url=f"{server.address}/report", last_good_on=date(2026, 1, 5))
        assert check() == ({"broken": 1}, [("annual-report", "404 Not Found")])
    assert kept_of(source) == ("broken", "404 Not Found", MONDAY, date(2026, 1, 5))


def test_page_that_moved_keeps_its_new_address():
    with web_server({"/old": [301, {"Location": "/new"}], "/new": [200]}) as server:
        source = builders.make_source(url=f"{server.address}/old")
        assert check() == ({"moved": 1}, [])
    assert kept_of(source) == ("moved", f"{server.address}/new", MONDAY, MONDAY)


def test_server_that_fails_is_broken_only_when_it_fails_on_another_day_too():
    with web_server({"/report": [503]}) as server:
        source = builders.make_source(
            url=f"{server.address}/report",
            check_result="ok",
            checked_on=date(2026, 10, 1),
            last_good_on=date(2026, 10, 1),
        )
        assert check(MONDAY) == ({"": 1}, [])
        once = "503 Service Unavailable Tested once; it is tested again on another day."
        assert kept_of(source) == ("", once, MONDAY, date(2026, 10, 1))
        assert check(MONDAY, older_than=0) == ({}, [])
        assert check(TUESDAY, older_than=7) == ({"broken": 1}, [(source.slug, "503 Service Unavailable")])
        server.pages["/report"] = [200]
        assert check(TUESDAY, older_than=0) == ({"ok": 1}, [])
    assert kept_of(source) == ("ok", "", TUESDAY, TUESDAY)


def test_broken_address_that_fails_in_another_way_stays_broken():
    with web_server({"/report": [500]}) as server:
        source = builders.make_source(
            url=f"{server.address}/report", check_result="broken", checked_on=date(2026, 10, 1)
        )
        assert check() == ({"broken": 1}, [(source.slug, "500 Internal Server Error")])


def test_address_that_is_not_asked_is_neither_good_nor_broken():
    source = builders.make_source(url="https://www.unescap.org:8443/report")
    assert check(ask=Asker("https://portal.example.org")) == ({"": 1}, [])
    assert kept_of(source) == ("", "Its port 8443 is not asked, only 80 and 443 are.", None, None)


def test_address_of_several_rows_is_asked_once():
    with web_server({"/": [200]}) as server:
        agency, forum = (
            builders.make_agency(website=f"{server.address}/"),
            builders.make_forum(website=f"{server.address}/"),
        )
        assert check() == ({"ok": 2}, [])
    assert len(server.asked) == 1
    assert kept_of(agency) == kept_of(forum) == ("ok", "", MONDAY, MONDAY)


def test_what_was_tested_lately_is_left_out_and_what_waited_longest_comes_first():
    for name, tested in (
        ("Fresh", MONDAY - timedelta(6)),
        ("Older", MONDAY - timedelta(9)),
        ("Old", MONDAY - timedelta(8)),
    ):
        builders.make_source(name, url=f"https://{name}.example.org/".lower(), check_result="ok", checked_on=tested)
    builders.make_source("Never", url="https://never.example.org/")
    builders.make_forum()  # without a website
    order = ["https://never.example.org/", "https://older.example.org/", "https://old.example.org/"]
    assert list(due_addresses(MONDAY, 7)) == order
    assert list(due_addresses(MONDAY, 7, limit=2)) == order[:2]


def test_host_is_asked_one_thing_at_a_time_with_a_pause():
    with web_server({f"/{number}": [200] for number in range(4)}) as server:
        for number in range(4):
            builders.make_source(f"Report {number}", url=f"{server.address}/{number}")
        check(ask=asker(pause=0.1))
    gaps = [later - earlier for earlier, later in zip(server.times, server.times[1:], strict=False)]
    assert len(gaps) == 3
    assert min(gaps) >= 0.09


def test_what_is_not_reached_in_time_is_left_as_it_was():
    with web_server({"/": [200]}) as server:
        source = builders.make_source(url=f"{server.address}/")
        assert check(minutes=-1) == ({"left": 1}, [])
    assert (kept_of(source), server.asked) == (("", "", None, None), [])


def test_nothing_is_written_when_no_server_at_all_answers():
    """On a machine that has lost its connection, every address would seem to be broken."""
    for number in range(5):
        builders.make_source(f"Report {number}", url=f"https://{number}.invalid/")
    with pytest.raises(NoAnswersError):
        check()
    assert set(Source.objects.values_list(*KEPT)) == {("", "", None, None)}


def test_one_server_that_answers_shows_that_the_others_do_not():
    with web_server({"/": [200]}) as server:
        builders.make_source("Good", url=f"{server.address}/")
        for number in range(5):
            builders.make_source(f"Report {number}", url=f"https://{number}.invalid/")
        assert check() == ({"ok": 1, "": 5}, [])


def test_finding_is_not_written_to_an_address_that_a_curator_changed_meanwhile():
    source = builders.make_source(url="https://www.unescap.org/old")
    rows_at = due_addresses(MONDAY, 7)
    Source.objects.update(url="https://www.unescap.org/new")
    write([("https://www.unescap.org/old", Finding(Outcome.GONE, "404"))], rows_at, MONDAY, {"broken": 0}, print)
    assert kept_of(source) == ("", "", None, None)


def test_answer_that_nobody_thought_of_does_not_stop_the_others(caplog):
    def resolve(host, port, **_options):
        raise ZeroDivisionError

    builders.make_source("Strange", url="https://strange.example.org/")
    builders.make_source("Stranger", url="https://stranger.example.org/")
    assert check(ask=asker(resolve=resolve)) == ({"": 2}, [])
    assert len(caplog.records) == 2


# The command


def test_command_names_what_is_broken_and_counts(capsys):
    """This machine is not on the public internet, whatever asks."""
    yesterday = timezone.localdate() - timedelta(days=1)
    builders.make_source("Inner report", url="http://127.0.0.1/a", checked_on=yesterday)
    builders.make_agency(slug="tica", website="http://127.0.0.1/b")
    call_command("check_links")
    why = "127.0.0.1 leads to 127.0.0.1, which is inside a network and not on the public internet."
    assert capsys.readouterr().out == (
        f"source inner-report: http://127.0.0.1/a ({why})\n"
        "0 answer, 0 moved, 1 broken, 1 unclear, 0 not asked in time.\n"
    )


def test_command_says_when_nothing_answers():
    for number in range(5):
        builders.make_source(f"Report {number}", url=f"http://127.0.0.{number + 1}/")
    with pytest.raises(CommandError, match="No server answered, so nothing was written"):
        call_command("check_links")


@pytest.mark.parametrize("option", ["--minutes=0", "--older-than=-1", "--limit=x", "--site=portal"])
def test_command_refuses_options_that_mean_nothing(option):
    with pytest.raises(CommandError, match=r"is not (a number|the address)"):
        call_command("check_links", option)


# What readers and curators see

BROKEN = {"check_result": "broken", "check_detail": "404 Not Found", "checked_on": TUESDAY}


@pytest.mark.slow
def test_source_that_did_not_answer_is_marked_with_the_day_and_its_copy(client):
    project = builders.make_project("Rice seeds")
    copy = "https://web.archive.org/web/2020/https://www.unescap.org/report"
    source = builders.make_source("Annual report", archived_url=copy, last_good_on=MONDAY, **BROKEN)
    cite(project, "title", source)
    cite(project, "summary", builders.make_source("Good report", check_result="ok", checked_on=TUESDAY))
    page = read(client, "/projects/rice-seeds/")
    assert page.text.count("Did not answer on 3 November 2026") == 1
    assert (
        "Annual report. Primary, read on 24 November 2026. Did not answer on 3 November 2026 Archived copy."
        in page.text
    )
    assert copy in page.links
    text = read(client, "/sources/annual-report/").text
    assert "Last check Did not answer on 3 November 2026 It last answered on 2 November 2026." in text
    assert "Did not answer on 3 November 2026" in read(client, "/sources/?q=annual").text


def test_website_that_did_not_answer_is_marked_with_the_day(client):
    builders.make_agency(slug="tica", website="https://tica.example.org/", **BROKEN)
    builders.make_agency("Chilean agency", country="CHL", slug="agcid", website="https://agcid.example.org/")
    assert read(client, "/agencies/tica/").text.count("Did not answer on 3 November 2026") == 1
    assert "Did not answer" not in read(client, "/agencies/agcid/").text


def test_document_that_did_not_answer_is_marked_with_the_day(client):
    document = make_document("https://www.unescap.org/final-report", **BROKEN)
    page = read(client, document.project.get_absolute_url())
    assert "Final report Results, outcomes and outputs Did not answer on 3 November 2026" in page.text


@pytest.mark.parametrize("model", ["source", "agency", "forum", "fund"])
def test_curator_finds_broken_addresses(curator, model):
    MAKERS[model]("https://www.unescap.org/good")
    broken = {"source": builders.make_source, "agency": builders.make_agency, "forum": builders.make_forum}
    broken.get(model, builders.make_fund)("Broken one", slug="broken-one", **BROKEN)
    page = read(curator, f"/admin/cooperation/{model}/?check_result__exact=broken")
    assert f"1 {model}" in page.text
    assert "Broken one" in page.text


def test_finding_about_the_old_address_goes_when_a_curator_changes_it_and_only_then():
    found = {"check_result": "broken", "check_detail": "Not found (404)", "checked_on": MONDAY}
    agency = builders.make_agency(website="https://www.agci.cl/", **found)
    agency.headquarters = "Santiago"
    agency.save()
    assert kept_of(agency)[0] == "broken"
    agency.website = "https://www.agcid.gob.cl/"
    agency.save()
    assert kept_of(agency) == ("", "", None, None)
