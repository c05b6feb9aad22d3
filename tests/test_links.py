"""Asking an address: what counts as an answer, what is refused, and that no server can hold the asker up."""

import shutil
import socket
import ssl
import subprocess
from itertools import chain, repeat
from time import monotonic

import pytest

from cooperation.links import Asker, Finding, Outcome
from cooperation.links.connection import is_public
from tests.web_servers import raw_server, web_server

ALL_PORTS = range(1, 65_536)


def asker(**options):
    """Asks this machine, at 127.0.0.1 and nowhere else, on any port, without a pause."""
    given = {"pause": 0, "may_connect": lambda ip: ip == "127.0.0.1", "ports": ALL_PORTS, "request_seconds": 5}
    return Asker("https://portal.example.org", **{**given, **options})


def ask_page(*answers, path="/memorandum"):
    with web_server({path: list(answers)}) as server:
        return asker().ask(server.address + path)


def test_page_that_answers_is_good_and_is_asked_for_its_head_alone():
    with web_server({"/memorandum": [200]}) as server:
        assert asker().ask(f"{server.address}/memorandum#article-3") == Finding(Outcome.GOOD)
    ((method, path, headers),) = server.asked
    assert (method, path) == ("HEAD", "/memorandum")
    assert headers["User-Agent"] == "sscportal-links/1.0 (checks the links of https://portal.example.org/about/)"
    assert "Cookie" not in headers


def test_page_whose_server_knows_no_head_is_asked_for_itself():
    assert ask_page([405], [200]) == Finding(Outcome.GOOD)


@pytest.mark.parametrize(("status", "words"), [(404, "404 Not Found"), (410, "410 Gone")])
def test_page_that_is_not_there_is_gone(status, words):
    assert ask_page(status) == Finding(Outcome.GONE, words)


@pytest.mark.parametrize("status", [500, 502, 503, 408])
def test_server_that_fails_has_failed_perhaps_for_a_while(status):
    assert ask_page(status).outcome == Outcome.FAILED


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "401 Unauthorized: not for programs."),
        (403, "403 Forbidden: not for programs."),
        (999, "999: not for programs."),
    ],
)
def test_server_that_refuses_programs_has_answered(status, words):
    assert ask_page(status) == Finding(Outcome.GOOD, words)


def test_page_that_asks_for_a_person_has_answered():
    assert ask_page(503, {"cf-mitigated": "challenge"}).outcome == Outcome.GOOD


def test_permanent_redirect_says_where_the_page_moved_and_a_later_passing_one_does_not_count():
    pages = {
        "/old": [301, {"Location": "/new"}],
        "/new": [302, {"Location": "/new?session=7"}],
        "/new?session=7": [200],
    }
    with web_server(pages) as server:
        assert asker().ask(f"{server.address}/old") == Finding(Outcome.MOVED, f"{server.address}/new")


def test_passing_redirect_is_no_move():
    with web_server(
        {"/old": [302, {"Location": "/new"}], "/new": [301, {"Location": "/end"}], "/end": [200]}
    ) as server:
        assert asker().ask(f"{server.address}/old") == Finding(Outcome.GOOD)


def test_redirect_to_a_page_that_is_gone_says_where_it_leads():
    with web_server({"/old": [301, {"Location": "/new"}]}) as server:
        found = asker().ask(f"{server.address}/old")
    assert found == Finding(Outcome.GONE, f"Leads to {server.address}/new. 404 Not Found")


def test_circle_is_told():
    with web_server({"/a": [302, {"Location": "/b"}], "/b": [302, {"Location": "/a"}]}) as server:
        found = asker().ask(f"{server.address}/a")
    assert found == Finding(Outcome.FAILED, f"Leads to {server.address}/b. It leads in a circle.")


def test_circle_of_a_server_that_wants_a_cookie_is_an_answer():
    with web_server({"/a": [302, {"Location": "/a", "Set-Cookie": "seen=1"}]}) as server:
        assert asker().ask(f"{server.address}/a") == Finding(Outcome.GOOD, "Answers to those who keep cookies only.")


