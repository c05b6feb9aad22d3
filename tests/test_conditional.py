"""Who has a page already is told so, and HEAD says what GET says."""

import time
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory

from cooperation import changes
from cooperation.views import public_page
from tests import builders
from tests.kept_pages import Counted, ask, headers_without_number, rename, set_version, text_of

pytestmark = pytest.mark.django_db

AN_HOUR_AGO = int(time.time()) - 3600


def test_who_has_the_page_is_told_so_by_one_query(client):
    builders.make_project("Rice seeds")
    page = client.get("/projects/rice-seeds/")
    cache.clear()
    answer, statements = ask(client, "/projects/rice-seeds/", If_None_Match=f'"another", {page["ETag"]}')
    assert (answer.status_code, answer.content, len(statements)) == (304, b"", 1)
    assert (answer["ETag"], answer["Cache-Control"], answer["Vary"]) == (page["ETag"], "public, no-cache", page["Vary"])
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    # A cache on the way could take it for the length of the page.
    assert "Content-Length" not in answer


def test_tag_is_weak_since_the_compressed_page_has_the_same(client):
    tag = client.get("/")["ETag"]
    assert tag.startswith('W/"')
    assert client.get("/", headers={"If-None-Match": tag.removeprefix("W/")}).status_code == 304
    assert client.get("/", headers={"If-None-Match": 'W/"another"'}).status_code == 200


def test_who_names_the_date_of_the_last_change_is_told_so_by_one_query(client, settled, monkeypatch):
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()
    monkeypatch.setattr(public_page, "time", lambda: noon)
    builders.make_project("Rice seeds")
    set_version(noon - 3600.5)
    page = client.get("/projects/")
    assert page["Last-Modified"] == "Tue, 24 Nov 2026 11:00:00 GMT"
    answer, statements = ask(client, "/projects/", If_Modified_Since=page["Last-Modified"])
    assert (answer.status_code, len(statements), answer["ETag"]) == (304, 1, page["ETag"])
    before = client.get("/projects/", headers={"If-Modified-Since": "Tue, 24 Nov 2026 10:59:59 GMT"})
    assert "Rice seeds" in text_of(before)


def test_second_change_within_a_second_is_not_hidden_by_the_date_of_the_first(client, settled, monkeypatch):
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()
    monkeypatch.setattr(public_page, "time", lambda: noon + 0.3)
    project = builders.make_project("Rice seeds")
    set_version(noon + 0.2)
    page = client.get("/projects/")
    assert page["Last-Modified"] == "Tue, 24 Nov 2026 12:00:00 GMT"  # no later than now
    rename(project)
    set_version(noon + 0.7)
    monkeypatch.setattr(public_page, "time", lambda: noon + 60)
    answer = client.get("/projects/", headers={"If-Modified-Since": page["Last-Modified"]})
    assert "Maize seeds" in text_of(answer)


def test_change_after_the_clock_was_set_back_is_not_hidden_by_a_date(client, settled, monkeypatch):
    project = builders.make_project("Rice seeds")
    in_three_hours = int(time.time()) + 3 * 3600
    set_version(in_three_hours + 0.2)
    monkeypatch.setattr(public_page, "time", lambda: in_three_hours + 60)
    page = client.get("/projects/")
    # The clock is three hours behind again, for the database as well.
    rename(project)
    monkeypatch.undo()
    answer = client.get("/projects/", headers={"If-Modified-Since": page["Last-Modified"]})
    assert "Maize seeds" in text_of(answer)


def test_many_changes_by_a_clock_that_was_set_back_hardly_run_ahead_of_it():
    themes = [builders.make_theme(name) for name in ("Fisheries", "Trade")]
    in_three_hours = int(time.time()) + 3 * 3600
    set_version(in_three_hours + 0.2)
    for number in range(300):
        themes[number % 2].name = f"Theme {number}"
        themes[number % 2].save()
    assert changes.read_current() < (in_three_hours + 3) * 1_000_000


@pytest.mark.parametrize(
    ("what", "newest"), [("day", "Tue, 24 Nov 2026 00:00:00 GMT"), ("release", "Tue, 24 Nov 2026 09:00:00 GMT")]
)
def test_page_is_as_young_as_its_day_and_its_release(client, monkeypatch, what, newest):
    monkeypatch.setattr(public_page, "time", lambda: datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp())
    released = datetime(2026, 11, 24, 9, tzinfo=UTC) if what == "release" else datetime(2026, 11, 1, tzinfo=UTC)
    monkeypatch.setattr(public_page, "RELEASED", int(released.timestamp()))
    set_version(datetime(2026, 11, 20, tzinfo=UTC).timestamp())
    assert client.get("/about/")["Last-Modified"] == newest


# Which pages are one and which are two


def test_head_says_what_get_says_without_a_page(client, settled):
    builders.make_project("Rice seeds")
    set_version(AN_HOUR_AGO)
    made, kept = client.head("/projects/"), client.get("/projects/")
    again = client.head("/projects/")
    assert made.content == again.content == b""
    assert headers_without_number(made) == headers_without_number(again) == headers_without_number(kept)
    unchanged = client.head("/projects/", headers={"If-None-Match": kept["ETag"]})
    assert unchanged.status_code == 304


def test_head_makes_the_server_send_nothing_that_it_would_have_to_drop():
    counted = Counted()
    for _request in range(2):
        answer = counted.page(RequestFactory().head("/page/"))
        assert (answer.content, answer["Content-Length"]) == (b"", "12")


def test_page_made_for_head_is_not_given_to_get():
    counted = Counted(lambda request: HttpResponse("" if request.method == "HEAD" else "Rice seeds"))
    assert counted.page(RequestFactory().head("/page/")).content == b""
    assert counted.ask().content == b"Rice seeds"


def test_other_methods_go_to_the_view_although_the_page_is_kept(client):
    client.get("/projects/")
    answer = client.post("/projects/", {"title": "Rice seeds"}, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert [name for name in ("ETag", "Last-Modified", "Cache-Control") if name in answer] == []


def test_release_is_known_by_the_contents_of_its_files(tmp_path):
    template = tmp_path / "templates" / "base.html"
    bytecode = tmp_path / "cooperation" / "__pycache__" / "urls.pyc"
    for file in (template, bytecode, tmp_path / "requirements.txt", tmp_path / "README.md"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("1")

    def release_after(file):
        file.write_text(file.read_text() + "2")
        return public_page.read_release(tmp_path)[0]

    first = public_page.read_release(tmp_path)[0]
    assert release_after(bytecode) == release_after(tmp_path / "README.md") == first
    assert len({first, release_after(template), release_after(tmp_path / "requirements.txt")}) == 3
    before = public_page.read_release(tmp_path)[0]
    template.rename(template.with_name("page.html"))
    assert public_page.read_release(tmp_path)[0] != before
    assert public_page.read_release(tmp_path)[1] == int(bytecode.stat().st_mtime) + 1
