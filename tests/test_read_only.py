"""A portal that a setting keeps read-only: a banner, everything to be read, nothing written."""

import shutil
import subprocess

import pytest

from tests.installation import Installation
from tests.served import ACCOUNT, Browser, report, serving
from tests.test_faults_served import PUBLIC, READ_ONLY, Disk, mount

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

BANNER = "The registry can only be read at the moment: nothing can be saved, and nobody can sign in."
PAGES = [address for address in PUBLIC if "." not in address]
COMMANDS = [
    ("setup",),
    ("rebuild_search",),
    ("check_links",),
    ("find_duplicates",),
    ("tidy_desk",),
    ("migrate", "auth", "zero"),
    ("createsuperuser", "--noinput", "--username=tomas.silva", "--email=tomas@example.org"),
]


@pytest.fixture(scope="module")
def installation(set_up, tmp_path_factory):
    """An installation with an account that may do everything, and with a session of it in `cookies`."""
    installation = Installation.make(tmp_path_factory.mktemp("read-only"), var=set_up.var)
    options = ("--noinput", "--username", ACCOUNT["username"], "--email", "mere@example.org")
    made = installation.manage("createsuperuser", *options, DJANGO_SUPERUSER_PASSWORD=ACCOUNT["password"])
    assert made.returncode == 0, made.stderr
    [(installation.project, installation.slug)] = installation.query(
        "SELECT id, slug FROM cooperation_project WHERE publication_status = 'published' ORDER BY id LIMIT 1"
    )
    with serving(installation) as browser:
        assert browser.sign_in().status == 302
        installation.cookies = browser.cookies
    return installation


def check_that_all_is_read_and_nothing_is_written(installation, browser):
    assert {address: browser.get(address).status for address in PUBLIC} == dict.fromkeys(PUBLIC, 200)
    assert {address: browser.get(address).text.count(BANNER) for address in PAGES} == dict.fromkeys(PAGES, 1)
    address, form = report(installation, installation.project, installation.slug)
    assert "No reports can be taken in at the moment. Please come back later." in browser.get(address).text
    curator = Browser(browser.port, dict(installation.cookies))
    for page in (
        "/admin/",
        "/admin/cooperation/project/",
        f"/admin/cooperation/project/{installation.project}/change/",
    ):
        answer = curator.get(page)
        assert (answer.status, answer.text.count(BANNER)) == (200, 1)
    stranger = Browser(browser.port)
    assert stranger.get("/admin/login/").text.count(BANNER) == 1
    for answer in (browser.post(address, form), stranger.sign_in(), curator.confirm(installation.project)):
        assert (answer.status, f"<p>{READ_ONLY}</p>" in answer.text) == (503, True)
    assert browser.get("/healthz").text == "read-only\n"


def test_portal_that_is_read_only_writes_nothing(installation):
    (installation.folder / "log").write_text("")
    before = installation.dump()
    with serving(installation, READ_ONLY="true") as browser:
        check_that_all_is_read_and_nothing_is_written(installation, browser)
    assert installation.dump() == before
    log = (installation.folder / "log").read_text()
    assert "Traceback" not in log
    assert "could not be stored" not in log


def test_portal_that_is_read_only_starts_on_a_read_only_disk(installation, tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", folder)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("Only root can mount a small disk.")
    try:
        shutil.copyfile(installation.database, folder / "portal.sqlite3")
        Disk(folder).make_read_only()
        with serving(installation, READ_ONLY="true", DATABASE_URL=f"sqlite:///{folder}/portal.sqlite3") as browser:
            check_that_all_is_read_and_nothing_is_written(installation, browser)
    finally:
        subprocess.run(["/usr/bin/umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_commands_that_write_refuse_in_one_sentence(installation, command):
    before = installation.dump()
    result = installation.manage(*command, READ_ONLY="true", DJANGO_SUPERUSER_PASSWORD=ACCOUNT["password"])
    assert result.returncode != 0
    assert result.stderr in (
        "CommandError: READ_ONLY is set, so that nothing is written. Unset it, then run this command again.\n",
        f"{READ_ONLY}\n",
    )
    assert installation.dump() == before


def test_page_with_the_banner_is_not_taken_for_the_one_without(installation):
    with serving(installation, READ_ONLY="true") as browser:
        etag = browser.get("/about/").headers["ETag"]
    with serving(installation) as browser:
        answer = browser.get("/about/", **{"If-None-Match": etag})
    assert (answer.status, BANNER in answer.text) == (200, False)
