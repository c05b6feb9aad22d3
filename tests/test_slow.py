"""Gunicorn beside twenty visitors who are slow: one process, without a proxy."""

import socket
import statistics
from contextlib import ExitStack, contextmanager
from time import monotonic
from urllib.parse import urlencode

import pytest

from sscportal.worker import HEAD_SECONDS
from tests.installation import Installation
from tests.served import report, serving

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

SLOW = 20
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = (
    b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nusername="
)


@pytest.fixture(scope="module")
def installation(set_up, tmp_path_factory):
    return Installation.make(tmp_path_factory.mktemp("slow"), var=set_up.var)


@contextmanager
def slow_visitors(port, sent, number=SLOW):
    """Open connections on each of which these bytes came, and nothing after them."""
    with ExitStack() as stack:
        visitors = []
        for _each in range(number):
            visitor = stack.enter_context(socket.socket())
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            visitor.settimeout(60)
            visitor.connect(("127.0.0.1", port))
            visitor.sendall(sent)
            visitors.append(visitor)
        yield visitors


def p95(browser, address="/projects/", requests=40):
    """Seconds after which 95 of 100 answers are there."""
    times = []
    for _each in range(requests):
        begin = monotonic()
        assert browser.get(address).status == 200
        times.append(monotonic() - begin)
    return statistics.quantiles(times, n=20)[-1]


@pytest.mark.parametrize("sent", [b"", HEAD, BODY], ids=["nothing", "half a head", "half a body"])
def test_twenty_unfinished_requests_keep_no_reader_waiting(installation, sent):
    with serving(installation) as browser:
        browser.get("/projects/")
        with slow_visitors(browser.port, sent):
            assert p95(browser) < 0.5


def test_twenty_readers_who_do_not_read_keep_nobody_waiting(installation):
    with serving(installation) as browser:
        browser.get("/projects/")
        with slow_visitors(browser.port, b"GET /projects.xml HTTP/1.1\r\nHost: localhost\r\n\r\n"):
            assert p95(browser) < 0.5


def test_form_that_was_cut_off_is_refused_and_not_taken_for_a_whole_one(installation):
    [(project, slug)] = installation.query(
        "SELECT id, slug FROM cooperation_project WHERE publication_status = 'published' ORDER BY id LIMIT 1"
    )
    address, form = report(installation, project, slug)
    body = urlencode({"token": form["token"], "what": form["what"]})
    head = (
        f"POST {address} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with serving(installation) as browser, slow_visitors(browser.port, f"{head}{body[:-9]}".encode(), 1) as [visitor]:
        visitor.shutdown(socket.SHUT_WR)
        assert visitor.recv(100).startswith(b"HTTP/1.1 400 ")
    assert installation.query("SELECT COUNT(*) FROM cooperation_correction") == [(0,)]


def test_head_that_does_not_come_is_given_up(installation):
    with serving(installation) as browser, slow_visitors(browser.port, HEAD, 30) as visitors:
        begin = monotonic()
        assert [visitor.recv(100) for visitor in visitors] == [b""] * 30
        assert HEAD_SECONDS - 2 < monotonic() - begin < 3 * HEAD_SECONDS + 5
        assert browser.get("/about/").status == 200
    assert "Traceback" not in (installation.folder / "log").read_text()
