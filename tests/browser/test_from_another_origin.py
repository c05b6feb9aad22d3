"""A page on another site reads what is for programs, in a browser that asks the portal whether it may."""

from time import monotonic

import pytest

from tests.browser.conftest import WIDE
from tests.web_servers import web_server

pytestmark = pytest.mark.slow

SOME_RECORDS = """
from cooperation.models import FormerSlug, Fund
Fund.objects.create(slug="gone-fund", name="Fund that was withdrawn", publication_status="withdrawn")
Fund.objects.create(slug="present-fund", name="Fund that moved", publication_status="published")
FormerSlug.remember("fund", "former-fund", "present-fund")
"""
READ = """async ([address, options]) => {
    try {
        const answer = await fetch(address, options);
        return {status: answer.status, address: answer.url, redirected: answer.redirected,
                headers: Object.fromEntries(answer.headers), text: await answer.text()};
    } catch (refusal) {
        return {status: 0, text: `${refusal}`};
    }
}"""


@pytest.fixture(scope="module")
def elsewhere(browser, installation):
    """A page of another site, from which scripts ask."""
    result = installation.manage("shell", "--no-imports", "--command", SOME_RECORDS)
    assert (result.returncode, result.stderr) == (0, "")
    with web_server({"/": [200, {"Content-Type": "text/html"}]}) as other_site:
        context = browser.new_context(viewport=WIDE)
        page = context.new_page()
        page.goto(f"{other_site.address}/")
        yield page
        context.close()


@pytest.fixture
def read(elsewhere, portal):
    """What a script of the other site is given of an address of the portal."""

    def read(address, **options):
        return elsewhere.evaluate(READ, [f"{portal}{address}", options])

    return read


@pytest.fixture
def statuses(elsewhere):
    """The first `number` statuses that the server sends: a script does not see a preflight or the browser's own 304."""
    session, found = elsewhere.context.new_cdp_session(elsewhere), []
    session.on("Network.responseReceivedExtraInfo", lambda event: found.append(event["statusCode"]))
    session.send("Network.enable")

    def first(number):
        deadline = monotonic() + 10
        # They come by another way than what the script is given, and perhaps later.
        while len(found) < number and monotonic() < deadline:
            elsewhere.wait_for_timeout(10)
        return found

    yield first
    session.detach()


@pytest.mark.parametrize(
    ("address", "media_type"),
    [
        ("/projects.json?country=FJI", "application/json"),
        ("/projects.csv?country=FJI", "text/csv; charset=utf-8"),
        ("/search.json?q=fealac", "application/json"),
        ("/openapi.json", "application/json"),
    ],
)
def test_script_reads_a_file_and_its_headers(read, address, media_type):
    answer = read(address)
    assert (answer["status"], answer["headers"]["content-type"], len(answer["text"]) > 100) == (200, media_type, True)
    assert answer["headers"]["etag"].startswith('W/"')


def test_script_reads_what_a_table_says_of_itself_in_its_headers(read):
    headers = read("/projects.csv?country=FJI")["headers"]
    assert headers["portal-licence"] == "CC BY 4.0"
    assert headers["content-disposition"].startswith('attachment; filename="')
    assert 'rel="license"' in headers["link"]


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/projects.json?country=Atlantis", 400, "is not a value of this filter"),
        ("/projects.csv?country=Atlantis", 400, "is not a value of this filter"),
        ("/projects/no-such.json", 404, "There is nothing public at this address."),
        ("/projectz.json", 404, "There is nothing public at this address."),
        ("/funds/gone-fund.json", 410, "was withdrawn on"),
        ("/funds/gone-fund.bib", 410, "was withdrawn on"),
    ],
)
def test_script_reads_why_it_is_given_nothing(read, address, status, words):
    answer = read(address)
    assert (answer["status"], words in answer["text"]) == (status, True), answer


def test_script_is_led_from_a_former_address_to_the_present_one(read, portal):
    answer = read("/funds/former-fund.json")
    assert (answer["status"], answer["redirected"]) == (200, True)
    assert answer["address"] == f"{portal}/funds/present-fund.json"
    assert '"name": "Fund that moved"' in answer["text"]


def test_browser_keeps_an_answer_and_asks_whether_it_still_holds(read, statuses):
    first, second = read("/agencies.json"), read("/agencies.json")
    assert (first["status"], second["status"]) == (200, 200)
    assert second["text"] == first["text"]
    assert statuses(2) == [200, 304]


def test_script_may_ask_itself_whether_an_answer_still_holds(read, statuses):
    tag = read("/forums.json")["headers"]["etag"]
    answer = read("/forums.json", headers={"If-None-Match": tag}, cache="no-store")
    assert (answer["status"], answer["text"]) == (304, "")
    # The browser asked first whether the header may be sent.
    assert statuses(3) == [200, 204, 304]


def test_script_may_send_a_header_of_its_own(read, statuses):
    answer = read("/lessons.json", headers={"X-Project": "islands"})
    assert (answer["status"], statuses(2)) == (200, [204, 200])


def test_script_may_not_read_a_page(read):
    assert read("/projects/") == {"status": 0, "text": "TypeError: Failed to fetch"}
