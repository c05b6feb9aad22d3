"""One line in the log for each request, and a number by which all lines and the answer of one request are found."""

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.core.signals import request_finished
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

from cooperation.client_address import client_address

GetResponse = Callable[[HttpRequest], HttpResponseBase]
logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
# Stands in a line that no request caused.
NO_REQUEST = "-"
# What would begin another line, or colour a terminal, in a line that holds what a visitor sent.
CONTROL_CHARACTERS = {number: f"\\x{number:02x}" for number in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)}


@dataclass(slots=True)
class RunningRequest:
    """A request until its answer is out; `begun` is in seconds of `perf_counter`."""

    line: str
    address: str
    status: int = 0
    begun: float = field(default_factory=time.perf_counter)
    number: str = field(default_factory=lambda: secrets.token_hex(6))


_running: ContextVar[RunningRequest | None] = ContextVar("the request that is being answered", default=None)


def request_number() -> str:
    """Return the number of the request that is being answered."""
    running = _running.get()
    return running.number if running else NO_REQUEST


def log_requests(get_response: GetResponse) -> GetResponse:
    """Give the request a number of our own, say it in a header of the answer, and log the request when it is over.

    The query string is left out: it may hold what somebody looks for, and that of a form in the admin holds more.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        address = client_address(request) if settings.LOG_ADDRESSES else ""
        running = RunningRequest(f"{request.method} {escape_uri_path(request.path)}", address)
        _running.set(running)
        response = get_response(request)
        running.status = response.status_code
        response.headers[HEADER] = running.number
        # A file is read by the server itself.
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            response.streaming_content = tell_failure(cast(Iterator[bytes], response.streaming_content))
        return response

    return middleware


def tell_failure(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Log why an answer broke off whose beginning is out: nobody can be told with a page any more."""
    try:
        yield from pieces
    except Exception:
        logging.getLogger("django.request").exception("The answer broke off.")
        raise


def log_finished(**_signal: object) -> None:
    """Write the line of a request, after the last byte of its answer was passed on."""
    running = _running.get()
    if running is None:
        return
    if settings.ACCESS_LOG:
        milliseconds = round((time.perf_counter() - running.begun) * 1000)
        parts = (str(running.status), str(milliseconds), running.line, running.address)
        logger.info(" ".join(filter(None, parts)))
    _running.set(None)


request_finished.connect(log_finished)


class LogLine(logging.Formatter):
    """A line of the log: in UTC, with the number of the request, and never more than one line for a message.

    A request that was refused (4xx) is no failure of ours, and a fault of the database (503) none of the code, so that
    both are told without a traceback; of the fault what the database says.
    """

    def format(self, record: logging.LogRecord) -> str:
        status: Any = getattr(record, "status_code", None)
        if isinstance(status, int) and status != HTTPStatus.INTERNAL_SERVER_ERROR:
            record = copy(record)
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR and record.exc_info:
                record.msg, record.args = "%s (%s)", (record.getMessage(), record.exc_info[1])
            record.exc_info = record.exc_text = None
        return super().format(record)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (Python's name)
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (Python's name)
        record.request_number = request_number()
        return super().formatMessage(record).translate(CONTROL_CHARACTERS)


class NoOrdinaryRefusals(logging.Filter):
    """Leave out that there is nothing at an address (404), and the like: the line of the request says so.

    Who was refused for want of a right (403) is told, since somebody may be trying.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        status: Any = getattr(record, "status_code", None)
        is_refusal = isinstance(status, int) and 400 <= status < 500 and status != HTTPStatus.FORBIDDEN
        return record.name != "django.request" or not is_refusal
