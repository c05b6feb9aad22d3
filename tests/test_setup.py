"""`manage.py setup` and `manage.py demo`, run as an operator runs them, in a copy of the project."""

import fcntl
import gzip
import http.cookiejar
import json
import os
import re
import signal
import socket
import sqlite3
import stat
import termios
import urllib.error
import urllib.parse
import urllib.request
from array import array

import pytest

from tests.installation import Installation, answers, end, free_port, wait_until

pytestmark = [pytest.mark.any_database, pytest.mark.slow]
LEFT_ALONE = "The database already holds records: the fixtures were left alone.\n"


@pytest.fixture
def full(set_up, tmp_path):
    """An installation with the fixtures in its database."""
    return Installation.make(tmp_path, var=set_up.var)


@pytest.fixture
def empty(set_up_empty, tmp_path):
    """An installation with an empty database that is up to date."""
    return Installation.make(tmp_path, var=set_up_empty.var)


@pytest.fixture
def fresh(tmp_path):
    """An installation before its first `setup`."""
    return Installation.make(tmp_path)


def refused(result):
    """What a command that refused its work said: one line, no traceback."""
    assert result.returncode != 0
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0].removeprefix("CommandError: ")


def test_setup_says_what_it_loaded_and_how_much_of_it_is_published(set_up):
    projects = set_up.query("SELECT COUNT(*) FROM cooperation_project")[0][0]
    published = set_up.query("SELECT COUNT(*) FROM cooperation_project WHERE publication_status = 'published'")[0][0]
    sources = set_up.query("SELECT COUNT(*) FROM cooperation_source")[0][0]
    lines = set_up.printed.splitlines()
    assert lines[:2] == [
        f"The SQLite file {set_up.database} was brought up to date.",
        "Loading the fixtures, which takes a moment …",
    ]
    loaded = lines[2].removeprefix("The fixtures were loaded: ").removesuffix(".").split("; ")
    assert loaded[0] == f"{projects} projects, {published} published"
    assert "4 lessons, all published" in loaded
    assert re.fullmatch(rf"{sources} sources, [0-9]+ published", loaded[-1])
    assert published < projects
    assert lines[3:] == ["The search index is up to date.", "The static files were collected."]
    assert projects >= 200


def test_setup_makes_no_account(set_up):
    assert set_up.query("SELECT count(*) FROM auth_user") == [(0,)]


def test_setup_collects_compressed_static_files(set_up):
    assert (set_up.var / "static" / "staticfiles.json").exists()
    assert (set_up.var / "static" / "admin" / "css" / "base.css.gz").exists()


def test_setup_repeated_changes_nothing(full):
    before = full.dump()
    updated = full.query("SELECT updated, version FROM cooperation_forum WHERE slug = 'fealac'")
    result = full.manage("setup")
    assert (result.returncode, result.stderr) == (0, "")
    said = [
        f"The SQLite file {full.database} is up to date.",
        LEFT_ALONE.strip(),
        "The search index is up to date.",
        "The static files were collected.",
    ]
    assert result.stdout.splitlines() == said
    assert full.query("SELECT updated, version FROM cooperation_forum WHERE slug = 'fealac'") == updated
    assert full.dump() == before


def test_setup_shows_on_a_terminal_what_it_is_doing_and_leaves_only_its_lines(full):
    ours, of_command = os.openpty()
    with open(ours, "rb", buffering=0) as screen, open(of_command, "wb", buffering=0) as terminal:
        process = full.start("manage.py", "setup", output=terminal)
        assert process.wait(timeout=60) == 0
        drawn = screen.read(100_000).decode()
    erase = "\r\x1b[K"
    assert drawn.startswith(
        f"{erase}[{'.' * 20}] bringing the database up to date{erase}The SQLite file {full.database} is up to date.\r\n"
    )
    assert f"{erase}[{'#' * 18}..] collecting the static files{erase}" in drawn
    assert [line.rpartition(erase)[2] for line in drawn.split("\r\n")] == [
        f"The SQLite file {full.database} is up to date.",
        LEFT_ALONE.strip(),
        "The search index is up to date.",
        "The static files were collected.",
        "",
    ]