def test_sixth_redirect_is_not_followed():
    pages = {f"/{number}": [302, {"Location": f"/{number + 1}"}] for number in range(20)}
    with web_server(pages) as server:
        found = asker().ask(f"{server.address}/0")
    assert found.detail == f"Leads to {server.address}/5. It leads on more than 5 times."
    assert [path for _method, path, _headers in server.asked] == ["/0", "/1", "/2", "/3", "/4", "/5"]


@pytest.mark.parametrize("target", ["ftp://www.unescap.org/a", "javascript:alert(1)", "file:///etc/passwd"])
def test_redirect_to_what_is_no_web_address_is_refused(target):
    with web_server({"/a": [302, {"Location": target}]}) as server:
        found = asker().ask(f"{server.address}/a")
    assert found == Finding(Outcome.FAILED, f"Leads to {target}. It does not begin with http:// or https://.")


def test_redirect_into_the_network_is_refused_and_nothing_is_asked_there():
    pages = {}
    with web_server({"/admin": [200]}, host="127.0.0.2") as inner, web_server(pages) as server:
        pages["/a"] = [302, {"Location": f"{inner.address}/admin"}]
        found = asker().ask(f"{server.address}/a")
    assert inner.asked == []
    sentence = "127.0.0.2 leads to 127.0.0.2, which is inside a network and not on the public internet."
    assert found == Finding(Outcome.FAILED, f"Leads to {inner.address}/admin. {sentence}")


def test_name_is_looked_up_once_so_that_it_cannot_lead_elsewhere_when_connected():
    looked_up = []

    def resolve(host, port, **_options):
        looked_up.append(host)
        ip = "127.0.0.1" if len(looked_up) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    with web_server({"/a": [200]}) as server:
        port = server.server_port
        assert asker(resolve=resolve).ask(f"http://rebinding.example.org:{port}/a") == Finding(Outcome.GOOD)
    assert looked_up == ["rebinding.example.org"]
    assert server.asked[0][2]["Host"] == f"rebinding.example.org:{port}"


def test_name_of_which_one_machine_is_inside_the_network_is_not_connected_at_all():
    def resolve(host, port, **_options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("127.0.0.1", "10.0.0.1")]

    with web_server({"/a": [200]}) as server:
        found = asker(resolve=resolve).ask(f"http://two-faced.example.org:{server.server_port}/a")
    assert (found.outcome, server.asked) == (Outcome.FAILED, [])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
def test_this_machine_is_not_asked_however_it_is_written(host):
    found = Asker("https://portal.example.org").ask(f"http://{host}/")
    assert found.outcome == Outcome.FAILED
    assert "inside a network" in found.detail or "not known" in found.detail


