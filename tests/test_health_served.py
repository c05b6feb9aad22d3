"""/healthz of the portal behind gunicorn, while somebody takes the database away from it."""

import ctypes
import http.client
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.installation import Installation, answers, end, environment, free_port, wait_until

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

GUNICORN = ("-m", "gunicorn", "-c", "sscportal/gunicorn.py", "--log-level", "warning")
DROP_FROM_BOUNDING_SET, MAY_IGNORE_MODES = 24, 1  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE of Linux


@contextmanager
def running(installation, preexec=None, **variables):
    """A function that gives `(status, text)` of an address, asked of gunicorn with one process."""
    port = free_port()
    variables = {"BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1", **variables}
    log = installation.folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, *GUNICORN],
            cwd=installation.folder,
            env=environment(variables),
            stdout=output,
            stderr=output,
            preexec_fn=preexec,
        )

    def ask(address="/healthz", host="10.0.0.7"):
        visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        visitor.request("GET", address, headers={"Host": host})
        answer = visitor.getresponse()
        text = answer.read().decode()
        visitor.close()
        return answer.status, text

    try:
        wait_until(lambda: answers(port), process)
        yield ask
    finally:
        end(process)


@pytest.fixture
def installation(set_up_empty, tmp_path):
    return Installation.make(tmp_path, var=set_up_empty.var)


def test_database_file_that_was_deleted_or_replaced_is_noticed(installation):
    with running(installation) as ask:
        assert ask() == (200, "ok\n")
        away = installation.database.rename(installation.var / "away")
        assert ask() == (503, "The database file is gone.\n")
        installation.database.write_bytes(away.read_bytes())
        assert ask() == (503, "The database file was replaced. Restart the portal.\n")
        away.rename(installation.database)
        assert ask() == (200, "ok\n")


def test_folder_var_that_was_lost_is_noticed_and_its_way_back(installation):
    with running(installation) as ask:
        assert ask() == (200, "ok\n")
        away = installation.var.rename(installation.folder / "away")
        assert ask() == (503, "The database file is gone.\n")
        away.rename(installation.var)
        assert ask() == (200, "ok\n")


def test_static_files_that_were_lost_are_noticed(installation):
    with running(installation) as ask:
        (installation.var / "static").rename(installation.folder / "away")
        assert ask() == (503, "The static files are gone. Run manage.py setup.\n")


@pytest.mark.parametrize("content", [b"", b"Minutes of the meeting.\n" * 1_000], ids=["emptied", "overwritten"])
def test_database_file_that_was_damaged_is_noticed(installation, content):
    with running(installation) as ask:
        assert ask("/projects/", "localhost")[0] == 200
        assert ask() == (200, "ok\n")
        size = installation.database.stat().st_size
        with installation.database.open("r+b") as file:
            file.write(content * (size // max(len(content), 1)) if content else b"")
            file.truncate(size if content else 0)
        status, reason = ask()
    assert status == 503
    assert reason in ("The database cannot be read.\n", "A table is missing: auth_group.\n")


def test_writer_that_holds_the_lock_keeps_nobody_waiting(installation):
    with running(installation) as ask:
        other = sqlite3.connect(installation.database, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE cooperation_dataversion SET number = number + 1")
        begin = time.monotonic()
        assert ask() == (200, "ok\n")
        assert time.monotonic() - begin < 5
        other.close()


def test_disk_that_is_read_only_is_said_while_pages_are_read(installation):
    """The file modes stand for the disk: SQLite is refused to write, and then reads, in both cases."""
    folders, files = [installation.var], [installation.database]
    with running(installation, bound_by_file_modes) as ask:
        assert ask() == (200, "ok\n")
        files += installation.var.glob("*.sqlite3-*")
        change_modes(files, 0o400, folders, 0o500)
        try:
            assert ask() == (200, "read-only\n")
            assert ask("/projects/", "localhost")[0] == 200
        finally:
            change_modes(files, 0o600, folders, 0o700)
        assert ask() == (200, "ok\n")


def test_database_server_that_is_gone_is_noticed_and_not_named(installation):
    address = f"postgres://portal:hush@127.0.0.1:{free_port()}/register"
    with running(installation, DATABASE_URL=address) as ask:
        assert ask() == (503, "The database cannot be read.\n")
    assert "hush" not in (installation.folder / "log").read_text()


def bound_by_file_modes():
    """Let the process that begins obey the modes of files even if it is root's."""
    if os.geteuid() == 0:
        assert ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, MAY_IGNORE_MODES, 0, 0, 0) == 0


def change_modes(files, file_mode, folders, folder_mode):
    for paths, mode in ((files, file_mode), (folders, folder_mode)):
        for path in paths:
            path.chmod(mode)
