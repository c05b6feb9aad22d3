"""Public pages are made once and given again until a record changes.

What a page depends on is the address under which it is kept, the data version among it. So nothing ever has to be
thrown away: after a change every page has another address, and what nobody asks for any more runs out.
"""

import gzip
import logging
from functools import wraps
from hashlib import sha256
from pathlib import Path
from time import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseNotModified, QueryDict
from django.middleware.gzip import re_accepts_gzip
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, urlencode
from django.utils.text import compress_string
from django.utils.translation import get_language

from cooperation import changes

logger = logging.getLogger(__name__)

HOUR, DAY = 3_600, 86_400  # seconds
# Bytes, compressed: about 1 MB of text.
LARGEST_KEPT = 100_000
# Whatever a page is made by.
RELEASE_PARTS = ("cooperation", "sscportal", "templates", "static", "requirements.txt")
# The settings that a page may show.
SHOWN_SETTINGS = (
    "OPERATOR_NAME",
    "OPERATOR_CONTACT",
    "ACCESSIBILITY_EVALUATION",
    "ACCESSIBILITY_COMPLAINTS",
    "CORRECTION_RETENTION_DAYS",
    "AUDIT_RETENTION_DAYS",
    "LOG_ADDRESSES",
    "READ_ONLY",
)
# A view that sets one of these treats its visitors differently, or has done our work already.
OWN_CONCERNS = ("Cache-Control", "Content-Encoding", "Vary")


def read_release(base):
    """The digest of all files that pages are made by, and the second by which the newest of them was there."""
    parts = [base / part for part in RELEASE_PARTS]
    files = sorted(file for part in parts for file in (part, *part.rglob("*")) if is_part_of_release(file))
    digest = sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(base)} {len(content)}\n".encode() + content)
    return digest.hexdigest(), max((int(file.stat().st_mtime) + 1 for file in files), default=0)


def is_part_of_release(file):
    return file.is_file() and file.parent.name != "__pycache__"


# Read together with the code: the files of the next release may come while this one still runs.
RELEASE, RELEASED = read_release(Path(settings.BASE_DIR))


def public_page(view):
    """Give every visitor the same answer of `view`, kept until a record changes, and “not modified” to who has it.

    A view tells by `parameters(query)`, a function or a class method, which `QueryDict` of the given one it heeds, with
    defaults and unknown names left out; one that tells nothing heeds none. It then finds in `request.GET` that and
    nothing else, its names and the values of each name sorted.
    """
    read_parameters = getattr(getattr(view, "view_class", view), "parameters", None)

    @wraps(view)
    def page(request, *args, **kwargs):
        if request.method not in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        version, now = changes.current(), int(time())
        with changes.pinned(version):
            query = in_order(read_parameters(request.GET)) if read_parameters else ""
        if settings.DEBUG:
            return answer(view, request, query, version, args, kwargs)
        digest = address(request, query, version, now // DAY)
        # A change counts from the end of its second: others may have followed within it.
        last_modified = max(version // 1_000_000 + 1, RELEASED, now // DAY * DAY)
        headers = {
            "Cache-Control": "public, no-cache",
            "ETag": f'W/"{digest}"',
            "Last-Modified": http_date(min(last_modified, now)),
            "Vary": "Accept-Encoding",
        }
        # Only who was given this very page knows its digest. A date proves nothing: it waits for the page, below.
        if f'"{digest}"' in request.META.get("HTTP_IF_NONE_MATCH", ""):
            return HttpResponseNotModified(headers=headers)
        kept, cache_works = fetch(digest)
        if kept is None:
            response = answer(view, request, query, version, args, kwargs)
            if not is_for_everyone(request, response):
                return response
            if response.streaming:
                for name, value in headers.items():
                    response.headers[name] = value
                return get_conditional_response(request, headers["ETag"], last_modified, response)
            kept = pack(response)
            is_small = len(kept[1]) <= LARGEST_KEPT
            # The version is read again: what was made while a record changed may be of both versions.
            if cache_works and is_small and request.method == "GET" and changes.current() == version:
                keep(digest, kept)
        return get_conditional_response(request, headers["ETag"], last_modified, unpack(kept, request, headers))

    return page


def in_order(query):
    """The query string that all spellings of `query` share."""
    return urlencode(sorted((name, sorted(values)) for name, values in query.lists()), doseq=True)


def address(request, query, version, day):
    """The digest of everything that a page depends on. Pages count from “today”, so each day has its own.

    The script name is a part of its own: links begin with it, while the rest of the path alone chooses the view.
    """
    place = (request.scheme, request.get_host(), request.META["SCRIPT_NAME"], request.path_info)
    shown = tuple(getattr(settings, name) for name in SHOWN_SETTINGS)
    parts = (*place, query, get_language(), day, RELEASE, shown, version)
    return sha256(repr(parts).encode()).hexdigest()


def answer(view, request, query, version, args, kwargs):
    """What `view` says under `query` at a data version, as a finished page."""
    request.GET = QueryDict(query)
    # Also what `build_absolute_uri` gives: a parameter that nobody heeds is not in the key of the page.
    request.META["QUERY_STRING"] = query
    with changes.pinned(version):
        response = view(request, *args, **kwargs)
        return response.render() if hasattr(response, "render") else response


def is_for_everyone(request, response):
    """True for a page that is there and the same for all; the token of a form belongs to one visitor."""
    is_personal = response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    return response.status_code == 200 and not is_personal and not any(name in response for name in OWN_CONCERNS)


def pack(response):
    """`(headers, compressed content)`, of plain types only: another process may read it."""
    return dict(response.items()), compress_string(response.content)


def unpack(kept, request, headers):
    """The page that `pack` made this of, compressed if the visitor takes it so; for HEAD, only what is said of it."""
    own_headers, content = kept
    headers = {**own_headers, **headers}
    if re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    headers["Content-Length"] = str(len(content))
    return HttpResponse(b"" if request.method == "HEAD" else content, headers=headers)


def fetch(digest):
    """`(what is kept or None, whether the cache works)`."""
    try:
        return cache.get(f"public_page:{digest}"), True
    except Exception as error:  # whatever a cache may raise: the page can be made without it
        logger.warning("The cache cannot be read: %s", error)
        return None, False


def keep(digest, kept):
    try:
        cache.set(f"public_page:{digest}", kept, HOUR)
    except Exception as error:
        logger.warning("The cache cannot be written: %s", error)
