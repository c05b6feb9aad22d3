"""The headers of every kind of answer, as gunicorn sends them to a proxy that speaks https: one table, ANSWERS."""

import http.client
import socket
from http import HTTPStatus

import pytest

from cooperation.headers import ADMIN_POLICY, EVERY_ANSWER, PUBLIC_POLICY, format_policy
from tests.installation import Installation
from tests.test_server import running

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

HOST = "portal.example.org"
PAGE, FILE, TEXT = "text/html; charset=utf-8", "application/json", "text/plain; charset=utf-8"
PROBLEM, STYLE = "application/problem+json", 'text/css; charset="utf-8"'
ASK_AGAIN, NOT_KEPT = "public, no-cache", "no-store"
OF_ADMIN = "max-age=0, no-cache, no-store, must-revalidate, private"

# For whom an answer is: what that says of scripts, and of other sites that load or read it.
PEOPLE = {"Content-Security-Policy": format_policy(PUBLIC_POLICY), "Cross-Origin-Resource-Policy": "same-origin"}
PROGRAMS = {
    "Content-Security-Policy": format_policy(PUBLIC_POLICY),
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}
CURATORS = {"Content-Security-Policy": format_policy(ADMIN_POLICY), "Cross-Origin-Resource-Policy": "same-origin"}