def test_setup_makes_the_groups_of_curators_and_leaves_them_as_they_are_then(full):
    assert full.query("SELECT name FROM auth_group ORDER BY name") == [("Editors",), ("Publishers",), ("Reviewers",)]
    full.query("DELETE FROM auth_group_permissions")
    assert full.manage("setup").returncode == 0
    assert full.query("SELECT COUNT(*) FROM auth_group_permissions") == [(0,)]


def test_setup_keeps_what_curators_changed_and_deleted(full):
    full.query("UPDATE cooperation_forum SET name = 'FEALAC, as a curator calls it' WHERE slug = 'fealac'")
    full.query("DELETE FROM cooperation_lessoncitation")
    assert full.manage("setup").returncode == 0
    assert full.query("SELECT name FROM cooperation_forum WHERE slug = 'fealac'") == [
        ("FEALAC, as a curator calls it",)
    ]
    assert full.query("SELECT COUNT(*) FROM cooperation_lessoncitation") == [(0,)]


def test_setup_empty_leaves_the_fixtures_out_and_one_record_keeps_them_out(fresh):
    result = fresh.manage("setup", "--empty")
    assert (result.returncode, result.stderr) == (0, "")
    assert "The fixtures were left out.\n" in result.stdout
    assert fresh.query("SELECT COUNT(*) FROM cooperation_theme") == [(0,)]

    fresh.query("INSERT INTO cooperation_theme (code, name, crs_codes, version) VALUES ('own', 'Our own', '', 1)")
    assert LEFT_ALONE in fresh.manage("setup").stdout
    assert fresh.query("SELECT code FROM cooperation_theme") == [("own",)]
    assert fresh.query("SELECT COUNT(*) FROM cooperation_country") == [(0,)]


@pytest.mark.parametrize(
    ("right", "wrong", "key"),
    [
        ("    title:", "    titel:", "titel"),
        ("model: cooperation.source", "model: cooperation.sauce", "cooperation.sauce"),
        ("    kind: primary", "    kind: [primary", "expected ',' or ']'"),
    ],
    ids=["unknown field", "unknown model", "broken YAML"],
)
def test_setup_refuses_a_faulty_fixture_whole(empty, right, wrong, key):
    sources = empty.folder / "fixtures" / "02_sources.yaml"
    sources.write_text(sources.read_text().replace(right, wrong, 1))
    result = empty.manage("setup")
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("CommandError: The fixtures were not loaded. In fixtures/02_sources.yaml: ")
    assert key in result.stderr
    # The vocabulary comes before the sources and was in order.
    assert empty.query("SELECT COUNT(*) FROM cooperation_theme") == [(0,)]
    assert empty.query("SELECT COUNT(*) FROM cooperation_source") == [(0,)]


def test_setup_takes_everything_back_when_the_database_refuses_the_last_record(empty):
    lessons = empty.folder / "fixtures" / "09_lessons.yaml"
    slug = re.search("slug: (.+)", lessons.read_text())[1]
    with lessons.open("a") as file:
        file.write(f"- model: cooperation.lesson\n  fields: {{slug: {slug}, title: Once more}}\n")
    number = lessons.read_text().count("- model:")
    expected = f"The fixtures were not loaded. In fixtures/09_lessons.yaml: entry {number} (cooperation.lesson): "
    assert refused(empty.manage("setup")) == f"{expected}UNIQUE constraint failed: cooperation_lesson.slug"
    assert empty.query("SELECT COUNT(*) FROM cooperation_source") == [(0,)]
    assert empty.query("SELECT COUNT(*) FROM cooperation_project") == [(0,)]


