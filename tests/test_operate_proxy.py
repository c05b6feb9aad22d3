"""nginx with docs/operate/nginx/sscportal.conf in front of the portal: what it passes on, refuses and keeps away."""

import hashlib
import http.client
import json
import os
import re
import shlex
import socket
import ssl
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from tests.installation import Installation, end, environment, wait_until
from tests.nginx_proxy import HOST, Answer, Proxy, find_nginx

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.slow,
    pytest.mark.skipif(not find_nginx(), reason="nginx is not installed here"),
]

# What belongs to one page or one moment, and what only the portal or only nginx says.
OWN_HEADERS = {"Accept-Ranges", "Connection", "Content-Length", "Content-Type", "Date", "ETag", "Last-Modified"}
OWN_HEADERS |= {"Server", "Strict-Transport-Security", "Transfer-Encoding", "Retry-After", "Vary", "X-Request-ID"}
PAGES = ("/", "/projects/?country=FJI", "/search/?q=health", "/forums/", "/projects.csv?theme=health", "/timeline/")


@pytest.fixture(scope="module")
def portal(set_up, tmp_path_factory):
    """The portal with its fixtures and the files of /data/, behind nginx."""
    proxy = Proxy(tmp_path_factory.mktemp("nginx"))
    installation = Installation.make(tmp_path_factory.mktemp("portal"), var=set_up.var)
    variables = {"ALLOWED_HOSTS": HOST, "BIND": f"unix:{proxy.socket}"}
    assert installation.manage("publish_data", **variables).returncode == 0
    with (proxy.folder / "gunicorn").open("w") as output:
        process = installation.start(
            "-m", "gunicorn", "-c", "sscportal/gunicorn.py", output=output, WEB_CONCURRENCY="2", **variables
        )
    try:
        wait_until(proxy.socket.exists, process)
        with proxy.running():
            yield proxy
    finally:
        end(process)


@contextmanager
def listening(proxy, answer=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"):
    """The requests that reach the socket of the portal, where each is answered with these bytes and nothing else."""
    requests = []
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(proxy.socket))
    server.listen()

    def serve():
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection:
                requests.append(connection.recv(65_536).decode())
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield requests
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def test_nginx_finds_no_fault_in_its_file(tmp_path):
    result = subprocess.run(Proxy(tmp_path).command("-t"), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "[warn]" not in result.stderr


def test_http_leads_to_https_of_the_portal_whatever_host_was_asked_for(portal):
    visitor = http.client.HTTPConnection("127.0.0.1", portal.http, timeout=30)
    with closing(visitor):
        visitor.request("GET", "/projects/?country=FJI", headers={"Host": "evil.example"})
        answer = Answer.read(visitor)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/projects/?country=FJI")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda version: version.name)
def test_https_speaks_http_2_with_tls(portal, version):
    context = ssl.create_default_context(cafile=portal.folder / "fullchain.pem")
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", portal.https), timeout=30) as connection,
        context.wrap_socket(connection, server_hostname=HOST) as secured,
    ):
        assert (secured.selected_alpn_protocol(), secured.version()) == ("h2", version.name.replace("_", "."))


def test_https_refuses_the_tls_of_2006(portal):
    result = subprocess.run(
        shlex.split(f"openssl s_client -connect 127.0.0.1:{portal.https} -tls1_1 -cipher ALL:@SECLEVEL=0"),
        input="",
        capture_output=True,
        text=True,
    )
    assert "alert protocol version" in result.stderr


def test_portal_learns_the_address_of_the_visitor_and_nothing_that_the_visitor_says_of_it(tmp_path):
    proxy = Proxy(tmp_path)
    with proxy.running(), listening(proxy) as requests:
        forged = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "http", "SCRIPT_NAME": "/evil"}
        assert proxy.ask("/projects/?q=a%20b", forged).body == b"ok"
    head, *lines = requests[0].splitlines()
    assert head == "GET /projects/?q=a%20b HTTP/1.1"
    told = [line for line in lines if line.startswith(("Host", "X-F", "SCRIPT"))]
    assert told == [f"Host: {HOST}", "X-Forwarded-Proto: https", "X-Forwarded-For: 127.0.0.1"]


