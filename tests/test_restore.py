"""`manage.py restore`: the database of a backup in the place of another, while the portal runs."""

import json
import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing

import pytest

from cooperation.management.backup_file import locked
from tests.installation import end, environment
from tests.sites import dump_of_file, with_django
from tests.test_backup import ANA, done, refused, wait_for
from tests.test_health_served import running
from tests.upgrade.snapshot import rows_of
from tests.upgrade.snapshot import unpack as unpack_snapshot

pytestmark = pytest.mark.slow

REPLACED = "The database holds data, or cannot be read. With --yes it is replaced."
RENAME = """
from cooperation.models import Forum
Forum.objects.filter(pk=Forum.objects.order_by("pk").first().pk).update(name="Forum of some other name")
"""

# Each transaction writes the same number to two rows, and prints it once it is kept.
WRITER = """
import sys
from django.contrib.auth.models import User
from django.db import transaction
name = sys.argv[1]
for side in "ab":
    User.objects.create(username=f"{name}-{side}", last_name="0")
number = 0
while True:
    number += 1
    with transaction.atomic():
        for side in "ab":
            User.objects.filter(username=f"{name}-{side}").update(last_name=str(number))
    print(number, flush=True)
"""
WRITERS = 8


@pytest.fixture
def backup(site, tmp_path):
    """A backup of the site, to which an account and an edit belong. Then a forum was renamed."""
    site.key = site.run(ANA).strip()
    site.then = site.dump()
    file = tmp_path / "portal.zip"
    done(site.manage("backup", str(file)))
    site.run(RENAME)
    return file


