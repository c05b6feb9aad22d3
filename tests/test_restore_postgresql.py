"""`manage.py backup` and `manage.py restore` on PostgreSQL: what its own programs and schemas bring along."""

import os
import signal
from contextlib import closing

import psycopg
import pytest
from django.db import connection

from tests.test_backup import done, refused, wait_for
from tests.test_health_served import running
from tests.test_restore import RENAME, asides

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL alone"),
]

SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information)' ORDER BY nspname"


@pytest.fixture
def backup(site, tmp_path):
    """A backup of the site, in which a forum was renamed after that."""
    site.then = site.dump()
    file = tmp_path / "portal.zip"
    done(site.manage("backup", str(file)))
    site.run(RENAME)
    return file


def schemas(site):
    return [name for (name,) in site.query(SCHEMAS)]


def test_schema_that_is_replaced_is_put_aside_and_is_the_way_back(site, backup, tmp_path):
    now = site.dump()
    lines = done(site.manage("restore", str(backup), "--yes"))
    [aside, public] = schemas(site)
    assert (aside.startswith("before_2"), public) == (True, "public")
    assert lines[1].startswith(f"What was there before is in the schema {aside}. ")
    address = f"{site.address}?options=-c%20search_path={aside}"
    done(site.manage("backup", str(tmp_path / "back.zip"), DATABASE_URL=address))
    done(site.manage("restore", str(tmp_path / "back.zip"), "--yes"))
    assert site.dump() == now


def test_backup_leaves_out_the_schemas_that_were_put_aside(site, backup, tmp_path, new_site):
    done(site.manage("restore", str(backup), "--yes"))
    done(site.manage("backup", str(tmp_path / "second.zip")))
    done(new_site.manage("restore", str(tmp_path / "second.zip")))
    assert schemas(new_site) == ["public"]
    assert new_site.dump() == site.then


def test_long_task_that_reads_is_named_after_twenty_seconds(site, backup):
    now = site.dump()
    with closing(psycopg.connect(site.address)) as other:
        other.execute("SELECT COUNT(*) FROM cooperation_project")
        said = refused(site.manage("restore", str(backup), "--yes"))
    assert said == "The database is in use by a long task. Let it finish, then run this command again."
    assert site.dump() == now


@pytest.mark.parametrize("begun", ["loading", "loaded"])
def test_restore_that_is_killed_leaves_the_old_database_or_the_new_one(site, backup, begun):
    now = site.dump()
    process = site.start("manage.py", "restore", str(backup), "--yes")
    if begun == "loading":
        wait_for(lambda: list(site.var.glob("backup/.portal-backup-*/load.sql")))
    else:
        wait_for(lambda: "portal_restoring" in schemas(site))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert site.dump() in (now, site.then)
    with running(site.installation, **site.variables) as ask:
        assert ask("/forums/", "localhost")[0] == 200
    done(site.manage("restore", str(backup), "--yes"))
    assert site.dump() == site.then
    assert "portal_restoring" not in schemas(site)
    assert asides(site) == []


def test_missing_program_is_named_with_its_package(site, tmp_path):
    said = refused(site.manage("backup", str(tmp_path / "portal.zip"), PATH="/nowhere"))
    assert said == "The program pg_dump is not installed. On Debian: apt install postgresql-client"


def test_server_that_is_away_is_said_without_its_password(site, tmp_path):
    gone = "postgres://portal:hush@127.0.0.1:1/portal"
    said = refused(site.manage("backup", str(tmp_path / "other.zip"), DATABASE_URL=gone))
    assert said.startswith("The database cannot be opened: ")
    assert "hush" not in said
