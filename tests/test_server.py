"""The portal behind gunicorn as it is shipped: what the headers of one visitor may do to the pages of the others."""

import http.client
import re
import socket
from contextlib import contextmanager

import pytest

from tests.installation import Installation, answers, end, free_port, wait_until

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

GUNICORN = ("-m", "gunicorn", "-c", "sscportal/gunicorn.py")
SECURITY_HEADERS = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
}
# What belongs to one moment or to one visitor.
OWN_HEADERS = {"Connection", "Date", "ETag", "Expires", "Last-Modified", "Set-Cookie", "X-Request-ID"}
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
PORT = re.compile(rb"(?<=localhost)(:|=3A)\d{5}")
VERSION = re.compile(rb"(gunicorn|django|python|whitenoise|sqlite)[^\n]{0,3}\d|traceback", re.IGNORECASE)

ADDRESSES = [
    "/",
    "/projects/",
    "/projects/?country=THA&sort=title",
    "/projects/mtcp-small-states/",
    "/projects/withdrawn-one/",
    "/projects/never-was/",
    "/projects.csv?country=FJI",
    "/projects.json?country=Atlantis",
    "/projects.json?country=FJI",
    "/projects.atom?country=FJI",
    "/projects/never-was.json",
    "/projects",
    "/timeline/fealac-founded/",
    "/search/?q=fealac",
    "/sitemap.xml",
    "/healthz",
    "/static/cooperation/portal.css",
    "/admin/login/",
]