def test_request_reaches_the_portal_only_when_it_is_whole(tmp_path):
    proxy = Proxy(tmp_path)
    with proxy.running(), listening(proxy) as requests, closing(proxy.connect()) as slow:
        slow.sendall(f"POST /projects/rice/report/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 9\r\n\r\nmist".encode())
        # Whoever comes later is answered first.
        assert proxy.ask("/about/").status == 200
        slow.sendall(b"akes=")
        assert slow.recv(100).startswith(b"HTTP/1.1 200 OK")
    assert [request.splitlines()[0] for request in requests] == [
        "GET /about/ HTTP/1.1",
        "POST /projects/rice/report/ HTTP/1.1",
    ]
    assert requests[1].endswith("\r\n\r\nmistakes=")


def test_answer_that_breaks_off_is_not_taken_for_whole(tmp_path):
    proxy = Proxy(tmp_path)
    broken = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nid,na\r\n"
    with proxy.running(), listening(proxy, broken), pytest.raises(http.client.IncompleteRead):
        proxy.ask("/projects.csv")


def test_pages_files_and_errors_of_the_portal_pass_as_they_are(portal):
    page = portal.ask("/projects/", {"Accept-Encoding": "gzip"})
    assert (page.status, page.headers["Content-Encoding"]) == (200, "gzip")
    assert portal.ask("/projects/", {"If-None-Match": page.headers["ETag"]}).status == 304
    assert b"There is no public page at this address." in portal.ask("/projects/never-was/").body
    assert portal.ask("/projects/never-was.json").headers["Content-Type"] == "application/problem+json"


def test_every_file_of_the_data_page_can_be_downloaded_one_after_the_other(portal):
    files = json.loads(portal.ask("/data/index.json").body)["files"]
    assert len(files) > 20
    with closing(portal.visit()) as harvester:
        for file in files:
            harvester.request("GET", file["url"].removeprefix(f"https://{HOST}"), headers={"Host": HOST})
            assert hashlib.sha256(Answer.read(harvester).body).hexdigest() == file["sha256"]


def test_office_of_fifty_people_behind_one_address_is_refused_nothing(portal):
    def read(_person):
        with closing(portal.visit()) as visitor:
            statuses = []
            for path in (
                "/",
                "/projects/",
                "/search/?q=fiji",
                "/forums/",
                "/timeline/",
                "/flows/",
                "/data/",
                "/about/",
            ):
                visitor.request("GET", path, headers={"Host": HOST})
                statuses.append(Answer.read(visitor).status)
            return statuses

    with ThreadPoolExecutor(50) as people:
        assert set(map(tuple, people.map(read, range(50)))) == {(200,) * 8}


def test_health_is_not_told_outside(portal):
    assert portal.ask("/healthz").status == 403
    assert b"ok" not in portal.ask("/%68ealthz").body.split()


def test_import_may_be_large_and_what_the_public_sends_may_not(portal):
    cookie = portal.ask("/admin/login/").headers["Set-Cookie"].partition(";")[0]
    token = cookie.partition("=")[2]
    head = f'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
    head += '--x\r\nContent-Disposition: form-data; name="file"; filename="projects.xml"\r\n\r\n'
    form = head.encode() + b"x" * 20_000_000 + b"\r\n--x--\r\n"
    headers = {"Cookie": cookie, "Referer": f"https://{HOST}/", "Content-Type": "multipart/form-data; boundary=x"}
    answer = portal.ask("/admin/cooperation/project/import/", headers, "POST", form)
    assert (answer.status, answer.headers["Location"].partition("?")[0]) == (302, "/admin/login/")
    assert portal.ask("/projects/never-was/report/", headers, "POST", form[:300_000]).status == 413


OWN_PAGES = {
    "400": ("/", {"X-Name": "\0"}, "The request cannot be read"),
    "494": ("/", {"Cookie": "x" * 9_000}, "The request cannot be read"),
    "403": ("/healthz", {}, "This address is not open to the public"),
    "413": ("/about/", {"Content-Length": "300000"}, "The file is too large"),
    "414": ("/?q=" + "x" * 9_000, {}, "The address is too long"),
    "502": ("/", {}, "The portal is not running"),
}


@pytest.fixture(scope="module")
def page_of_portal(portal):
    return portal.ask("/projects/never-was/")


