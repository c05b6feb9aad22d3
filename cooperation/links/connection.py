"""A connection to a web server on the public internet, and to no other machine, bounded in time and bytes.

Of the standard library: a client of HTTP that is made for programs resolves a name once more when it connects, and by
then the name may lead to a machine inside the network. Here the address that was looked at is the one connected to.
"""

import http.client
import io
import socket
import ssl
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from time import monotonic
from urllib.parse import urlsplit

from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from cooperation.models.web_address import WEB_SCHEMES

DEFAULT_PORTS = {"http": 80, "https": 443}
# Of what a server sends, head and beginning of the page. Twice the longest head that http.client takes in.
MOST_BYTES = 200_000
# All that is given out of IPv6 for the public internet.
PUBLIC_IPV6 = ip_network("2000::/3")
# Behind these prefixes stands an IPv4 address, to which the network translates.
TRANSLATED = [ip_network("64:ff9b::/96"), ip_network("::ffff:0:0/96")]
# Services of cloud machines at addresses that count as public.
REFUSED = [ip_network("168.63.129.16/32")]


class NotAskedError(Exception):
    """An address that this program does not ask, though it may be a good one. `str()` says why."""


class UnfitAddressError(Exception):
    """An address at which no reader of the web can find anything. `str()` says why."""


class TooMuchError(OSError):
    """A server that sends more than anybody needs to know that it answers."""


@dataclass(frozen=True)
class Place:
    """Where a web address leads: `target` is what the server is asked for."""

    scheme: str
    host: str  # in ASCII, lower case, IPv6 without brackets
    port: int
    target: str

    @property
    def host_header(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def read_place(address, ports):
    """The `Place` of a web address; `ports` are those that may be asked.

    Raises `UnfitAddressError` or `NotAskedError`.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
        if ":" not in host:
            host = host.encode("idna").decode("ascii")
    except ValueError as error:  # UnicodeError among them
        raise UnfitAddressError(_("It is not an address that can be read.")) from error
    if parts.scheme not in WEB_SCHEMES:
        raise UnfitAddressError(_("It does not begin with http:// or https://."))
    if not host:
        raise UnfitAddressError(_("It names no server."))
    if "@" in parts.netloc:
        raise NotAskedError(_("It holds a user name or a password, which are not sent."))
    port = port or DEFAULT_PORTS[parts.scheme]
    if port not in ports:
        raise NotAskedError(_("Its port %(port)s is not asked, only 80 and 443 are.") % {"port": port})
    query = f"?{parts.query}" if parts.query else ""
    return Place(parts.scheme, host, port, iri_to_uri(f"{parts.path or '/'}{query}"))


def is_public(text):
    """Whether an IP address belongs to a machine on the public internet, also where it stands for another one."""
    address = ip_address(text.partition("%")[0])
    if address.version == 6 and any(address in network for network in TRANSLATED):
        address = ip_address(address.packed[-4:])
    if address.is_multicast or not address.is_global or any(address in network for network in REFUSED):
        return False
    if address.version == 4:
        return True
    tunnelled = [each for each in (address.sixtofour, *(address.teredo or ())) if each]
    return address in PUBLIC_IPV6 and all(is_public(str(each)) for each in tunnelled)


def resolve_once(place, resolve, may_connect):
    """`[(family, IP address and port), ...]` of a place, at most three.

    Raises `socket.gaierror` for an unknown name, `UnfitAddressError` if any machine of that name is not to be asked.
    """
    found = resolve(place.host, place.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys((family, address) for family, _kind, _protocol, _name, address in found))
    refused = [address[0] for _family, address in addresses if not may_connect(address[0])]
    if refused:
        sentence = _("%(host)s leads to %(ip)s, which is inside a network and not on the public internet.")
        raise UnfitAddressError(sentence % {"host": place.host, "ip": refused[0]})
    return addresses[:3]


def seconds_until(deadline):
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class BoundedReader(io.RawIOBase):
    """What a socket receives, until a deadline, and no more than `MOST_BYTES`."""

    def __init__(self, connected, deadline):
        self.connected, self.deadline, self.left = connected, deadline, MOST_BYTES

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self.left:
            raise TooMuchError
        # A server that sends a byte now and then never lets a timeout of the socket run out: this one shrinks.
        self.connected.settimeout(seconds_until(self.deadline))
        received = self.connected.recv_into(memoryview(buffer)[: self.left])
        self.left -= received
        return received


class BoundedSocket:
    """What `http.client` asks of a socket. Whoever connected it closes it."""

    def __init__(self, connected, deadline):
        self.connected, self.deadline = connected, deadline

    def sendall(self, content):
        self.connected.settimeout(seconds_until(self.deadline))
        self.connected.sendall(content)

    def makefile(self, _mode):
        return io.BufferedReader(BoundedReader(self.connected, self.deadline))

    def close(self):
        pass


def connect(place, addresses, tls, deadline):
    """A socket connected to the first of `addresses` that takes it, with TLS for https. Raises `OSError`."""
    error = OSError()
    for family, address in addresses:
        connected = socket.socket(family, socket.SOCK_STREAM)
        try:
            connected.settimeout(seconds_until(deadline))
            connected.connect(address)
            if place.scheme == "https":
                connected = tls.wrap_socket(connected, server_hostname=place.host)
            return connected
        except OSError as failed:
            connected.close()
            error = failed
            if isinstance(failed, ssl.SSLError):
                break
    raise error


def request(place, method, addresses, headers, tls, deadline):
    """`(status, headers)` of what the server at one of `addresses` answers; of a page, its beginning is read as well.

    Raises `OSError` (`TimeoutError` and `ssl.SSLError` among them) or `http.client.HTTPException`.
    """
    with connect(place, addresses, tls, deadline) as connected:
        client = http.client.HTTPConnection(place.host)
        client.sock = BoundedSocket(connected, deadline)
        client.request(method, place.target, headers={"Host": place.host_header, **headers})
        answer = client.getresponse()
        # Some servers promise a page and send none.
        answer.read(1_000)
        return answer.status, answer.headers
