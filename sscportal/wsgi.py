import gc
import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.wsgi import get_wsgi_application
from django.urls import Resolver404, resolve

from sscportal.settings import stop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sscportal.settings")
BOUNDARY = re.compile(r";\s*(boundary=(\"[^\"]*\"|[^;\s]*))", re.IGNORECASE)

django_application = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    """Answer a request, whether or not the proxy has taken the prefix off its path."""
    environ["PATH_INFO"] = without_prefix(environ.get("PATH_INFO", ""), settings.URL_PREFIX)
    environ["CONTENT_TYPE"] = plain_content_type(environ.get("CONTENT_TYPE", ""))
    if environ.get("CONTENT_LENGTH", "").isdecimal():
        environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(environ["CONTENT_LENGTH"]))
    return django_application(environ, start_response)


class WholeBody:
    """The body of a request, of which nothing is taken in unless all of it comes.

    gunicorn passes on what came before a connection broke as if it were all: half a sentence would be saved.
    """

    def __init__(self, body: Any, length: int) -> None:
        self.body, self.missing = body, length

    def read(self, size: int) -> bytes:
        wanted = min(size, self.missing)
        piece: bytes = self.body.read(wanted)
        if len(piece) < wanted:
            raise BadRequest("The request ended before its body did")
        self.missing -= len(piece)
        return piece

    def readline(self, size: int) -> bytes:
        line: bytes = self.body.readline(min(size, self.missing))
        if not line and self.missing:
            raise BadRequest("The request ended before its body did")
        self.missing -= len(line)
        return line


def without_prefix(path: str, prefix: str) -> str:
    return path.removeprefix(prefix) if f"{path}/".startswith(f"{prefix}/") else path


def plain_content_type(text: str) -> str:
    """Drop all parameters of a Content-Type but the boundary of a form with files.

    Django reads the query string in the charset that they name, and fails before any middleware when Python knows it,
    but not as one of texts (rot13). The forms of the portal are UTF-8.
    """
    boundary = BOUNDARY.search(text)
    kind = text.partition(";")[0]
    return f"{kind}; {boundary[1]}" if boundary else kind


def is_own_path(prefix: str) -> bool:
    """Tell if the portal has a page or file at this path, so that a proxy could mean either."""
    if prefix.startswith("/static"):
        return True
    for path in (prefix, f"{prefix}/"):
        try:
            resolve(path)
        except Resolver404:
            continue
        return True
    return False


if settings.URL_PREFIX and is_own_path(settings.URL_PREFIX):
    stop(f"URL_PREFIX is “{settings.URL_PREFIX}”, which is also an address within the portal. Choose another one.")

# Pages and files make many short-lived rows and lists. Looking through them after every 700, as Python does by itself,
# costs a CSV file a quarter of its time.
gc.set_threshold(100_000, 20, 100)