@pytest.fixture(scope="module")
def file_of_portal(portal):
    return portal.ask("/projects/never-was.json")


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Nginx without a portal behind it."""
    with Proxy(tmp_path_factory.mktemp("alone")).running() as proxy:
        yield proxy


def said_by_nginx(answer):
    """The heading of one of our pages."""
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"nginx" not in answer.body
    assert not re.search(r"\d", answer.headers["Server"])
    [heading] = re.findall("<h1>(.+)</h1>", answer.body.decode())
    return heading


def names(answer):
    return {name for name in answer.headers if name not in OWN_HEADERS}


@pytest.mark.parametrize("status", OWN_PAGES)
def test_what_nginx_says_by_itself_is_said_in_words_with_the_headers_of_every_page(alone, page_of_portal, status):
    path, headers, heading = OWN_PAGES[status]
    answer = ask_raw(alone, path, headers)
    assert answer.status == (400 if status == "494" else int(status))
    assert said_by_nginx(answer) == heading
    assert differences(answer, page_of_portal) == []
    assert answer.headers["Retry-After"] == ("60" if status == "502" else None)


def ask_raw(proxy, path, headers):
    """Ask with headers that no honest client sends."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    with closing(proxy.visit()) as visitor:
        visitor.sock.sendall("\r\n".join(lines).encode())
        answer = http.client.HTTPResponse(visitor.sock)
        answer.begin()
        return Answer(answer.status, answer.headers, answer.read())


def differences(answer, of_portal):
    """The headers that the portal gives to such an answer, and nginx does not give alike."""
    return [
        (name, value, answer.headers.get(name))
        for name, value in of_portal.headers.items()
        if name not in OWN_HEADERS | {"Cache-Control"} and answer.headers.get(name) != value
    ]


def test_scripts_of_other_sites_can_read_why_there_is_no_file(alone, file_of_portal):
    answer = alone.ask("/projects.json?country=FJI")
    assert answer.status == 502
    assert differences(answer, file_of_portal) == []


def test_redirect_to_https_has_the_headers_of_every_page(portal, page_of_portal):
    visitor = http.client.HTTPConnection("127.0.0.1", portal.http, timeout=30)
    with closing(visitor):
        visitor.request("GET", "/", headers={"Host": HOST})
        assert differences(Answer.read(visitor), page_of_portal) == []


def test_import_that_finds_no_portal_is_not_called_too_large(alone):
    answer = alone.ask("/admin/cooperation/project/import/", method="POST", body=b"x" * 300_000)
    assert (answer.status, said_by_nginx(answer)) == (502, "The portal is not running")


def test_portal_that_takes_too_long_is_said_in_words(tmp_path):
    proxy = Proxy(tmp_path, {"proxy_read_timeout 60s;": "proxy_read_timeout 1s;"})
    with closing(socket.socket(socket.AF_UNIX)) as silent:
        silent.bind(str(proxy.socket))
        silent.listen()
        with proxy.running():
            answer = proxy.ask("/projects/")
    assert (answer.status, said_by_nginx(answer)) == (504, "The portal did not answer in time")
    assert answer.headers["Retry-After"] == "60"


