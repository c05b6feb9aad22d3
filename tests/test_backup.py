"""`manage.py backup`: what the file holds, while people write, and what is refused."""

import json
import os
import signal
import stat
import time
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError

from cooperation.management.backup_file import file_name, newest_backup, unpack
from tests.sites import dump_of_file

pytestmark = pytest.mark.slow

ANA = """
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.contrib.sessions.backends.db import SessionStore
from cooperation.models import Edit, Forum, editing
ana = User.objects.create_superuser("ana.ruiz", password="chimborazo-6263")
session = SessionStore()
session["_auth_user_id"] = ana.pk
session.save()
with editing(Edit.Kind.FORM, by=ana, reason="As the charter says."):
    forum = Forum.objects.order_by("pk").first()
    forum.name = "Forum of the Andes and the Pacific"
    forum.save()
print(session.session_key)
"""


def done(result):
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.splitlines()


def refused(result):
    """What a command that refused its work said: one line, no traceback."""
    assert result.returncode != 0
    [line] = result.stderr.splitlines()
    return line.removeprefix("CommandError: ")


def manifest_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))


def test_backup_says_what_it_holds(site, tmp_path):
    file = tmp_path / "portal.zip"
    [line] = done(site.manage("backup", str(file)))
    manifest = manifest_of(file)
    projects = site.query("SELECT COUNT(*) FROM cooperation_project")[0][0]
    assert line.startswith(f"{file} holds the database as of {manifest['made'][:10]} ")
    assert f": {sum(manifest['rows'].values()):,} rows in {len(manifest['rows'])} tables, " in line
    assert (manifest["rows"]["cooperation_project"], manifest["database"]) == (projects, site.vendor)
    assert manifest["format"] == 1
    assert "0007_curating" in manifest["migrations"]["cooperation"]