HOSTILE_HEADERS = [
    ("SCRIPT_NAME", "/projects"),
    ("SCRIPT_NAME", "/evil"),
    ("Script-Name", "/projects"),
    ("PATH_INFO", "/about/"),
    ("X-Script-Name", "/projects"),
    ("X-Forwarded-Prefix", "/projects"),
    ("X-Original-URL", "/about/"),
    ("X-Rewrite-URL", "/about/"),
    ("Host", "evil.example"),
    ("Host", "localhost:1"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Server", "evil.example"),
    ("X-Forwarded-Port", "8443"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Protocol", "ssl"),
    ("X-Forwarded-Ssl", "on"),
    ("Front-End-Https", "on"),
    ("Forwarded", "for=192.0.2.1;host=evil.example;proto=https"),
    ("X-Forwarded-For", "<script>, ::1"),
    ("X-Real-IP", "127.0.0.1"),
    ("Remote-User", "curator"),
    ("REMOTE_USER", "curator"),
    ("Authorization", "Basic Y3VyYXRvcjpodXNo"),
    ("Cookie", "sessionid=0; csrftoken=1; messages=[]; django_language=es; =;;"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("X-Request-ID", "000000000000"),
    ("X-Requested-With", "XMLHttpRequest"),
    ("Accept", "application/json"),
    ("Accept-Charset", "utf-16"),
    ("Accept-Encoding", "gzip, br;q=nonsense"),
    ("Accept-Language", "es"),
    ("Content-Type", "text/html; charset=rot13"),
    ("Content-Type", "multipart/form-data; boundary*=nonsense'en'x; charset=utf-16"),
    ("Range", "bytes=0-9"),
    ("If-Match", '"0"'),
    ("If-Modified-Since", "Fri, 31 Dec 9999 23:59:60 GMT"),
    ("If-None-Match", "*"),
    ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("Cache-Control", "no-store"),
    ("Origin", "https://evil.example"),
    ("Referer", 'https://evil.example/"><script>'),
    ("Sec-Fetch-Site", "cross-site"),
    ("User-Agent", "<script>alert(1)</script>"),
    ("Upgrade", "websocket"),
    ("Proxy", "http://evil.example"),
    ("X-Bytes", "\xff\xfe\x80"),
    ("X-Large", "x" * 8_000),
]


@contextmanager
def running(installation, log, **variables):
    """The port of the portal as gunicorn serves it, what it says in the file `log`; ended whatever happens."""
    port = free_port()
    with log.open("w") as output:
        process = installation.start(*GUNICORN, output=output, BIND=f"127.0.0.1:{port}", **variables)
    try:
        wait_until(lambda: answers(port), process)
        yield port
    finally:
        end(process)


@pytest.fixture(scope="module")
def installation(set_up, tmp_path_factory):
    installation = Installation.make(tmp_path_factory.mktemp("served"), var=set_up.var)
    [(detail,), (withdrawn,)] = installation.query("SELECT id FROM cooperation_project ORDER BY id LIMIT 2")
    change = "UPDATE cooperation_project SET slug = '{}', publication_status = '{}' WHERE id = {}"
    installation.query(change.format("mtcp-small-states", "published", detail))
    installation.query(change.format("withdrawn-one", "withdrawn", withdrawn))
    return installation


@pytest.fixture(scope="module")
def port(installation):
    with running(installation, installation.folder / "log", WEB_CONCURRENCY="1") as port:
        yield port


@pytest.fixture
def visitor(port):
    """A connection that is kept alive, so that all that it asks is answered by one process."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    yield connection
    connection.close()


def ask(visitor, address, headers=(), method="GET"):
    """`(status, headers, body)` of an answer."""
    visitor.request(method, address, headers=dict(headers))
    answer = visitor.getresponse()
    return answer.status, answer.headers, answer.read()


def what_everybody_gets(visitor, address, host="localhost:10000"):
    """The same of a request without any header of its own, but for the port and for what belongs to the moment."""
    status, headers, body = ask(visitor, address, {"Host": host})
    said = [(name, PORT.sub(b"", value.encode())) for name, value in headers.items() if name not in OWN_HEADERS]
    return status, said, PORT.sub(b"", TOKEN.sub(b"", body))


def test_no_header_changes_what_the_next_visitor_reads(visitor):
    before = {address: what_everybody_gets(visitor, address) for address in ADDRESSES}
    assert {status for status, _headers, _body in before.values()} == {200, 301, 400, 404, 410}
    faults = []
    for number, (name, value) in enumerate(HOSTILE_HEADERS, 10_001):
        # Each host has pages of its own, so that whoever comes with the header is the first to ask for them.
        host = f"localhost:{number}"
        for address in ADDRESSES:
            status, headers, _body = ask(visitor, address, {"Host": host, name: value})
            missing = SECURITY_HEADERS - set(headers)
            if status >= 500 or missing:
                faults.append((name, value, address, status, missing))
            if what_everybody_gets(visitor, address, host) != before[address]:
                faults.append((name, value, address, "poisoned"))
    assert faults == []


REFUSED = {
    "no request line": b"HELO portal\r\n\r\n",
    "another version of HTTP": b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "a long request line": b"GET /?q=" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 9_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Many: x\r\n" * 101 + b"\r\n",
    "a header with a space in its name": b"GET / HTTP/1.1\r\nHost: localhost\r\nX Name: x\r\n\r\n",
    "a control character in a header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Name: \x00\r\n\r\n",
    "an unknown transfer coding": b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: rot13\r\n\r\n",
    "an unknown expectation": b"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: wonders\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    "an unknown host": b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "an unknown page": b"GET /nowhere/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "an unknown method": b"BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", REFUSED.values(), ids=REFUSED)
def test_refused_request_learns_no_version(port, request_bytes):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request_bytes)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501 ")), answer[:100]
    assert VERSION.findall(answer) == []


@pytest.mark.parametrize("name", ["staticfiles.json", "staticfiles.json.gz"])
def test_list_of_static_files_is_not_served(installation, visitor, name):
    static = installation.var / "static"
    assert (static / "staticfiles.json").exists()
    status, headers, body = ask(visitor, f"/static/{name}")
    assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert b"There is no public page at this address." in body


def test_one_line_without_query_and_address_is_written_for_a_request(installation, visitor):
    _status, headers, _body = ask(visitor, "/about/?asked=1")
    # It is written after the answer, and by the same thread before the next one.
    ask(visitor, "/about/")
    pattern = rf"^\S+Z {headers['X-Request-ID']} (.*)$"
    [line] = re.findall(pattern, (installation.folder / "log").read_text(), re.MULTILINE)
    assert re.fullmatch(r"200 \d+ GET /about/", line)


def test_portal_under_a_prefix_fits_both_kinds_of_proxies(installation, tmp_path):
    log = tmp_path / "log"
    with running(installation, log, URL_PREFIX="/registry", WEB_CONCURRENCY="1") as port:
        visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for path in ("/", "/projects/", "/projects/mtcp-small-states/", "/timeline/", "/data/", "/admin/login/"):
            passed_on = what_everybody_gets(visitor, f"/registry{path}")
            assert passed_on == what_everybody_gets(visitor, path)
            assert passed_on[0] == 200
            links = re.findall(rb'(?:href|action|src)="(/[^"]*)"', passed_on[2])
            assert len(links) > 3
            assert [link for link in links if not link.startswith(b"/registry/")] == []
            assert not path.endswith("-states/") or ask(visitor, links[0].decode())[0] == 200
        status, headers, _body = ask(visitor, "/registry/projects")
        assert (status, headers["Location"]) == (301, "/registry/projects/")
        assert "Path=/registry/;" in ask(visitor, "/registry/admin/login/")[1]["Set-Cookie"]
        robots = ask(visitor, "/registry/robots.txt")[2]
        assert robots == ask(visitor, "/robots.txt")[2]
        assert b"Disallow: /registry/admin/\n" in robots
        assert ask(visitor, "/registryx/")[0] == 404
        visitor.close()
    assert re.search(r"^\S+Z [0-9a-f]{12} 301 \d+ GET /registry/projects$", log.read_text(), re.MULTILINE)


@pytest.mark.parametrize("prefix", ["/projects", "/admin/registry", "/static"])
def test_prefix_that_is_an_address_of_the_portal_ends_gunicorn_with_a_sentence(installation, prefix):
    result = installation.run(*GUNICORN, "--log-level", "critical", BIND=f"127.0.0.1:{free_port()}", URL_PREFIX=prefix)
    assert result.returncode == 3
    assert result.stderr == (
        f"URL_PREFIX is “{prefix}”, which is also an address within the portal. Choose another one.\n"
    )


def test_script_name_of_the_environment_ends_gunicorn_with_a_sentence(installation):
    result = installation.run(*GUNICORN, BIND=f"127.0.0.1:{free_port()}", SCRIPT_NAME="/registry")
    assert result.returncode == 3
    assert result.stderr == "SCRIPT_NAME is set, which the portal does not read. Write URL_PREFIX instead.\n"
