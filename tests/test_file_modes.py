"""The database holds drafts and accounts: its files are for their owner only, whatever the shell allows to others."""

import sqlite3
import stat

import pytest

from tests.installation import Installation

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

OPEN_THE_DATABASE = """
import django, os, pathlib, stat
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE letter (id integer)")
    name = connection.settings_dict["NAME"]
    for path in sorted(name.parent.glob(f"{name.name}*")):
        print(path.name, oct(stat.S_IMODE(path.stat().st_mode)))
"""


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def fresh(tmp_path):
    return Installation.make(tmp_path)


def open_the_database(installation, **variables):
    result = installation.run("-c", OPEN_THE_DATABASE, DJANGO_SETTINGS_MODULE="sscportal.settings", **variables)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.splitlines()


def test_setup_makes_folder_and_database_for_their_owner_only(set_up_empty):
    assert (mode(set_up_empty.var), mode(set_up_empty.database)) == (0o700, 0o600)


def test_what_sqlite_writes_beside_a_new_database_is_for_its_owner_only(fresh):
    files = ["portal.sqlite3", "portal.sqlite3-shm", "portal.sqlite3-wal"]
    assert open_the_database(fresh) == [f"{name} 0o600" for name in files]


def test_new_database_in_another_folder_is_for_its_owner_only(fresh, tmp_path):
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    lines = open_the_database(fresh, DATABASE_URL=f"sqlite:///{folder}/register.sqlite3")
    assert lines[0] == "register.sqlite3 0o600"
    # The operator made the folder, and may keep more in it.
    assert mode(folder) == 0o755


def test_database_that_is_there_keeps_its_mode_and_its_content(fresh, tmp_path):
    path = tmp_path / "register.sqlite3"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE minutes (id integer)")
    path.chmod(0o640)
    assert open_the_database(fresh, DATABASE_URL=f"sqlite:///{path}")[0] == "register.sqlite3 0o640"
    assert other.execute("SELECT name FROM sqlite_master ORDER BY name").fetchall() == [("letter",), ("minutes",)]
    other.close()