def changed(file, **facts):
    """Rewrite the manifest of a backup."""
    other = file.with_name("other.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, json.dumps({**json.loads(content), **facts}) if name == "manifest.json" else content)
    return other


def asides(site):
    return sorted(path for path in site.var.iterdir() if "-before-" in path.name)


def test_restored_database_is_the_one_of_the_backup_row_by_row(site, backup):
    assert site.dump() != site.then
    lines = done(site.manage("restore", str(backup), "--yes"))
    assert site.dump() == site.then
    assert lines[0].startswith("The database of ")
    assert lines[-1] == "Everybody has to sign in again. manage.py publish_data makes the files of /data/ anew."
    assert site.query("SELECT COUNT(*) FROM django_session") == [(0,)]


def test_restore_on_a_new_machine_needs_no_question(site, backup, new_site):
    lines = done(new_site.manage("restore", str(backup)))
    assert new_site.dump() == site.then
    assert not any("before" in line for line in lines)
    with running(new_site.installation, **new_site.variables) as ask:
        assert ask() == (200, "ok\n")
        assert "Forum of the Andes and the Pacific" in ask("/forums.json?q=Andes", "localhost")[1]


def test_portal_that_runs_shows_the_restored_records_at_once(site, backup):
    with running(site.installation, WEB_CONCURRENCY="2", **site.variables) as ask:
        for _each in range(4):
            assert "Forum of some other name" in ask("/forums/", "localhost")[1]
            assert "Forum of some other name" in ask("/forums.json?q=some+other+name", "localhost")[1]
        done(site.manage("restore", str(backup), "--yes"))
        for _each in range(4):
            page = ask("/forums/", "localhost")[1]
            assert "Forum of the Andes and the Pacific" in page
            assert "Forum of some other name" not in page
            assert "Forum of some other name" not in ask("/forums.json?q=some+other+name", "localhost")[1]
            assert ask() == (200, "ok\n")
        site.run(RENAME)
        assert "Forum of some other name" in ask("/forums/", "localhost")[1]


def test_data_version_goes_on_from_the_one_that_was_replaced(site, backup):
    number = "SELECT number FROM cooperation_dataversion WHERE name = 'data'"
    ahead = 4_000_000_000_000_000
    site.query(f"UPDATE cooperation_dataversion SET number = {ahead} WHERE name = 'data'")
    done(site.manage("restore", str(backup), "--yes"))
    assert site.query(number)[0][0] > ahead
    assert site.query(
        "SELECT COUNT(DISTINCT number) FROM cooperation_dataversion WHERE name IN ('data', 'search')"
    ) == [(1,)]


@pytest.mark.any_database
def test_file_that_is_replaced_is_put_aside_with_its_latest_changes(site, backup):
    with closing(sqlite3.connect(site.installation.database)) as other:
        # As long as this connection is open, the change is in the -wal only.
        other.execute("UPDATE auth_user SET last_name = 'Ruiz Paredes'")
        other.commit()
        now = site.dump()
        lines = done(site.manage("restore", str(backup), "--yes"))
    aside, log = asides(site)
    assert (log.name, aside.stat().st_mode & 0o777) == (f"{aside.name}-wal", 0o600)
    assert lines[1].startswith(f"What was there before is in {aside}. ")
    assert dump_of_file(aside) == now


@pytest.mark.any_database
def test_way_back_is_the_file_that_was_put_aside(site, backup, new_site):
    now = site.dump()
    done(site.manage("restore", str(backup), "--yes"))
    [aside] = asides(site)
    done(new_site.manage("backup", str(site.folder / "back.zip"), DATABASE_URL=f"sqlite:///{address(aside)}"))
    done(site.manage("restore", str(site.folder / "back.zip"), "--yes"))
    assert site.dump() == now


def address(path):
    return str(path).replace("%", "%25").replace("+", "%2B").replace(" ", "%20")


@pytest.mark.any_database
def test_old_log_beside_the_file_is_put_aside_and_harms_nothing(site, backup, tmp_path):
    """What an operator has who copied a file into the place of another and left its -wal."""
    database = site.installation.database
    copy = tmp_path / "copied.sqlite3"
    with zipfile.ZipFile(backup) as archive:
        copy.write_bytes(archive.read("database.sqlite3"))
    with closing(sqlite3.connect(database)) as other:
        other.execute("PRAGMA wal_autocheckpoint = 0")
        other.execute("UPDATE cooperation_source SET title = title || ' (read in May)'")
        other.commit()
        log = tmp_path / "log"
        shutil.copyfile(f"{database}-wal", log)
    shutil.copyfile(copy, database)
    shutil.copyfile(log, f"{database}-wal")
    done(site.manage("restore", str(backup), "--yes"))
    assert site.dump() == site.then
    endings = {path.name.rpartition(".sqlite3")[2]: path for path in asides(site)}
    assert endings[""].read_bytes() == copy.read_bytes()
    assert endings["-wal"].read_bytes() == log.read_bytes()
    with running(site.installation) as ask:
        assert ask("/projects/", "localhost")[0] == 200


@pytest.mark.any_database
def test_file_that_is_no_database_is_put_aside_and_replaced(site, backup):
    site.installation.database.write_text("Minutes of the meeting.\n" * 1_000)
    assert refused(site.manage("restore", str(backup))) == REPLACED
    done(site.manage("restore", str(backup), "--yes"))
    assert site.dump() == site.then
    [aside] = asides(site)
    assert aside.read_text() == "Minutes of the meeting.\n" * 1_000


@pytest.mark.any_database
def test_damaged_database_is_replaced_under_a_running_portal(site, backup):
    [(page,)] = site.query("SELECT rootpage FROM sqlite_master WHERE name = 'cooperation_project'")
    with running(site.installation) as ask:
        assert ask("/projects/", "localhost")[0] == 200
        with site.installation.database.open("r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"Minutes of the meeting.\n" * 100)
        done(site.manage("restore", str(backup), "--yes"))
        assert ask() == (200, "ok\n")
        assert ask("/projects/", "localhost")[0] == 200
    assert site.dump() == site.then


@pytest.mark.any_database
def test_file_that_is_no_database_is_not_replaced_under_a_running_portal(site, backup):
    database = site.installation.database
    with running(site.installation) as ask:
        assert ask("/projects/", "localhost")[0] == 200
        with database.open("r+b") as file:
            file.write(b"Minutes of the meeting.\n" * 1_000)
        said = refused(site.manage("restore", str(backup), "--yes"))
    assert said == f"{database} cannot be read and is in use. Stop the portal, then run this command again."
    assert database.read_bytes().startswith(b"Minutes of the meeting.")
    done(site.manage("restore", str(backup), "--yes"))
    assert site.dump() == site.then


def test_database_with_data_is_replaced_only_with_yes(site, backup):
    now = site.dump()
    said = refused(site.manage("restore", str(backup)))
    assert said == REPLACED
    assert site.dump() == now


@pytest.mark.any_database
@pytest.mark.parametrize(("answer", "is_replaced"), [("yes\n", True), ("y\n", False), ("\n", False)])
def test_person_at_a_terminal_is_asked(site, backup, answer, is_replaced):
    now = site.dump()
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    result = subprocess.run(
        [sys.executable, "manage.py", "restore", str(backup)],
        cwd=site.folder,
        env=environment(site.variables),
        stdin=theirs,
        capture_output=True,
        text=True,
    )
    os.close(ours)
    os.close(theirs)
    assert (
        "The database holds data, or cannot be read. It is put aside and replaced. Write yes to go on: "
        in result.stdout
    )
    assert site.dump() == (site.then if is_replaced else now)
    assert result.stderr == ("" if is_replaced else "CommandError: Nothing was changed.\n")


@pytest.mark.any_database
def test_second_restore_is_refused_while_one_is_at_work(site, backup):
    (site.var / "backup").mkdir()
    with locked(site.var / "backup"):
        said = refused(site.manage("restore", str(backup), "--yes"))
    assert said == "Another restore is at work. Let it finish."


@pytest.mark.any_database
def test_full_disk_leaves_the_database_as_it_was(site, backup):
    now = site.dump()
    code = (
        "import resource, runpy, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))\n"
        "sys.argv = ['manage.py', 'restore', sys.argv[1], '--yes']; runpy.run_path('manage.py', run_name='__main__')"
    )
    said = refused(site.installation.run("-c", code, str(backup)))
    assert said == f"{backup} cannot be restored (File too large). The database is as it was."
    assert site.dump() == now
    assert asides(site) == list(site.var.glob(".portal-backup-*")) == []


@pytest.mark.any_database
def test_backup_of_an_older_version_is_brought_up_to_date(site, new_site, tmp_path):
    old = unpack_snapshot(tmp_path)
    done(site.manage("backup", str(tmp_path / "portal.zip"), DATABASE_URL=f"sqlite:///{old}"))
    done(new_site.manage("restore", str(tmp_path / "portal.zip")))
    titles = "SELECT id, title FROM cooperation_project ORDER BY id"
    assert new_site.query(titles) == rows_of(old, titles)
    done(new_site.manage("migrate", "--check"))


def test_restart_is_asked_for_when_the_models_have_other_numbers(site, backup):
    site.query("INSERT INTO django_content_type (id, app_label, model) VALUES (5000, 'missions', 'mission')")
    lines = done(site.manage("restore", str(backup), "--yes"))
    assert lines[-1] == "The backup is of another installation: restart the portal now."


def test_backup_of_a_newer_portal_is_refused(site, backup):
    now = site.dump()
    newer = changed(backup, format=2)
    said = f"{newer} was made by a newer version of the portal. Update the portal first."
    assert refused(site.manage("restore", str(newer), "--yes")) == said
    applied = {"cooperation": ["0001_initial", "0099_missions"]}
    newer = changed(backup, migrations=applied)
    said = f"{newer} was made by a newer version of the portal (cooperation.0099_missions). Update the portal first."
    assert refused(site.manage("restore", str(newer), "--yes")) == said
    assert site.dump() == now


def test_backup_of_the_other_kind_of_database_is_refused_with_the_way(site, backup):
    now = site.dump()
    other = changed(backup, database="postgresql" if site.vendor == "sqlite" else "sqlite")
    said = {
        "sqlite": f"{other} is of a PostgreSQL database, and DATABASE_URL names a SQLite one. "
        "Name an empty PostgreSQL database in DATABASE_URL to restore it.",
        "postgresql": f"{other} is of a SQLite database, and DATABASE_URL names a PostgreSQL one. "
        f"To move the data there, run: manage.py move_database {other}",
    }
    assert refused(site.manage("restore", str(other), "--yes")) == said[site.vendor]
    assert site.dump() == now


def test_backup_with_another_digest_or_number_of_rows_is_refused(site, backup):
    now = site.dump()
    other = changed(backup, sha256="0" * 64)
    said = f"{other} is damaged, or no backup of the portal. Nothing was changed."
    assert refused(site.manage("restore", str(other), "--yes")) == said
    with zipfile.ZipFile(backup) as archive:
        rows = json.loads(archive.read("manifest.json"))["rows"]
    other = changed(backup, rows={**rows, "auth_user": 7})
    said = f"{other} lacks rows of the table auth_user. Nothing was changed."
    assert refused(site.manage("restore", str(other), "--yes")) == said
    assert site.dump() == now


def test_what_is_no_backup_is_refused_in_a_sentence(site, tmp_path):
    minutes = tmp_path / "minutes.zip"
    said = refused(site.manage("restore", str(minutes)))
    assert said == f"{minutes} cannot be restored (No such file or directory). The database is as it was."
    minutes.write_text("Minutes of the meeting.")
    said = f"{minutes} is damaged, or no backup of the portal. Nothing was changed."
    assert refused(site.manage("restore", str(minutes))) == said
    with zipfile.ZipFile(minutes, "w") as archive:
        archive.writestr("minutes.txt", "Minutes of the meeting.")
    assert refused(site.manage("restore", str(minutes))) == said


@pytest.mark.any_database
def test_writer_that_never_ends_is_named_after_twenty_seconds(site, backup):
    with closing(sqlite3.connect(site.installation.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = refused(site.manage("restore", str(backup), "--yes"))
    assert said == "The database is locked by another program. Let that one finish, then run this command again."
    assert asides(site) == []


@pytest.mark.any_database
@pytest.mark.parametrize("begun", [".portal-backup-*/database.sqlite3", "*-before-*", "*-before-*-wal"])
def test_restore_that_is_killed_leaves_the_old_database_or_the_new_one(site, backup, begun):
    with closing(sqlite3.connect(site.installation.database)) as other:
        other.execute("UPDATE auth_user SET last_name = 'Ruiz Paredes'")
        other.commit()
        now = site.dump()
        process = site.start("manage.py", "restore", str(backup), "--yes")
        wait_for(lambda: list(site.var.glob(begun)))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert site.dump() in (now, site.then)
    with running(site.installation) as ask:
        assert ask("/forums/", "localhost")[0] == 200
    done(site.manage("restore", str(backup), "--yes"))
    assert site.dump() == site.then
    assert list(site.var.glob(".portal-backup-*")) == []


def test_backup_under_eight_writers_is_of_one_moment(site, tmp_path):
    writers, logs = [], []
    try:
        for number in range(WRITERS):
            logs.append(tmp_path / f"writer-{number}")
            with logs[-1].open("w") as output:
                writers.append(site.start("-c", with_django(WRITER), f"writer-{number}", output=output))
        wait_for(lambda: all(last_number(log) > 2 for log in logs))
        before = [last_number(log) for log in logs]
        done(site.manage("backup", str(tmp_path / "portal.zip")))
        after = [last_number(log) for log in logs]
        wait_for(lambda: all(last_number(log) > then for log, then in zip(logs, after, strict=True)))
    finally:
        for writer in writers:
            end(writer)
    done(site.manage("restore", str(tmp_path / "portal.zip"), "--yes"))
    pairs = dict(site.query("SELECT username, last_name FROM auth_user WHERE username LIKE 'writer-%'"))
    for number in range(WRITERS):
        assert pairs[f"writer-{number}-a"] == pairs[f"writer-{number}-b"]
        # The one that was kept and not yet printed counts, too.
        assert before[number] <= int(pairs[f"writer-{number}-a"]) <= after[number] + 1


def last_number(log):
    lines = log.read_text().splitlines()
    return int(lines[-1]) if lines else 0


@pytest.mark.any_database
@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.999])
def test_file_that_was_cut_off_is_refused(site, tmp_path, share):
    file = tmp_path / "portal.zip"
    done(site.manage("backup", str(file)))
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    before = site.dump()
    said = refused(site.manage("restore", str(file), "--yes"))
    assert said == f"{file} is damaged, or no backup of the portal. Nothing was changed."
    assert site.dump() == before