# kind of answer: request, status, Content-Type, Cache-Control, for whom
ANSWERS = {
    "page": ("GET /projects/", 200, PAGE, ASK_AGAIN, PEOPLE),
    "page, HEAD": ("HEAD /projects/", 200, PAGE, ASK_AGAIN, PEOPLE),
    "page, not modified": ("GET /projects/ If-None-Match", 304, None, ASK_AGAIN, PEOPLE),
    "page, OPTIONS": ("OPTIONS /projects/", 204, PAGE, None, PEOPLE),
    "page of a record": ("GET /projects/mtcp-small-states/", 200, PAGE, ASK_AGAIN, PEOPLE),
    "report form": ("GET /projects/mtcp-small-states/report/", 200, PAGE, NOT_KEPT, PEOPLE),
    "CSV": ("GET /projects.csv", 200, "text/csv; charset=utf-8", ASK_AGAIN, PROGRAMS),
    "Excel": (
        "GET /projects.xlsx",
        200,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ASK_AGAIN,
        PROGRAMS,
    ),
    "JSON": ("GET /projects.json", 200, FILE, ASK_AGAIN, PROGRAMS),
    "IATI": ("GET /projects.xml", 200, "application/xml; charset=utf-8", ASK_AGAIN, PROGRAMS),
    "Atom": ("GET /projects.atom", 200, "application/atom+xml; charset=utf-8", ASK_AGAIN, PROGRAMS),
    "BibTeX": ("GET /projects/mtcp-small-states.bib", 200, "application/x-bibtex; charset=utf-8", ASK_AGAIN, PROGRAMS),
    "RIS": (
        "GET /projects/mtcp-small-states.ris",
        200,
        "application/x-research-info-systems; charset=utf-8",
        ASK_AGAIN,
        PROGRAMS,
    ),
    "file, not modified": ("GET /projects.json If-None-Match", 304, None, ASK_AGAIN, PROGRAMS),
    "file, OPTIONS": ("OPTIONS /projects.json", 204, PAGE, None, PROGRAMS),
    "published zip": ("GET /data/sscportal-data.zip", 200, "application/zip", ASK_AGAIN, PROGRAMS),
    "OpenAPI": ("GET /openapi.json", 200, FILE, ASK_AGAIN, PROGRAMS),
    "site map": ("GET /sitemap.xml", 200, "application/xml", ASK_AGAIN, PROGRAMS),
    "robots.txt": ("GET /robots.txt", 200, TEXT, ASK_AGAIN, PROGRAMS),
    "security.txt": ("GET /.well-known/security.txt", 200, TEXT, "public, max-age=3600", PROGRAMS),
    "style sheet": (
        "GET /static/cooperation/portal.css",
        200,
        'text/css; charset="utf-8"',
        "max-age=60, public",
        PEOPLE,
    ),
    "health": ("GET /healthz", 200, TEXT, NOT_KEPT, PEOPLE),
    "redirect to https": ("GET /projects/ http", 301, PAGE, "no-cache", PEOPLE),
    "redirect to the slash": ("GET /projects", 301, PAGE, "no-cache", PEOPLE),
    "redirect of a page": ("GET /timeline/fealac-founded/", 301, PAGE, "no-cache", PEOPLE),
    "redirect of a file": ("GET /timeline/fealac-founded.json", 301, PAGE, "no-cache", PROGRAMS),
    "sign-in asked for": ("GET /admin/", 302, PAGE, OF_ADMIN, CURATORS),
    "sign-in page": ("GET /admin/login/", 200, PAGE, OF_ADMIN, CURATORS),
    "400, unknown host": ("GET /projects/ Host", 400, PAGE, None, PEOPLE),
    "400, file": ("GET /projects.json?country=Atlantis", 400, PROBLEM, None, PROGRAMS),
    "403, form without a token": ("POST /admin/login/", 403, PAGE, None, CURATORS),
    "404, page": ("GET /nowhere/", 404, PAGE, None, PEOPLE),
    "404, file": ("GET /nowhere.json", 404, PROBLEM, None, PROGRAMS),
    "404, style sheet": ("GET /static/nowhere.css", 404, PAGE, None, PEOPLE),
    "404, NUL in the admin": ("GET /admin/%00/", 404, PAGE, None, CURATORS),
    "405, page": ("POST /projects/", 405, PAGE, None, PEOPLE),
    "405, file": ("POST /projects.json", 405, PROBLEM, None, PROGRAMS),
    "410, page": ("GET /projects/withdrawn-one/", 410, PAGE, "no-cache", PEOPLE),
    "410, file": ("GET /projects/withdrawn-one.json", 410, PROBLEM, "no-cache", PROGRAMS),
}
# After a table was lost.
WHEN_BROKEN = {
    "500, page": ("GET /lessons/", 500, PAGE, None, PEOPLE),
    "500, file": ("GET /lessons.json", 500, PROBLEM, None, PROGRAMS),
    "503, health": ("GET /healthz", 503, TEXT, NOT_KEPT, PEOPLE),
}
# What gunicorn answers by itself. The portal hears nothing of it.
REFUSED = {
    "400, no request line": (b"HELO portal\r\n\r\n", 400),
    "400, another version of HTTP": (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 400),
    "400, space in the name of a header": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX Name: x\r\n\r\n", 400),
    "414, long request line": (b"GET /?q=" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    "417, unknown expectation": (b"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: wonders\r\n\r\n", 417),
    "431, long header": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 9_000 + b"\r\n\r\n", 431),
    "431, many headers": (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Many: x\r\n" * 101 + b"\r\n", 431),
    "501, unknown coding": (b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: rot13\r\n\r\n", 501),
}
# A browser heeds it over https alone, and the last two are no answers to browsers.
WITHOUT_HSTS = {"redirect to https", "file, OPTIONS", *REFUSED}
WITH_COOKIE = {"sign-in page"}
NAMES = {*EVERY_ANSWER, *PROGRAMS, "Content-Type", "Cache-Control", "Strict-Transport-Security"}


@pytest.fixture(scope="module")
def served(set_up, tmp_path_factory):
    """`{kind: (status, headers, content)}`, as a server in production answers."""
    installation = Installation.make(tmp_path_factory.mktemp("headers"), var=set_up.var)
    [(detail,), (withdrawn,)] = installation.query("SELECT id FROM cooperation_project ORDER BY id LIMIT 2")
    change = "UPDATE cooperation_project SET slug = '{}', publication_status = '{}' WHERE id = {}"
    installation.query(change.format("mtcp-small-states", "published", detail))
    installation.query(change.format("withdrawn-one", "withdrawn", withdrawn))
    variables = {"ALLOWED_HOSTS": HOST, "SECURITY_CONTACT": "mailto:security@example.org", "WEB_CONCURRENCY": "1"}
    assert installation.manage("publish_data", **variables).returncode == 0
    with running(installation, installation.folder / "log", **variables) as port:
        said = {kind: ask(port, row[0]) for kind, row in ANSWERS.items()}
        said |= {kind: send(port, content) for kind, (content, _status) in REFUSED.items()}
        installation.query("ALTER TABLE cooperation_lesson RENAME TO lost_lesson")
        said |= {kind: ask(port, row[0]) for kind, row in WHEN_BROKEN.items()}
    return said


def ask(port, request):
    """The answer to a method and an address. Behind them: a header that is not as usual, or http."""
    method, address, *special = request.split()
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    if special == ["If-None-Match"]:
        headers["If-None-Match"] = ask(port, f"{method} {address}")[1]["ETag"]
    elif special == ["Host"]:
        headers["Host"] = "evil.example"
    elif special == ["http"]:
        headers["X-Forwarded-Proto"] = "http"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, address, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.headers), content


def send(port, content):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(content)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, dict(answer.headers), answer.read()


def expected(kind):
    """`(status, headers)` of the table, the headers of every answer among them."""
    _request, status, content_type, cache_control, audience = {**ANSWERS, **WHEN_BROKEN}.get(
        kind, (None, REFUSED.get(kind, (None, None))[1], TEXT, None, PEOPLE)
    )
    headers = {**EVERY_ANSWER, **audience, "Content-Type": content_type, "Cache-Control": cache_control}
    if kind not in WITHOUT_HSTS:
        headers["Strict-Transport-Security"] = "max-age=3600"
    return status, {name: value for name, value in headers.items() if value}


@pytest.mark.parametrize("kind", [*ANSWERS, *WHEN_BROKEN, *REFUSED])
def test_answer_has_the_headers_of_the_table(served, kind):
    status, headers, _content = served[kind]
    assert (status, {name: value for name, value in headers.items() if name in NAMES}) == expected(kind)


def test_refusal_says_its_status_and_repeats_nothing_of_the_request(served):
    said = {kind: served[kind][2].decode() for kind in REFUSED}
    assert said == {kind: f"{status} {HTTPStatus(status).phrase}\n" for kind, (_sent, status) in REFUSED.items()}


def test_cookie_is_set_by_the_sign_in_page_alone(served):
    assert {kind for kind, (_status, headers, _content) in served.items() if "Set-Cookie" in headers} == WITH_COOKIE


def test_redirect_says_where_to_and_refused_method_says_which(served):
    named = {
        kind: headers.get("Location") or headers.get("Allow") for kind, (_status, headers, _content) in served.items()
    }
    reading = "GET, HEAD, OPTIONS"
    assert {kind: value for kind, value in named.items() if value} == {
        "redirect to https": f"https://{HOST}/projects/",
        "redirect to the slash": "/projects/",
        "redirect of a page": "/milestones/fealac-founded/",
        "redirect of a file": "/milestones/fealac-founded.json",
        "sign-in asked for": "/admin/login/?next=/admin/",
        **dict.fromkeys(["page, OPTIONS", "file, OPTIONS", "405, page", "405, file"], reading),
    }