@pytest.mark.parametrize(
    "ip",
    [
        "10.1.2.3",
        "100.100.100.200",  # metadata of Alibaba
        "127.0.0.1",
        "168.63.129.16",  # metadata of Azure
        "169.254.169.254",  # metadata of most others
        "172.16.0.1",
        "192.168.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2002:a00:1::1",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_address_inside_a_network_is_not_public(ip):
    assert not is_public(ip)


@pytest.mark.parametrize("ip", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_address_on_the_internet_is_public(ip):
    assert is_public(ip)


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("http://www.unescap.org:8080/", "Its port 8080 is not asked, only 80 and 443 are."),
        ("https://www.unescap.org:22/", "Its port 22 is not asked, only 80 and 443 are."),
        ("https://ana:secret@www.unescap.org/", "It holds a user name or a password, which are not sent."),
    ],
)
def test_address_that_is_not_asked_is_not_said_to_be_broken(address, detail):
    assert Asker("https://portal.example.org").ask(address) == Finding(Outcome.NOT_ASKED, detail, heard=False)


@pytest.mark.parametrize(
    "address", ["http://", "https:///a", "http://[::1", "http://a..b/", f"http://{'x' * 70}.org/", "http://a:port/"]
)
def test_what_is_no_address_is_told(address):
    found = asker().ask(address)
    assert (found.outcome, found.heard) == (Outcome.FAILED, False)
    assert found.detail in ("It is not an address that can be read.", "It names no server.")


def test_name_in_another_script_is_asked_for_in_ascii():
    looked_up = []

    def resolve(host, port, **_options):
        looked_up.append(host)
        raise socket.gaierror

    found = asker(resolve=resolve).ask("https://cooperación.example.org/año?q=año")
    assert looked_up == ["xn--cooperacin-obb.example.org"]
    assert found == Finding(Outcome.FAILED, "The name of its server is not known.", heard=False)


def test_path_in_another_script_is_asked_for_as_browsers_do():
    with web_server({"/a%C3%B1o%20uno?q=%E6%B3%B0": [200]}) as server:
        assert asker().ask(f"{server.address}/año uno?q=泰") == Finding(Outcome.GOOD)


def test_server_that_is_not_there_takes_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    found = asker().ask(f"http://127.0.0.1:{port}/")
    assert found == Finding(Outcome.FAILED, "Its server takes no connection.", heard=False)


# Which pieces a server sends, and how many seconds apart.
OK, HEADER = b"HTTP/1.1 200 OK\r\n", b"X-Header: 1\r\n"
HOSTILE = {
    "silence": (list, 0),
    "a byte now and then": (lambda: repeat(b"H"), 0.05),
    "a header now and then": (lambda: chain([OK], repeat(HEADER)), 0.05),
    "a header without end": (lambda: chain([OK, b"X-Header: "], repeat(b"a" * 9_000)), 0),
    "nothing but “continue”": (lambda: repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), 0),
    "no web page": (lambda: [b"220 mail.example.org ESMTP\r\n", b"\x00" * 90_000], 0),
    "a thousand headers": (lambda: [OK, HEADER * 1_000, b"\r\n"], 0),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_server_that_answers_nothing_sound_holds_nobody_up(kind):
    started = monotonic()
    with raw_server(*HOSTILE[kind]) as address:
        found = asker(request_seconds=0.5).ask(address)
    assert found.outcome == Outcome.FAILED
    assert monotonic() - started < 4
    assert found.detail in (
        "It took too long to answer.",
        "What it sends is not a web page.",
        "It sends more than a web page begins with.",
    )


def test_body_without_end_is_left_after_its_beginning():
    def endless_page():
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        yield from repeat(b"and so on " * 1_000)

    with raw_server(endless_page) as address:
        assert asker().ask(address) == Finding(Outcome.GOOD)


def test_whole_trail_has_a_limit_of_time():
    with web_server({"/a": [302, {"Location": "/b"}], "/b": [200]}) as server:
        found = asker(address_seconds=-1).ask(f"{server.address}/a")
    assert found == Finding(Outcome.FAILED, "It took too long to answer.", heard=False)


def test_server_without_encryption_at_an_https_address_is_told():
    with web_server({"/a": [200]}) as server:
        found = asker().ask(server.address.replace("http://", "https://") + "/a")
    assert (found.outcome, found.detail) == (Outcome.FAILED, "It cannot be reached with encryption.")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The file of a certificate, with its key, that names secure.example.org and is its own authority."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    made = path.with_suffix(".crt")
    names = ["-subj", "/CN=secure.example.org", "-addext", "subjectAltName=DNS:secure.example.org"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", path, "-out", made]
    subprocess.run([*command, *names], check=True, capture_output=True)
    path.write_text(path.read_text() + made.read_text())
    return path


def ask_with_encryption(certificate, host, trusted):
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)

    def resolve(_host, port, **_options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    tls = ssl.create_default_context(cafile=certificate if trusted else None)
    with web_server({"/a": [200]}, tls=serving) as server:
        return asker(resolve=resolve, tls=tls).ask(f"https://{host}:{server.server_port}/a")


def test_certificate_is_held_against_the_name_and_not_against_the_ip_address(certificate):
    assert ask_with_encryption(certificate, "secure.example.org", trusted=True) == Finding(Outcome.GOOD)


def test_certificate_of_another_name_is_not_valid(certificate):
    found = ask_with_encryption(certificate, "other.example.org", trusted=True)
    assert found.outcome == Outcome.FAILED
    assert found.detail.startswith("Its certificate is not valid: Hostname mismatch")


def test_certificate_that_nobody_vouches_for_is_not_valid(certificate):
    found = ask_with_encryption(certificate, "secure.example.org", trusted=False)
    assert found == Finding(Outcome.FAILED, "Its certificate is not valid: self-signed certificate.")