def test_too_many_requests_are_refused_in_words(tmp_path):
    proxy = Proxy(tmp_path, {"burst=800 delay=400": "burst=2 nodelay", "rate=50r/s": "rate=1r/m"})
    with proxy.running(), listening(proxy):
        answers = [proxy.ask("/projects/") for _request in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert said_by_nginx(answers[-1]) == "Too many requests"
    assert answers[-1].headers["Retry-After"] == "60"


def start_on(listening, installation, output):
    """Start gunicorn on a socket that is open already, as systemd does: file 3 of a process whose number it is told."""
    script = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" -m gunicorn -c sscportal/gunicorn.py'
    return subprocess.Popen(
        ["/bin/sh", "-c", script, sys.executable],
        cwd=installation.folder,
        env=environment({"ALLOWED_HOSTS": HOST, "WEB_CONCURRENCY": "1"}),
        stdout=output,
        stderr=output,
        pass_fds=[3],
        preexec_fn=lambda: os.dup2(listening.fileno(), 3),
    )


def test_restart_of_the_service_loses_no_request(set_up, tmp_path):
    installation = Installation.make(tmp_path, var=set_up.var)
    proxy, stop, statuses = Proxy(tmp_path), threading.Event(), []

    def read():
        while not stop.is_set():
            statuses.append(proxy.ask("/about/").status)

    with closing(socket.socket(socket.AF_UNIX)) as listening, (tmp_path / "log").open("w") as output, proxy.running():
        listening.bind(str(proxy.socket))
        listening.listen(1_000)
        reader = threading.Thread(target=read)
        reader.start()
        process = start_on(listening, installation, output)
        try:
            for wanted in (20, 40):
                wait_until(lambda number=wanted: len(statuses) > number, process)
                end(process)
                process = start_on(listening, installation, output)
            wait_until(lambda: len(statuses) > 60, process)
        finally:
            stop.set()
            reader.join()
            end(process)
    assert len(statuses) > 60
    assert set(statuses) == {200}


def test_log_has_a_line_for_each_request_with_its_number_and_without_address_and_query(portal, alone):
    page = portal.ask("/projects/?q=secret-of-a-visitor")
    refused = portal.ask("/healthz?q=secret-of-a-visitor")
    for answer, path in ((page, "/projects/"), (refused, "/healthz")):
        line = portal.logged(answer.headers["X-Request-ID"])
        assert re.fullmatch(rf"[0-9T:+-]+ [0-9a-f]+ {answer.status} [0-9.]+s GET {path}", line)
    log = (portal.folder / "sscportal.log").read_text()
    assert "secret-of-a-visitor" not in log
    assert "127.0.0.1" not in log


SLOW = 50
READERS = 4


class SlowOnes:
    """Fifty requests that are never finished: a third each of slow heads, slow bodies and slow readers."""

    def __init__(self, proxy):
        self.proxy, self.is_over = proxy, threading.Event()
        [self.project, *_others] = re.findall(rb'href="(/projects/[a-z0-9-]+/)"', proxy.ask("/projects/").body)
        self.threads = [threading.Thread(target=self.keep, args=[number % 3]) for number in range(SLOW)]
        self.unfinished = 0
        self.lock = threading.Lock()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def keep(self, kind):
        """One request of this kind, and the next one when nginx has had enough of it."""
        while not self.is_over.is_set():
            try:
                with closing(self.proxy.connect(SO_RCVBUF=2_048)) as connection:
                    self.be_slow(connection, kind)
            except OSError:
                continue

    def be_slow(self, connection, kind):
        heads = {
            0: f"GET /projects/ HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ",
            1: f"POST {self.project.decode()}report/ HTTP/1.1\r\nHost: {HOST}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n",
            2: f"GET /projects.json?limit=200 HTTP/1.1\r\nHost: {HOST}\r\n\r\n",
        }
        connection.sendall(heads[kind].encode())
        with self.lock:
            self.unfinished += 1
        try:
            while not self.is_over.wait(0.5):
                if kind == 2:
                    connection.recv(10)
                else:
                    connection.sendall(b"x")
        finally:
            with self.lock:
                self.unfinished -= 1


def read_pages(portal, address, seconds):
    """Milliseconds of each answer to a reader at this address who asks for one page after the other."""
    milliseconds, until = [], time.monotonic() + seconds
    with closing(portal.visit(address)) as reader:
        while time.monotonic() < until:
            for path in PAGES:
                began = time.perf_counter()
                reader.request("GET", path, headers={"Host": HOST, "Cache-Control": "no-cache"})
                assert Answer.read(reader).status == 200
                milliseconds.append((time.perf_counter() - began) * 1000)
    return milliseconds


def test_fifty_unfinished_requests_leave_readers_their_pages_within_half_a_second(portal):
    read_pages(portal, "127.0.0.2", seconds=1)
    addresses = [f"127.0.0.{number}" for number in range(2, 2 + READERS)]
    with SlowOnes(portal) as slow_ones, ThreadPoolExecutor(READERS) as readers:
        while slow_ones.unfinished < SLOW:
            time.sleep(0.05)
        asked = readers.map(lambda address: read_pages(portal, address, seconds=8), addresses)
        milliseconds = [each for of_reader in asked for each in of_reader]
        assert slow_ones.unfinished >= SLOW * 0.9
    p50, p95 = statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[-1]
    print(f"{len(milliseconds)} pages for {READERS} readers: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    assert p95 < 500