def test_backup_is_for_its_owner_only_and_leaves_nothing_beside_it(site, tmp_path):
    file = tmp_path / "portal.zip"
    before = set(tmp_path.iterdir())
    done(site.manage("backup", str(file)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(tmp_path.iterdir()) - before == {file}


@pytest.mark.any_database
def test_backup_of_a_file_holds_every_row_but_those_of_sessions(site, tmp_path):
    key = site.run(ANA).strip()
    done(site.manage("backup", str(tmp_path / "portal.zip")))
    _manifest, content = unpack(tmp_path / "portal.zip", tmp_path)
    assert dump_of_file(content) == site.dump()
    assert b"chimborazo" not in content.read_bytes()
    assert key.encode() not in content.read_bytes()
    assert (site.var / "secret_key").read_bytes() not in content.read_bytes()


@pytest.mark.any_database
def test_backup_of_a_file_holds_nothing_that_was_deleted(site, tmp_path):
    site.run(
        "from cooperation.models import Lesson; from django.contrib.auth.models import User\n"
        "User.objects.create(username='x', first_name='Wilhelmina of Nowhere')\n"
        "User.objects.filter(username='x').delete()"
    )
    done(site.manage("backup", str(tmp_path / "portal.zip")))
    _manifest, content = unpack(tmp_path / "portal.zip", tmp_path)
    assert b"Wilhelmina" not in content.read_bytes()


def wait_for(happened, seconds=120):
    limit = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < limit


@pytest.mark.parametrize("begun", ["", "/copy.sqlite3", "/part"], ids=["at once", "while copying", "while packing"])
@pytest.mark.any_database
def test_backup_that_is_killed_leaves_no_file_and_the_next_one_clears_up(site, tmp_path, begun):
    folder = tmp_path / "backups"
    folder.mkdir()
    process = site.start("manage.py", "backup", str(folder / "portal.zip"))
    wait_for(lambda: list(folder.glob(f".portal-backup-*{begun}")))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (folder / "portal.zip").exists()
    assert [path.name[:8] for path in folder.iterdir()] == [".portal-"]
    done(site.manage("backup", str(folder / "portal.zip")))
    assert list(folder.iterdir()) == [folder / "portal.zip"]


@pytest.mark.any_database
def test_backup_without_a_file_goes_to_the_folder_of_the_setting(site, tmp_path):
    done(site.manage("backup"))
    [file] = (site.var / "backup").iterdir()
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    done(site.manage("backup", BACKUP_DIR=str(tmp_path)))
    assert len(list(tmp_path.glob("portal-*Z.backup.zip"))) == 1


@pytest.mark.any_database
def test_keep_deletes_the_oldest_backups_and_nothing_else(site, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    done(site.manage("backup", str(folder / "first.zip")))
    now = datetime.now(UTC)
    old = [folder / file_name(now - timedelta(days=days)) for days in (1, 2, 3)]
    for file in old:
        file.write_bytes((folder / "first.zip").read_bytes())
    minutes = folder / "portal-20250101T000000Z.backup.zip"
    minutes.write_text("Minutes of the meeting, by chance under such a name.")
    lines = done(site.manage("backup", str(folder), "--keep", "2"))
    [new] = set(folder.iterdir()) - {*old, minutes, folder / "first.zip"}
    assert lines[1] == "2 older backups were deleted."
    assert set(folder.iterdir()) == {new, old[0], minutes, folder / "first.zip"}


@pytest.mark.any_database
def test_existing_file_missing_folder_and_keep_with_a_file_are_refused(site, tmp_path):
    taken = tmp_path / "taken.zip"
    taken.write_text("Somebody's.")
    assert refused(site.manage("backup", str(taken))) == f"{taken} exists. Choose another name."
    assert taken.read_text() == "Somebody's."
    nowhere = tmp_path / "nowhere"
    assert refused(site.manage("backup", str(nowhere / "x.zip"))) == f"There is no folder {nowhere}. Make it first."
    other = tmp_path / "other.zip"
    assert (
        refused(site.manage("backup", str(other), "--keep", "3")) == f"--keep goes with a folder, and {other} is none."
    )


@pytest.mark.any_database
def test_full_disk_is_said_and_leaves_nothing(site, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    code = (
        "import resource, runpy, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))\n"
        "sys.argv = ['manage.py', 'backup', sys.argv[1]]; runpy.run_path('manage.py', run_name='__main__')"
    )
    result = site.installation.run("-c", code, str(folder))
    assert refused(result).startswith(f"The backup cannot be written to {folder} (")
    assert list(folder.iterdir()) == []


@pytest.mark.any_database
def test_damaged_database_gives_no_backup(site, tmp_path):
    [(page,)] = site.query("SELECT rootpage FROM sqlite_master WHERE name = 'cooperation_project'")
    with site.installation.database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"Minutes of the meeting.\n" * 100)
    said = refused(site.manage("backup", str(tmp_path / "portal.zip")))
    assert said.startswith("The database is damaged (")
    assert said.endswith("). Nothing was written.")
    assert not (tmp_path / "portal.zip").exists()


@pytest.mark.any_database
def test_newest_backup_is_found_in_the_folder_of_the_setting(site, tmp_path, settings):
    settings.BACKUP_DIR = tmp_path / "backups"
    assert newest_backup() is None
    settings.BACKUP_DIR.mkdir()
    assert newest_backup() is None
    begun = datetime.now(UTC).replace(microsecond=0)
    done(site.manage("backup", str(settings.BACKUP_DIR)))
    assert begun <= newest_backup() <= datetime.now(UTC)


@pytest.mark.any_database
def test_every_changed_byte_is_found_or_changes_nothing(site, tmp_path):
    """In steps through the whole file; a byte that says when the zip was made, for example, is of no account."""
    file = tmp_path / "portal.zip"
    done(site.manage("backup", str(file)))
    whole = file.read_bytes()
    _manifest, content = unpack(file, tmp_path)
    right = content.read_bytes()
    content.unlink()
    places = [*range(80), *range(80, len(whole) - 5_000, len(whole) // 60), *range(len(whole) - 400, len(whole), 3)]
    found = 0
    for place in places:
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        content = content_unless_damaged(file, tmp_path)
        found += content is None
        assert content in (None, right)
    assert found > len(places) * 0.7


def content_unless_damaged(file, folder):
    try:
        return unpack(file, folder)[1].read_bytes()
    except CommandError:
        return None
    finally:
        (folder / "database.sqlite3").unlink(missing_ok=True)
