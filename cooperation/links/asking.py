"""Asks one web address whether it answers, politely, and says in words what came of it."""

import http.client
import socket
import ssl
from collections import defaultdict
from collections.abc import Callable, Collection
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from threading import Lock
from time import monotonic, sleep
from urllib.parse import urldefrag, urljoin, urlsplit

from django.utils.translation import gettext as _

from cooperation.links.connection import (
    NotAskedError,
    TooMuchError,
    UnfitAddressError,
    is_public,
    read_place,
    request,
    resolve_once,
)

MOST_REDIRECTS = 5
LONGEST_ADDRESS = 2_000
REDIRECTS = (301, 302, 303, 307, 308)
PERMANENT = (301, 308)
GONE = (404, 410)
# Whoever has no account, or is a program, is often sent away from pages that people can read.
REFUSED_TO_PROGRAMS = (401, 403, 407, 429, 451, 999)
# OpenSSL: the certificate of the issuer is missing. Browsers find it themselves; whether it is a good one is not known.
ISSUER_MISSING = (20, 21)


class Outcome(Enum):
    GOOD = "good"
    MOVED = "moved"
    GONE = "gone"  # for good, as the server says
    FAILED = "failed"  # perhaps for a while only
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Finding:
    """What came of asking an address. `detail` is a sentence, or, if it moved, the new address."""

    outcome: Outcome
    detail: str = ""
    # Whether any server answered, so that the machine that asks is known to be connected.
    heard: bool = True


@dataclass
class Turns:
    """Who asks a host next: one at a time, with a pause of some seconds after each request."""

    pause: float
    locks: dict = field(default_factory=lambda: defaultdict(Lock))
    free_from: dict = field(default_factory=lambda: defaultdict(float))
    own_lock: Lock = field(default_factory=Lock)

    @contextmanager
    def turn(self, host):
        with self.own_lock:
            lock = self.locks[host]
        with lock:
            sleep(max(0, self.free_from[host] - monotonic()))
            try:
                yield
            finally:
                self.free_from[host] = monotonic() + self.pause


@dataclass
class Asker:
    """Asks web addresses on behalf of the portal at `site`. Times are in seconds.

    `may_connect` says of an IP address whether it may be connected to, `ports` are those that are asked.
    """

    site: str
    pause: float = 1
    request_seconds: float = 15
    address_seconds: float = 60
    may_connect: Callable[[str], bool] = is_public
    ports: Collection[int] = (80, 443)
    resolve: Callable = socket.getaddrinfo
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def __post_init__(self):
        self.turns = Turns(self.pause)
        self.headers = {
            "User-Agent": f"sscportal-links/1.0 (checks the links of {self.site}/about/)",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }

    def ask(self, address):
        """The `Finding` about a web address."""
        heard, trail = False, Trail(address.partition("#")[0])
        try:
            started = monotonic()
            while True:
                if monotonic() - started > self.address_seconds:
                    raise TimeoutError
                status, headers = self.answer_of(trail.at)
                heard = True
                if status not in REDIRECTS or "Location" not in headers:
                    return trail.judge(status, headers)
                trail.follow(status, headers)
        except NotAskedError as error:
            return Finding(Outcome.NOT_ASKED, trail.told(str(error)), heard)
        except CookieWallError as error:
            return Finding(Outcome.GOOD, str(error))
        except ssl.SSLCertVerificationError as error:
            if error.verify_code in ISSUER_MISSING:
                sentence = _("Answers; who issued its certificate is not known here.")
                return Finding(Outcome.GOOD, trail.told(sentence))
            return Finding(Outcome.FAILED, trail.told(in_words(error)), True)
        except (OSError, http.client.HTTPException, UnfitAddressError) as error:
            return Finding(Outcome.FAILED, trail.told(in_words(error)), heard)

    def answer_of(self, address):
        """`(status, headers)` of one address: asked for the head alone, and for the page if that does not satisfy."""
        place = read_place(address, self.ports)
        addresses = resolve_once(place, self.resolve, self.may_connect)
        try:
            status, headers = self.request(place, "HEAD", addresses)
        except (http.client.HTTPException, TimeoutError, ConnectionResetError, TooMuchError):
            return self.request(place, "GET", addresses)
        return (status, headers) if status < 400 else self.request(place, "GET", addresses)

    def request(self, place, method, addresses):
        with self.turns.turn(place.host):
            return request(place, method, addresses, self.headers, self.tls, monotonic() + self.request_seconds)


