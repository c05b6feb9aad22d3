"""nginx with the file of docs/operate/, on free ports and with paths of the tests."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.installation import answers, end, free_port, wait_until
from tests.operate_files import CODE, FOLDER, SOCKET, replace

HOST = "portal.example.org"

# What /etc/nginx/nginx.conf of Debian 12 sets around our file, as far as it matters here.
NGINX_CONF = """
daemon off;
{user}
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/sscportal.conf;
}}
"""


def find_nginx() -> str | None:
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @classmethod
    def read(cls, visitor: http.client.HTTPConnection) -> "Answer":
        answer = visitor.getresponse()
        return cls(answer.status, answer.headers, answer.read())


class Proxy:
    """nginx with docs/operate/nginx/sscportal.conf in `folder`, in front of the socket `portal.sock` there.

    `otherwise` puts other texts into the file, such as a limit that a test can reach.
    """

    def __init__(self, folder: Path, otherwise: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.http, self.https = free_port(), free_port()
        self.socket = folder / "portal.sock"
        make_certificate(folder)
        text = (FOLDER / "nginx" / "sscportal.conf").read_text()
        # Not every computer that runs tests has IPv6.
        text = re.sub(r"^ *listen \[::\]:.*\n", "", text, flags=re.MULTILINE)
        replacements = {
            "listen 80;": f"listen 127.0.0.1:{self.http};",
            "listen 443 ssl": f"listen 127.0.0.1:{self.https} ssl",
            "/etc/ssl/sscportal/": f"{folder}/",
            "/var/log/nginx/": f"{folder}/",
            "/var/www/html": str(folder / "html"),
            "snippets/sscportal-headers.conf": str(FOLDER / "nginx" / "sscportal-headers.conf"),
            f"{CODE}/docs/operate": str(FOLDER),
            SOCKET: str(self.socket),
            **(otherwise or {}),
        }
        (folder / "sscportal.conf").write_text(replace(text, replacements))
        # Only root can become somebody else; as root, nginx would become nobody, who cannot read folders of tests.
        user = "user root;" if os.geteuid() == 0 else ""
        self.configuration = folder / "nginx.conf"
        self.configuration.write_text(NGINX_CONF.format(folder=folder, user=user))

    def command(self, *options: str) -> list[str]:
        program = find_nginx()
        assert program
        return [
            program,
            "-p",
            str(self.folder),
            "-e",
            str(self.folder / "error.log"),
            "-c",
            str(self.configuration),
            *options,
        ]

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        with (self.folder / "output").open("w") as output:
            self.process = subprocess.Popen(self.command(), stdout=output, stderr=output)
        try:
            wait_until(lambda: answers(self.https), self.process)
            yield self
        finally:
            end(self.process)

    def logged(self, number: str) -> str:
        """Return the line of a request, which nginx writes when the answer is out."""
        log = self.folder / "sscportal.log"
        wait_until(lambda: f" {number} " in log.read_text(), self.process)
        [line] = [line for line in log.read_text().splitlines() if f" {number} " in line]
        return line

    def connect(self, address: str = "127.0.0.1", **options: int) -> socket.socket:
        """Connect from an address of this computer; `options` are those of the socket.

        Of certificates, that of this proxy alone is trusted.
        """
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        connection = socket.socket()
        for name, value in options.items():
            connection.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
        connection.settimeout(60)
        connection.bind((address, 0))
        connection.connect(("127.0.0.1", self.https))
        return context.wrap_socket(connection, server_hostname=HOST)

    def visit(self, address: str = "127.0.0.1") -> http.client.HTTPConnection:
        """Open a connection for requests one after the other."""
        visitor = http.client.HTTPConnection(HOST, self.https, timeout=60)
        visitor.sock = self.connect(address)
        return visitor

    def ask(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET", body: bytes | None = None
    ) -> "Answer":
        """Ask once, as somebody who has never been here."""
        visitor = self.visit()
        try:
            visitor.request(method, path, body, {"Host": HOST, **(headers or {})})
            return Answer.read(visitor)
        finally:
            visitor.close()


def make_certificate(folder: Path) -> None:
    """Sign one for an hour's trial, with the command of docs/operate.md and the names of this computer."""
    command = [
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"),
        *("-subj", "/O=portal", "-addext", f"subjectAltName=DNS:{HOST}"),
        *("-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")),
    ]
    subprocess.run(command, check=True, capture_output=True)
