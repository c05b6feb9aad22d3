"""The portal behind gunicorn in a copy of its own, and a browser that keeps cookies."""

import http.client
import http.cookies
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.core.signing import TimestampSigner, b62_encode

from tests.installation import answers, end, environment, free_port, wait_until

GUNICORN = ("-m", "gunicorn", "-c", "sscportal/gunicorn.py", "--log-level", "warning")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
ACCOUNT = {"username": "mere.tuilagi", "password": "breadfruit at noon"}


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class Browser:
    """Somebody at a browser, who asks the portal at a port of this machine."""

    port: int
    cookies: dict = field(default_factory=dict)

    def get(self, address, **headers):
        return self.ask("GET", address, None, headers)

    def post(self, address, form, **headers):
        body = urlencode(form, doseq=True)
        return self.ask("POST", address, body, {"Content-Type": "application/x-www-form-urlencoded", **headers})

    def ask(self, method, address, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, address, body, {"Host": "localhost", "Cookie": cookies, **headers})
            answer = connection.getresponse()
            read = Answer(answer.status, answer.headers, answer.read().decode("utf-8", "replace"))
        finally:
            connection.close()
        for each in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in http.cookies.SimpleCookie(each).items():
                self.cookies[name] = morsel.value
        return read

    def token(self, address):
        """The token of the form at an address of the admin."""
        return TOKEN.search(self.get(address).text)[1]

    def sign_in(self):
        form = {"csrfmiddlewaretoken": self.token("/admin/login/"), "next": "/admin/", **ACCOUNT}
        return self.post("/admin/login/?next=/admin/", form)

    def confirm(self, project):
        """Press “Confirm” for a project, which writes to it."""
        address = "/admin/cooperation/project/"
        form = {
            "csrfmiddlewaretoken": self.token(address),
            "action": "confirm_selected",
            "_selected_action": project,
            "index": 0,
        }
        return self.post(address, form)


class EarlierSigner(TimestampSigner):
    """Sign as a minute ago, when the form was opened."""

    def timestamp(self):
        return b62_encode(int(time.time()) - 60)


def report(installation, project, slug):
    """A form about a project, filled in by somebody who took a minute for it."""
    key = (installation.var / "secret_key").read_text().strip()
    token = EarlierSigner(key=key, salt="report a mistake").sign(f"project {project}")
    return f"/projects/{slug}/report/", {"what": "It ended in 2019, says the ministry.", "token": token}


@contextmanager
def serving(installation, preexec=None, **variables):
    """Gunicorn with one process, from the moment on which it listens; `log` of the installation holds what it says."""
    port = free_port()
    with (installation.folder / "log").open("a") as output:
        process = subprocess.Popen(
            [sys.executable, *GUNICORN],
            cwd=installation.folder,
            # Who signs in here has no authenticator app.
            env=environment(
                {
                    "BIND": f"127.0.0.1:{port}",
                    "WEB_CONCURRENCY": "1",
                    "SECOND_FACTOR_REQUIRED": "false",
                    **variables,
                }
            ),
            stdout=output,
            stderr=output,
            preexec_fn=preexec,
        )
    try:
        wait_until(lambda: answers(port), process)
        yield Browser(port)
    finally:
        end(process)
