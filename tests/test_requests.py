"""What requests of odd kinds are told: nothing of the server, and nothing but what a plain one is told."""

import re
from urllib.parse import urlencode

import pytest
from django.core.signing import TimestampSigner
from django.test import Client

from tests.builders import make_project
from tests.crawl import Page, crawl
from tests.records import make_one_of_each

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/manage.py",
        "/sscportal/settings.py",
        "/var/secret_key",
        "/var/portal.sqlite3",
        "/static/",
        "/static/cooperation/",
        "/static/../sscportal/settings.py",
        "/static/%2e%2e/sscportal/settings.py",
        "/static//etc/passwd",
        "/data/../var/secret_key",
        "/data/%2e%2e/secret_key",
    ],
)
def test_file_or_folder_of_the_server_is_not_found(client, settings, path):
    settings.WHITENOISE_USE_FINDERS = True
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/projects/", "/projects.json", "/about/", "/admin/login/", "/healthz"])
def test_trace_is_not_allowed_and_repeats_nothing(client, path):
    answer = client.generic("TRACE", path, headers={"Cookie": "sessionid=of-somebody", "X-Asked": "by-somebody"})
    assert answer.status_code == 405
    assert b"somebody" not in answer.content


def test_trace_of_a_curator_repeats_nothing(curator):
    answer = curator.generic("TRACE", "/admin/", headers={"X-Asked": "by-somebody"})
    assert b"by-somebody" not in answer.content
    assert curator.cookies["sessionid"].value.encode() not in answer.content


def test_address_cannot_begin_a_line_in_the_log(client, caplog):
    client.get("/nowhere/%0d%0aERROR%20forged")
    [record] = caplog.records
    assert record.getMessage() == "Not Found: /nowhere/\\r\\nERROR forged"


def test_question_is_decoded_once(client):
    page = Page(client.get("/projects/?q=50%2525").content.decode())
    assert [each["value"] for each in page.all("input") if each.get("name") == "q" and each.get("value")] == ["50%25"]


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/projects",
        "/\\evil.example/projects",
        "/projects//evil.example",
        "//evil.example",
        "/%2Fevil.example",
    ],
)
def test_redirect_leads_to_no_other_host(settings, path):
    for settings.SECURE_SSL_REDIRECT, status in ((False, 404), (True, 301)):
        # Not as the address itself: what follows // in it would be taken for a host.
        answer = Client().get("/", PATH_INFO=path)
        assert answer.status_code == status
        assert answer.headers.get("Location", "https://testserver/").startswith("https://testserver/")


@pytest.mark.parametrize("asked", ["sort=title&sort=start", "page=1&page=2", "per=50&per=100"])
def test_parameter_that_takes_one_value_and_comes_twice_is_refused(client, asked):
    make_project("Rice seeds")
    answer = client.get(f"/projects.json?{asked}")
    assert answer.status_code == 400
    assert [each["messages"] for each in answer.json()["errors"]] == [["Only one value can be given here."]]
    page = Page(client.get(f"/projects/?{asked}").content.decode()).text
    assert ("Only one value can be given here." in page, "Rice seeds" in page) == (True, False)


def test_field_in_the_query_string_is_no_field_of_a_form(client):
    make_project("Rice seeds")
    answer = client.post("/projects/rice-seeds/report/?what=The+end+is+2020&token=forged", {})
    assert "Say what is wrong: without it nobody can look into it." in Page(answer.content.decode()).text


def test_pages_may_load_nothing_from_elsewhere_and_be_framed_nowhere(client):
    for path in ("/", "/projects.json", "/admin/login/", "/nowhere/", "/static/cooperation/portal.css"):
        answer = client.get(path)
        b"".join(answer)  # the server of static files closes a file when it was read
        policy = dict(each.split(" ", 1) for each in answer["Content-Security-Policy"].split("; "))
        script = {"script-src": "'self'"} if path.startswith("/admin/") else {}
        assert policy == {
            "default-src": "'none'",
            "style-src": "'self'",
            "img-src": policy["img-src"],
            "connect-src": "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
            **script,
        }
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "words", ['"; filename="evil.exe', "a\r\nSet-Cookie: a=b", "../../etc/passwd", "蓮の花", "x" * 900]
)
def test_name_of_a_file_is_made_of_plain_letters_whatever_was_asked_for(client, words):
    project = make_project(f"Rice seeds {words}"[:200], slug="rice-seeds")
    for path in ("/projects.csv", "/projects.xlsx", "/projects.partners.csv", f"/projects/{project.slug}.bib"):
        answer = client.get(path, {"q": f"seeds {words}"})
        b"".join(answer)
        assert answer.status_code == 200
        assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]{1,150}"', answer["Content-Disposition"])


def test_signature_that_was_made_for_something_else_is_no_token_of_a_report(client, caplog):
    project = make_project("Rice seeds")
    own, other = (TimestampSigner(salt=salt) for salt in ("report a mistake", "reset a password"))
    for signer, sentence in ((own, "sooner than anybody could fill it in"), (other, "The form was not complete.")):
        token = signer.sign(f"project {project.pk}")
        answer = client.post(
            "/projects/rice-seeds/report/",
            urlencode({"what": "The end is 2020.", "token": token}),
            content_type="application/x-www-form-urlencoded",
        )
        assert sentence in Page(answer.content.decode()).text
    assert len(caplog.records) == 1


@pytest.mark.slow
def test_text_of_every_kind_names_its_encoding(client, settings):
    settings.SECURITY_CONTACT, settings.WHITENOISE_USE_FINDERS = "mailto:security@example.org", True
    make_one_of_each()
    answers = crawl(client)
    others = ("/nowhere/", "/nowhere.csv", "/projects", "/healthz", "/robots.txt", "/.well-known/security.txt")
    answers |= {path: client.get(path) for path in (*others, "/admin/login/", "/static/cooperation/portal.css")}
    answers["/static/cooperation/portal.css"].getvalue()  # the server of static files closes a file when it was read
    kinds = {answer["Content-Type"] for answer in answers.values()}
    texts = {kind for kind in kinds if kind.startswith("text/") or kind.partition(";")[0].endswith("xml")}
    assert len(texts) >= 6
    assert {kind.partition("; ")[2].replace('"', "") for kind in texts} == {"charset=utf-8"}


def test_code_of_the_admin_keeps_nothing_in_the_browser(settings):
    files = [*(settings.BASE_DIR / "static").rglob("*.js"), *(settings.BASE_DIR / "templates").rglob("*.html")]
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    words = ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "postMessage", "innerHTML")
    assert {(name, word) for name, text in texts.items() for word in words if word in text} == set()