def test_setup_names_a_reference_that_leads_nowhere(empty):
    for fixture in (empty.folder / "fixtures").glob("*.yaml"):
        fixture.write_text("[]")
    agency = "- model: cooperation.agency\n  fields: {slug: nowhere, name: Nowhere, kind: ministry, country: [XXX]}\n"
    (empty.folder / "fixtures" / "04_agencies.yaml").write_text(agency)
    result = empty.manage("setup")
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert "In fixtures/04_agencies.yaml: " in result.stderr
    assert "XXX" in result.stderr
    assert empty.query("SELECT COUNT(*) FROM cooperation_agency") == [(0,)]


@pytest.mark.parametrize("interruption", [signal.SIGINT, signal.SIGKILL])
def test_setup_interrupted_leaves_nothing_half_loaded(empty, interruption, tmp_path):
    sources = empty.folder / "fixtures" / "02_sources.yaml"
    whole = sources.read_text()
    sources.unlink()
    os.mkfifo(sources)  # the command waits at it, in its transaction
    with (tmp_path / "output").open("w") as output:
        process = empty.start("manage.py", "setup", output=output)
    opened = []

    def has_come_to_the_sources():
        try:
            opened.append(os.open(sources, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return False
        # A comment. Once it is read, the command waits for more, in the middle of the file.
        os.write(opened[0], b"# Sources\n")
        return True

    def has_read_its_beginning():
        unread = array("i", [0])
        fcntl.ioctl(opened[0], termios.FIONREAD, unread)
        return unread[0] == 0

    try:
        wait_until(has_come_to_the_sources, process)
        wait_until(has_read_its_beginning, process)
        process.send_signal(interruption)
        assert process.wait(timeout=20) != 0
    finally:
        end(process)
        for pipe in opened:
            os.close(pipe)
    last_line = {signal.SIGINT: "Stopped.", signal.SIGKILL: "Loading the fixtures, which takes a moment …"}
    printed = (tmp_path / "output").read_text()
    assert printed.splitlines()[-1] == last_line[interruption]
    assert "Traceback" not in printed
    assert empty.query("SELECT COUNT(*) FROM cooperation_theme") == [(0,)]

    sources.unlink()
    sources.write_text(whole)
    for fixture in (empty.folder / "fixtures").glob("*.yaml"):
        if fixture.name not in ("01_vocabulary.yaml", "02_sources.yaml"):
            fixture.write_text("[]")
    assert empty.manage("setup").returncode == 0
    assert empty.query("SELECT COUNT(*) FROM cooperation_theme")[0][0] > 50
    assert empty.query("SELECT COUNT(*) FROM cooperation_source")[0][0] == whole.count("- model:")


def test_second_setup_waits_for_the_first_and_finds_everything_done(fresh, tmp_path):
    sources = fresh.folder / "fixtures" / "02_sources.yaml"
    whole = sources.read_text()
    sources.unlink()
    os.mkfifo(sources)  # the first command waits at it, in its transaction
    waiting = "Another setup is running. This one waits for it to end.\n"
    with (tmp_path / "first").open("w") as first, (tmp_path / "second").open("w") as second:
        processes = [fresh.start("manage.py", "setup", output=first)]
        try:
            wait_until(lambda: "Loading the fixtures" in (tmp_path / "first").read_text(), processes[0])
            processes.append(fresh.start("manage.py", "setup", output=second))
            wait_until(lambda: (tmp_path / "second").read_text() == waiting, processes[1])
            sources.write_text(whole)
            assert [process.wait(timeout=120) for process in processes] == [0, 0]
        finally:
            for process in processes:
                end(process)
    assert "The fixtures were loaded: " in (tmp_path / "first").read_text()
    said = (tmp_path / "second").read_text()
    up_to_date = f"The SQLite file {fresh.database} is up to date.\n"
    assert said.startswith(f"{waiting}{up_to_date}{LEFT_ALONE}The search index is up to date.\n")


def test_setup_killed_while_it_stores_leaves_nothing_half_loaded(empty, tmp_path):
    # The first copy of a lesson takes for ever, so that the command is met with all records stored.
    empty.query(
        "CREATE TRIGGER stall BEFORE INSERT ON cooperation_historicallesson BEGIN SELECT (WITH RECURSIVE numbers(n) AS "
        "(VALUES(1) UNION ALL SELECT n + 1 FROM numbers) SELECT SUM(n) FROM numbers); END"
    )
    written = empty.var / "portal.sqlite3-wal"
    process = empty.start("manage.py", "setup")
    try:
        wait_until(lambda: written.exists() and written.stat().st_size > 500_000, process)
    finally:
        process.kill()
        process.wait()
    assert empty.query("SELECT COUNT(*) FROM cooperation_theme") == [(0,)]
    assert empty.query("SELECT COUNT(*) FROM cooperation_project") == [(0,)]

    empty.query("DROP TRIGGER stall")
    assert empty.manage("setup").returncode == 0
    assert empty.query("SELECT COUNT(*) FROM cooperation_lesson")[0][0] > 3


def test_setup_says_that_var_cannot_be_made(fresh):
    fresh.var.write_text("a file where the folder should be")
    assert refused(fresh.manage("setup")).startswith(f"The folder {fresh.var} cannot be made (")


def test_setup_says_that_static_files_have_no_place(full):
    static = full.var / "static"
    static.rename(full.var / "other")
    static.write_text("a file where the folder should be")
    assert refused(full.manage("setup")).startswith(f"The folder {static} cannot be written (")


def test_setup_says_that_the_database_is_locked(full):
    settings = full.folder / "sscportal" / "settings.py"
    waits = '"timeout": 20'
    assert waits in settings.read_text()
    settings.write_text(settings.read_text().replace(waits, '"timeout": 1'))
    other = sqlite3.connect(full.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        sentence = refused(full.manage("setup"))
    finally:
        other.close()
    assert sentence == "The database is locked by another program. Let that one finish, then run this command again."


def test_setup_says_that_the_database_cannot_be_opened(fresh):
    (fresh.folder / "letter.txt").write_text("No database, but a letter that is long enough to be taken for one." * 20)
    sentence = refused(fresh.manage("setup", DATABASE_URL="sqlite:///letter.txt"))
    assert sentence == "The database cannot be opened: file is not a database."


def test_setup_says_that_the_database_server_is_out_of_reach(fresh):
    address = f"postgres://portal:hush@127.0.0.1:{free_port()}/portal"
    sentence = refused(fresh.manage("setup", DATABASE_URL=address))
    assert sentence.startswith("The database cannot be opened: connection failed")
    assert "hush" not in sentence


def test_secret_key_is_for_its_owner_only_and_stays(fresh):
    first = fresh.run("-c", "from sscportal import settings; print(settings.SECRET_KEY)").stdout
    second = fresh.run("-c", "from sscportal import settings; print(settings.SECRET_KEY)").stdout
    assert first == second
    assert len(first.strip()) >= 50
    assert stat.S_IMODE((fresh.var / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(fresh.var.stat().st_mode) == 0o700
    assert [path.name for path in fresh.var.iterdir()] == ["secret_key"]


def test_secret_key_that_is_empty_is_refused(fresh):
    fresh.var.mkdir()
    (fresh.var / "secret_key").write_text("")
    sentence = refused(fresh.manage("check"))
    assert (
        sentence == f"The file {fresh.var / 'secret_key'} is empty. Delete it, and a new key is made at the next start."
    )


def test_demo_refuses_a_taken_port_before_it_does_anything(fresh):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = refused(fresh.manage("demo", "--port", str(port)))
    assert sentence == f"Port {port} is taken by another program. Choose another one with --port."
    assert not fresh.database.exists()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_demo_refuses_what_is_no_port(fresh, port):
    result = fresh.manage("demo", f"--port={port}")
    assert result.returncode != 0
    assert "Write a number from 1 to 65535." in result.stderr
    assert not fresh.database.exists()


class Visitor:
    """A browser, as far as the log-in needs one."""

    def __init__(self, address):
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def open(self, path, data=None, **headers):
        body = urllib.parse.urlencode(data).encode() if data else None
        request = urllib.request.Request(self.address + path, body, headers)
        return self.opener.open(request, timeout=20)

    def log_in(self, username, password):
        """The page after the log-in: address and text."""
        page = self.open("/admin/login/?next=/admin/").read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        form = {"csrfmiddlewaretoken": token, "username": username, "password": password, "next": "/admin/"}
        response = self.open("/admin/login/", form)
        return response.geturl(), response.read().decode()


def test_demo_serves_the_portal_with_one_account_whose_password_is_shown_once(full, tmp_path):
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    with (tmp_path / "first").open("w") as output:
        process = full.start("manage.py", "demo", "--port", str(port), output=output)
    try:
        wait_until(lambda: answers(port), process)
        printed = (tmp_path / "first").read_text()
        assert f"The portal is at {address}/ (Ctrl-C ends it).\n" in printed
        password = re.search(rf"log in at {address}/admin/ as curator with the password (\S+)\n", printed)[1]

        made = re.search(r"^The ([0-9]+) files of /data/ were made\.$", printed, re.MULTILINE)
        visitor = Visitor(address)
        index = json.load(visitor.open("/data/index.json"))
        assert len(index["files"]) + 1 == int(made[1])
        assert index["files"][0]["url"].startswith(f"{address}/data/")

        page = visitor.open("/admin/login/").read().decode()
        stylesheet = re.search(r'href="(/static/admin/css/base\.[0-9a-f]{12}\.css)"', page)[1]
        response = visitor.open(stylesheet, **{"Accept-Encoding": "gzip"})
        assert response.headers["Content-Encoding"] == "gzip"
        assert b"--primary" in gzip.decompress(response.read())

        assert visitor.log_in("curator", "not the password")[0] == f"{address}/admin/login/"
        landed, page = visitor.log_in("curator", password)
        assert landed == f"{address}/admin/"
        assert 'id="logout-form"' in page

        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    finally:
        end(process)
    assert "Traceback" not in (tmp_path / "first").read_text()

    assert full.query("SELECT username, is_staff, is_superuser FROM auth_user") == [("curator", 1, 0)]
    own = "SELECT p.id FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id"
    own += " WHERE c.app_label = 'cooperation' ORDER BY p.id"
    held = "SELECT p.permission_id FROM auth_user u JOIN auth_user_groups m ON m.user_id = u.id"
    held += " JOIN auth_group g ON g.id = m.group_id JOIN auth_group_permissions p ON p.group_id = g.id"
    held += " WHERE u.username = 'curator' AND g.name = 'Curators' ORDER BY p.permission_id"
    assert full.query(held) == full.query(own) != []

    # Again, in an environment meant for debugging and for another address.
    account = full.query("SELECT * FROM auth_user")
    with (tmp_path / "second").open("w") as output:
        process = full.start(
            "manage.py",
            "demo",
            f"--port={port}",
            output=output,
            DEBUG="true",
            ALLOWED_HOSTS="portal.example.org",
        )
    try:
        wait_until(lambda: answers(port), process)
        printed = (tmp_path / "second").read_text()
        assert "The files of /data/ are up to date.\n" in printed
        assert "The account curator exists. A new password: manage.py changepassword curator\n" in printed
        assert "password " not in printed.replace("changepassword curator", "")
        assert full.query("SELECT * FROM auth_user") == account
        visitor = Visitor(address)
        assert visitor.open("/admin/login/").geturl() == f"{address}/admin/login/"
        with pytest.raises(urllib.error.HTTPError) as missing:
            visitor.open("/no-such-page/")
        with missing.value as page:
            assert page.code == 404
            assert b"URLconf" not in page.read()
    finally:
        end(process)
