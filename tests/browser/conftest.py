"""The portal in a real browser: one server with the fixtures and hard records, one browser, a page for each state."""

import shutil
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.states import ADMIN, HARD, PUBLIC
from tests.installation import PROJECT, Installation, answers, end, free_port, wait_until

CHROMIUM = shutil.which("chromium")
# Without a screen, as root in a container, and asking nobody else for anything.
CHROMIUM_OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
NODE_MODULES = Path(__file__).parent / "node_modules"
CURATOR = {"username": "ana.ruiz", "password": "two shores of one ocean"}
WIDE = {"width": 1280, "height": 900}
REPORT_REFUSALS = """
    addEventListener("securitypolicyviolation", event =>
        console.error("policy:", event.violatedDirective, event.blockedURI))
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


# Who changes a model needs neither browser nor Node.js to run the tests; .ci/run installs both and skips none of these.
def skip_without_browser():
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (Debian: chromium)")


def node_module(path):
    """A file of an npm package."""
    if not (NODE_MODULES / path).exists():
        pytest.skip("What examines the pages is not installed (npm --prefix tests/browser install)")
    return NODE_MODULES / path


@dataclass
class Opened:
    """A state as the browser shows it, and what it complained of meanwhile."""

    state: object
    page: object
    status: int = 0
    complaints: list = field(default_factory=list)
    hosts: set = field(default_factory=set)

    def look(self, width=WIDE["width"], scheme="light"):
        """Show it in another width (px) or scheme of colours."""
        self.page.set_viewport_size({**WIDE, "width": width})
        self.page.emulate_media(color_scheme=scheme)
        # The links of the admin fade from one colour to the other.
        self.page.evaluate("() => Promise.all(document.getAnimations().map(each => each.finished))")
        return self.page


@pytest.fixture(scope="package")
def installation(set_up, tmp_path_factory):
    """The portal with the fixtures, hard records and a curator."""
    skip_without_browser()
    installation = Installation.make(tmp_path_factory.mktemp("browser"), var=set_up.var)
    for command, variables in (
        (
            ["shell", "--no-imports", "--command", "from tests.browser.hard_records import add; add()"],
            {"PYTHONPATH": str(PROJECT)},
        ),
        (
            ["createsuperuser", "--noinput", "--username", CURATOR["username"], "--email", "ana.ruiz@example.org"],
            {"DJANGO_SUPERUSER_PASSWORD": CURATOR["password"]},
        ),
    ):
        result = installation.manage(*command, **variables)
        assert (result.returncode, result.stderr) == (0, "")
    return installation


@contextmanager
def served(installation, **variables):
    """Where it is served as in production, but over plain http: `http://127.0.0.1:port`."""
    port = free_port()
    server = ["-m", "gunicorn", "--config", "sscportal/gunicorn.py"]
    usual = {"BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1", "SECOND_FACTOR_REQUIRED": "false"}
    process = installation.start(*server, **{**usual, **variables})
    try:
        wait_until(lambda: answers(port), process)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(process)


@pytest.fixture(scope="package")
def portal(installation):
    with served(installation) as address:
        yield address


@pytest.fixture(scope="package")
def browser():
    skip_without_browser()
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


def signed_in(browser, portal, username, password):
    """A browser of its own in which somebody is signed in."""
    context = browser.new_context(base_url=portal, viewport=WIDE, reduced_motion="reduce")
    context.add_init_script(REPORT_REFUSALS)
    page = context.new_page()
    page.goto("/admin/login/?next=/admin/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("input[type=submit]")
    page.wait_for_url("**/admin/")
    page.close()
    return context


@pytest.fixture(scope="package")
def visitor(browser, portal):
    context = browser.new_context(base_url=portal, viewport=WIDE, reduced_motion="reduce")
    context.add_init_script(REPORT_REFUSALS)
    return context


@pytest.fixture(scope="package")
def curator_signed_in(browser, portal):
    return signed_in(browser, portal, **CURATOR)


@pytest.fixture(scope="package")
def visitor_without_javascript(browser, portal):
    return browser.new_context(base_url=portal, viewport=WIDE, java_script_enabled=False)


@pytest.fixture(scope="module", params=[*PUBLIC, *ADMIN], ids=lambda state: state.name.replace(" ", "-"))
def opened(request, visitor, curator_signed_in):
    """Each state, opened once for all the tests of a file."""
    state = request.param
    page = (curator_signed_in if state.signed_in else visitor).new_page()
    opened = Opened(state, page)
    page.on("console", lambda said: said.type in ("error", "warning") and opened.complaints.append(said.text))
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    page.on("request", lambda asked: opened.hosts.add(urlsplit(asked.url).netloc))
    opened.status = page.goto(state.address).status
    yield opened
    page.close()


@pytest.fixture(scope="package")
def pages(portal):
    """`{state: HTML}` of every public state, as the server sends it."""
    return {state: fetch(portal + state.address) for state in (*PUBLIC, *HARD)}


def fetch(address):
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.read().decode()