class CookieWallError(Exception):
    """A server that sends whoever keeps no cookie in a circle. People get in."""


class Trail:
    """The way from an address over its redirects."""

    def __init__(self, address):
        self.seen = [address]
        self.moved_to = ""
        self.is_permanent = True  # so far
        self.sets_cookie = self.loses_encryption = False

    @property
    def at(self):
        return self.seen[-1]

    def follow(self, status, headers):
        """Go to where a redirect leads. Raises `UnfitAddressError` or `CookieWallError`."""
        # Servers write UTF-8, which http.client reads as Latin-1.
        location = headers["Location"].strip().encode("latin-1", "replace").decode("utf-8", "replace")
        try:
            target = urldefrag(urljoin(self.at, location)).url
        except ValueError as error:
            raise UnfitAddressError(_("It leads on to what is not an address.")) from error
        target = "".join(letter for letter in target if letter.isprintable())
        self.sets_cookie = self.sets_cookie or "Set-Cookie" in headers
        if len(target) > LONGEST_ADDRESS:
            raise UnfitAddressError(_("It leads on to an address that is too long."))
        if target in self.seen or len(self.seen) > MOST_REDIRECTS:
            if self.sets_cookie:
                raise CookieWallError(_("Answers to those who keep cookies only."))
            if target in self.seen:
                raise UnfitAddressError(_("It leads in a circle."))
            raise UnfitAddressError(_("It leads on more than %(most)s times.") % {"most": MOST_REDIRECTS})
        if urlsplit(self.at).scheme == "https" and urlsplit(target).scheme == "http":
            self.loses_encryption = True
        self.is_permanent = self.is_permanent and status in PERMANENT
        if self.is_permanent:
            self.moved_to = target
        self.seen.append(target)

    def judge(self, status, headers):
        """The `Finding` about an address whose last answer is this one."""
        if status in GONE:
            return Finding(Outcome.GONE, self.told(named(status)))
        # Cloudflare says by this header that it would let a person in.
        is_for_people = status in REFUSED_TO_PROGRAMS or headers.get("cf-mitigated") == "challenge"
        if (status >= 500 or status == 408) and not is_for_people:
            return Finding(Outcome.FAILED, self.told(named(status)))
        if self.moved_to and status < 400:
            return Finding(Outcome.MOVED, self.moved_to)
        if is_for_people:
            return Finding(Outcome.GOOD, self.told(_("%(status)s: not for programs.") % {"status": named(status)}))
        if status >= 400:
            return Finding(Outcome.GOOD, self.told(named(status)))
        return Finding(Outcome.GOOD, _("It leads from https to http.") if self.loses_encryption else "")

    def told(self, sentence):
        """A sentence about where the trail ended, after where that is."""
        if len(self.seen) == 1:
            return sentence
        return _("Leads to %(address)s. %(sentence)s") % {"address": self.at[:300], "sentence": sentence}


def named(status):
    """“404 Not Found”."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def in_words(error):
    """Why there was no answer."""
    if isinstance(error, UnfitAddressError):
        return str(error)
    if isinstance(error, UnicodeError):
        return _("It is not an address that can be read.")
    if isinstance(error, socket.gaierror):
        return _("The name of its server is not known.")
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("Its certificate is not valid: %(why)s.") % {"why": error.verify_message}
    if isinstance(error, ssl.SSLError):
        return _("It cannot be reached with encryption.")
    if isinstance(error, TimeoutError):
        return _("It took too long to answer.")
    if isinstance(error, ConnectionRefusedError):
        return _("Its server takes no connection.")
    if isinstance(error, TooMuchError):
        return _("It sends more than a web page begins with.")
    if isinstance(error, http.client.HTTPException):
        return _("What it sends is not a web page.")
    return _("It cannot be reached.")
