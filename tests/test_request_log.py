"""The log: one line for each request, and the number by which a visitor and an operator speak of the same request."""

import io
import logging
import re

import pytest
from django.db import OperationalError, connection
from django.test import Client

from cooperation import request_log
from tests import builders
from tests.test_response_headers import ANSWERS

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r"[0-9a-f]{12}")
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


class Written(io.StringIO):
    """What is written to the log, without the times in it."""

    @property
    def lines(self):
        return [re.sub(rf"^{TIME} ", "", line) for line in self.getvalue().splitlines()]


@pytest.fixture
def written(settings):
    """All lines of the log, in their formats, in the place of both outputs."""
    settings.ACCESS_LOG = True
    written = Written()
    handlers = [logging.getLogger(), logging.getLogger(request_log.__name__)]
    streams = [handler for logger in handlers for handler in logger.handlers if type(handler) is logging.StreamHandler]
    assert len(streams) == 2
    before = [handler.setStream(written) for handler in streams]
    yield written
    for handler, stream in zip(streams, before, strict=True):
        handler.setStream(stream)


def ask(client, method, address):
    """The answer, read to its end."""
    answer = client.generic(method, address)
    answer.getvalue()
    return answer


@pytest.mark.parametrize(("method", "address", "status"), [row[:3] for row in ANSWERS])
def test_every_kind_of_answer_has_its_own_number_and_one_line(client, settings, written, method, address, status):
    settings.WHITENOISE_USE_FINDERS = True
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    builders.make_project("Rice seeds")
    builders.make_project("Lagoon charts", publication_status="withdrawn")
    first, second = (ask(client, method, address)["X-Request-ID"] for _each in range(2))
    assert NUMBER.fullmatch(first)
    assert NUMBER.fullmatch(second)
    assert first != second
    path = address.partition("?")[0]
    without_time = [re.sub(r" \d+ (?=[A-Z])", " ", line) for line in written.lines]
    assert without_time == [f"{first} {status} {method} {path}", f"{second} {status} {method} {path}"]


def test_kept_page_and_not_modified_have_numbers_of_their_own(client, written):
    made, kept = client.get("/about/"), client.get("/about/")
    unchanged = client.get("/about/", headers={"If-None-Match": kept["ETag"]})
    numbers = [answer["X-Request-ID"] for answer in (made, kept, unchanged)]
    assert (unchanged.status_code, len(set(numbers))) == (304, 3)
    assert [line.split()[0] for line in written.lines] == numbers


def test_number_that_a_visitor_sends_is_not_believed(client, written):
    answer = client.get("/about/", headers={"X-Request-ID": "0123456789ab"})
    assert answer["X-Request-ID"] != "0123456789ab"
    assert "0123456789ab" not in written.getvalue()


@pytest.mark.parametrize("address", ["/search/?q=amina", "/admin/login/?next=/admin/amina", "/projects.csv?q=amina"])
def test_line_holds_no_query_and_no_address_unless_a_setting_says_so(client, settings, written, address):
    path = address.partition("?")[0]
    client.get(address, REMOTE_ADDR="203.0.113.7").getvalue()
    assert re.fullmatch(rf"[0-9a-f]{{12}} 200 \d+ GET {path}", written.lines[-1])
    settings.LOG_ADDRESSES = True
    client.get(address, REMOTE_ADDR="203.0.113.7").getvalue()
    client.get(address, REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "2001:db8::7:1"}).getvalue()
    assert written.lines[-2].endswith(f" GET {path} 203.0.113.7")
    assert written.lines[-1].endswith(f" GET {path} 2001:db8::/64")


def test_no_line_is_written_for_a_request_if_a_setting_says_so(client, settings, written):
    settings.ACCESS_LOG = False
    assert NUMBER.fullmatch(client.get("/about/")["X-Request-ID"])
    assert written.lines == []


@pytest.mark.parametrize("address", ["/nowhere%0A2026-01-01T00:00:00.000Z%20200/", "/nowhere%1B[31m/", "/%E2%80%A8/"])
def test_path_never_begins_another_line(client, written, address):
    number = client.get(address)["X-Request-ID"]
    [line] = written.lines
    assert re.fullmatch(rf"{number} 404 \d+ GET /[!-~]+/", line)


def test_form_without_its_token_is_refused_in_one_line_that_says_why(written):
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "mere"})
    number = answer["X-Request-ID"]
    assert answer.status_code == 403
    refusal, request = written.lines
    assert refusal == f"{number} WARNING django.security.csrf: Forbidden (CSRF cookie not set.): /admin/login/"
    assert re.fullmatch(rf"{number} 403 \d+ POST /admin/login/", request)


def test_host_that_is_not_ours_is_told_in_one_line_without_a_traceback(client, written):
    answer = client.get("/about/", headers={"Host": "evil.example"})
    refusal, request = written.lines
    assert refusal.startswith(f"{answer['X-Request-ID']} ERROR django.security.DisallowedHost: Invalid HTTP_HOST")
    assert request.startswith(f"{answer['X-Request-ID']} 400 ")


@pytest.fixture
def broken(client):
    """A browser that shows the page of a failure; the column of the titles of projects is gone."""
    builders.make_project("Rice seeds")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cooperation_project RENAME COLUMN title TO heading")
    client.raise_request_exception = False
    return client


def test_failure_is_found_in_the_log_by_the_number_on_its_page(broken, written):
    answer = broken.get("/projects/")
    number = answer["X-Request-ID"]
    assert answer.status_code == 500
    assert f"If you write to us about it, quote this number: <code>{number}</code>" in answer.content.decode()
    lines = written.lines
    assert lines[0] == f"{number} ERROR django.request: Internal Server Error: /projects/"
    assert lines[1] == "Traceback (most recent call last):"
    assert any("title does not exist" in line or "no such column" in line for line in lines[2:-1])
    assert re.fullmatch(rf"{number} 500 \d+ GET /projects/", lines[-1])


def test_answer_that_breaks_off_is_told(written):
    def rows():
        yield b"id,title\n"
        raise OperationalError("the disk was taken out")

    pieces = request_log.tell_failure(rows())
    assert next(pieces) == b"id,title\n"
    with pytest.raises(OperationalError):
        next(pieces)
    assert written.lines[0] == "- ERROR django.request: The answer broke off."
    assert written.lines[-1] == "django.db.utils.OperationalError: the disk was taken out"


def test_line_of_a_program_outside_of_requests_has_no_number(written):
    logging.getLogger("cooperation.links").warning("The address cannot be\nasked.")
    assert written.lines == ["- WARNING cooperation.links: The address cannot be\\x0aasked."]
