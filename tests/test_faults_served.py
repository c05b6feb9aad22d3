"""The portal behind gunicorn while its disk is full or read-only, or another program holds the lock for writing."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import pytest

from tests.installation import Installation
from tests.served import ACCOUNT, Browser, report, serving

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

MEGABYTE = 1_000_000
PUBLIC = (
    "/",
    "/projects/",
    "/projects/?country=FJI",
    "/projects.csv",
    "/projects.xlsx",
    "/projects.json?country=FJI",
    "/projects.atom",
    "/agencies/",
    "/forums/fealac/",
    "/countries/",
    "/flows/",
    "/timeline/",
    "/search/?q=fealac",
    "/search.json?q=fealac",
    "/sitemap.xml",
    "/forums/fealac/report/",
)
FULL = "The disk of the registry is full. Nothing can be saved, and nobody can sign in."
READ_ONLY = "The registry can only be read now. Nothing can be saved, and nobody can sign in."
LOCKED = "Another program is writing to the registry. Try again in a minute."


class Disk:
    """A file system of 24 MB in memory, which holds the database."""

    def __init__(self, folder):
        self.folder, self.ballast = folder, folder / "ballast"

    def fill(self):
        # SQLite writes once more into the log that it has; without one it needs room at once.
        with closing(sqlite3.connect(self.folder / "portal.sqlite3")) as other:
            assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        with self.ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        assert os.statvfs(self.folder).f_bavail == 0

    def make_room(self):
        self.ballast.unlink()

    def make_read_only(self):
        mount("-o", "remount,ro", self.folder)

    def make_writable(self):
        mount("-o", "remount,rw", self.folder)


def mount(*arguments):
    subprocess.run(["/usr/bin/mount", *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def prepared(set_up, tmp_path_factory):
    """An installation with an account that may do everything. A writer waits for a second instead of twenty."""
    installation = Installation.make(tmp_path_factory.mktemp("faults"), var=set_up.var)
    settings = installation.folder / "sscportal" / "settings.py"
    text = settings.read_text()
    assert '"timeout": 20' in text
    settings.write_text(text.replace('"timeout": 20', '"timeout": 1'))
    options = ("--noinput", "--username", ACCOUNT["username"], "--email", "mere@example.org")
    made = installation.manage("createsuperuser", *options, DJANGO_SUPERUSER_PASSWORD=ACCOUNT["password"])
    assert made.returncode == 0, made.stderr
    [(installation.project, installation.slug)] = installation.query(
        "SELECT id, slug FROM cooperation_project p WHERE publication_status = 'published' AND confirmed_on IS NULL "
        "AND EXISTS (SELECT 1 FROM cooperation_projectcitation c WHERE c.project_id = p.id) ORDER BY id LIMIT 1"
    )
    return installation


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", folder)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("Only root can mount a small disk.")
    yield Disk(folder)
    subprocess.run(["/usr/bin/umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def installation(prepared, disk):
    """The installation with its database on the small disk."""
    shutil.copyfile(prepared.database, disk.folder / "portal.sqlite3")
    prepared.address = f"sqlite:///{disk.folder}/portal.sqlite3"
    return prepared


@contextmanager
def running(installation, **variables):
    with serving(installation, DATABASE_URL=installation.address, **variables) as browser:
        yield browser


def signed_in(browser):
    answer = browser.sign_in()
    assert (answer.status, answer.headers["Location"]) == (302, "/admin/")
    return browser


def statuses(browser, addresses=PUBLIC):
    return {address: browser.get(address).status for address in addresses}


def check_that_nothing_is_saved(installation, browser, curator, sentence):
    """Report a mistake, sign in and save; each is refused with this sentence."""
    address, form = report(installation, installation.project, installation.slug)
    reported = browser.post(address, form)
    assert (reported.status, sentence in reported.text) == (503, True), reported.text
    assert "It ended in 2019, says the ministry." in reported.text
    refused = [Browser(browser.port).sign_in(), curator.confirm(installation.project)]
    for answer in refused:
        number = answer.headers["X-Request-ID"]
        assert (answer.status, f"<p>{sentence}</p>" in answer.text) == (503, True), answer.text
        assert answer.headers["Retry-After"] in ("60", "300")
        assert "Go back in your browser: what you typed is still in the form." in answer.text
        assert f"quote this number: <code>{number}</code>" in answer.text


def check_that_all_is_saved(installation, browser, curator):
    assert browser.post(*report(installation, installation.project, installation.slug)).status == 303
    signed_in(Browser(browser.port))
    assert curator.confirm(installation.project).status == 302
    assert statuses(browser) == dict.fromkeys(PUBLIC, 200)


def lines_of_failures(installation):
    log = (installation.folder / "log").read_text()
    (installation.folder / "log").write_text("")
    return [line for line in log.splitlines() if " 500 " in line or "Traceback" in line]


def test_full_disk_stops_no_reader_and_loses_nothing_that_was_typed(installation, disk):
    with running(installation) as browser:
        curator = signed_in(Browser(browser.port))
        disk.fill()
        assert statuses(browser) == dict.fromkeys(PUBLIC, 200)
        assert curator.get("/admin/cooperation/project/").status == 200
        check_that_nothing_is_saved(installation, browser, curator, FULL)
        assert browser.get("/healthz").text == "read-only\n"
        disk.make_room()
        check_that_all_is_saved(installation, browser, curator)
        assert browser.get("/healthz").text == "ok\n"
    assert lines_of_failures(installation) == []


def test_portal_that_starts_on_a_full_disk_is_read_and_sees_what_is_written_later(installation, disk):
    with running(installation) as browser:
        curator = signed_in(Browser(browser.port))
    disk.fill()
    with running(installation) as browser:
        curator.port = browser.port
        assert statuses(browser) == dict.fromkeys(PUBLIC, 200)
        check_that_nothing_is_saved(installation, browser, curator, FULL)
        disk.make_room()
        check_that_all_is_saved(installation, browser, curator)
        # Whatever a thread had opened meanwhile, the change of another program shows on the next page.
        other = sqlite3.connect(disk.folder / "portal.sqlite3")
        other.execute("UPDATE cooperation_forum SET name = 'Forum that was renamed' WHERE slug = 'fealac'")
        other.commit()
        other.close()
        assert ["Forum that was renamed" in browser.get("/forums/fealac/").text for _each in range(8)] == [True] * 8
    assert lines_of_failures(installation) == []


def test_portal_that_starts_on_a_read_only_disk_is_read(installation, disk):
    with running(installation) as browser:
        curator = signed_in(Browser(browser.port))
    disk.make_read_only()
    with running(installation) as browser:
        curator.port = browser.port
        assert statuses(browser) == dict.fromkeys(PUBLIC, 200)
        check_that_nothing_is_saved(installation, browser, curator, READ_ONLY)
        disk.make_writable()
        check_that_all_is_saved(installation, browser, curator)
    assert lines_of_failures(installation) == []


def test_read_only_disk_is_not_read_without_the_changes_that_wait_in_its_log(installation, disk):
    """After a crash the file alone would show what was there before the last changes."""
    other = sqlite3.connect(disk.folder / "portal.sqlite3")
    other.execute("UPDATE cooperation_forum SET name = 'Forum that was renamed' WHERE slug = 'fealac'")
    other.commit()
    kept = {name: (disk.folder / name).read_bytes() for name in ("portal.sqlite3", "portal.sqlite3-wal")}
    other.close()
    for name, content in kept.items():
        (disk.folder / name).write_bytes(content)
    disk.make_read_only()
    with running(installation) as browser:
        answer = browser.get("/forums/fealac/")
        number = answer.headers["X-Request-ID"]
        assert (answer.status, answer.headers["Retry-After"]) == (503, "300")
        assert "<p>The database of the registry does not answer. Try again in some minutes.</p>" in answer.text
        assert f"quote this number: <code>{number}</code>" in answer.text
        assert browser.get("/healthz").text == "The database cannot be read.\n"
        disk.make_writable()
        assert "Forum that was renamed" in browser.get("/forums/fealac/").text
    assert lines_of_failures(installation) == []


def test_lock_of_another_program_stops_no_reader(installation, disk):
    with running(installation) as browser:
        curator = signed_in(Browser(browser.port))
        other = sqlite3.connect(disk.folder / "portal.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert statuses(browser) == dict.fromkeys(PUBLIC, 200)
        check_that_nothing_is_saved(installation, browser, curator, LOCKED)
        other.close()
        check_that_all_is_saved(installation, browser, curator)
    assert lines_of_failures(installation) == []


def test_search_answers_while_its_index_cannot_follow_the_records(installation, disk):
    with running(installation) as browser:
        assert browser.get("/search/?q=fealac").status == 200
        other = sqlite3.connect(disk.folder / "portal.sqlite3", isolation_level=None)
        other.execute("UPDATE cooperation_forum SET name = 'Forum that was renamed' WHERE slug = 'fealac'")
        disk.fill()
        answer = browser.get("/search/?q=fealac")
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
        other.close()
        disk.make_room()
        assert "Forum that was <mark>renamed</mark>" in browser.get("/search/?q=renamed").text
    assert lines_of_failures(installation) == []
