"""From which address a request comes, also behind a proxy on this computer."""

from ipaddress import ip_address, ip_network

from django.http import HttpRequest

# Through which a proxy on this computer passes requests on; "" is a socket of the file system.
PROXIES = ("", "127.0.0.1", "::1")


def client_address(request: HttpRequest) -> str:
    """Read the IP address that a request comes from; of IPv6 the /64 network, in which one computer has many."""
    address: str = request.META.get("REMOTE_ADDR", "")
    forwarded = request.headers.get("X-Forwarded-For", "")
    if address in PROXIES and forwarded:
        # The last one is what our own proxy saw, the others are what it was told.
        address = forwarded.rpartition(",")[2].strip()
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:100]
    return str(ip if ip.version == 4 else ip_network((int(ip), 64), strict=False))
