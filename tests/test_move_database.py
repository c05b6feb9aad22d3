"""`manage.py move_database`: from an SQLite file to PostgreSQL, with everything in it."""

import json
import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from cooperation.management.databases import sqlite_file
from cooperation.management.moving import SOURCE, Digest, canonical, moved_models, read_rows, second_database
from tests.databases import other_database
from tests.installation import Installation
from tests.sites import Site
from tests.test_backup import ANA, done, refused
from tests.test_health_served import running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL to move to"),
]


@pytest.fixture
def old(set_up, tmp_path):
    """A site on SQLite on which somebody has worked."""
    site = Site(Installation.make(tmp_path / "old", var=set_up.var))
    site.key = site.run(ANA).strip()
    return site


def rows(alias, model):
    """All rows of a model, each written as text, in an order of their own."""
    return sorted(canonical(row) for row in read_rows(model, alias))


def test_every_row_of_every_table_is_the_same_in_both(old, new_site, django_db_blocker):
    lines = done(new_site.manage("move_database", str(old.installation.database)))
    assert lines[0].endswith(" rows were moved, and are the same in both databases.")
    assert len(lines) == 2
    name = new_site.address.rpartition("/")[2]
    counted = 0
    with django_db_blocker.unblock(), other_database(name), second_database(sqlite_file(old.installation.database)):
        for model in moved_models():
            if model._meta.db_table not in ("cooperation_dataversion", "cooperation_change", "django_migrations"):
                assert rows("default", model) == rows(SOURCE, model)
                counted += model._base_manager.count()
    assert counted > 20_000


def test_accounts_rights_and_ids_go_on_where_they_were(old, new_site):
    old.run(
        "from cooperation.models import Source\n"
        "from django.contrib.auth.models import User, Group\n"
        "mere = User.objects.create_user('mere.tuilagi', password='nukualofa-1875', is_staff=True)\n"
        "mere.groups.add(Group.objects.get(name='Editors'))\n"
        "Source.objects.create(title='Minutes', slug='minutes').delete()"
    )
    [(last,)] = old.query("SELECT seq FROM sqlite_sequence WHERE name = 'cooperation_source'")
    done(new_site.manage("move_database", str(old.installation.database)))
    said = new_site.run(
        "from django.contrib.auth import authenticate\n"
        "from cooperation.models import Source\n"
        "mere = authenticate(username='mere.tuilagi', password='nukualofa-1875')\n"
        "print(mere.has_perm('cooperation.change_project'), mere.has_perm('cooperation.publish_record'))\n"
        "print(Source.objects.create(title='Report', slug='report').pk)"
    )
    assert said.split() == ["True", "False", str(last + 1)]
    assert new_site.query("SELECT COUNT(*) FROM django_session") == [(0,)]


def test_portal_serves_and_searches_what_was_moved(old, new_site):
    done(new_site.manage("move_database", str(old.installation.database)))
    with running(new_site.installation, **new_site.variables) as ask:
        assert ask() == (200, "ok\n")
        found = json.loads(ask("/forums.json?q=Andes", "localhost")[1])
        assert ask("/projects/", "localhost")[0] == 200
        new_site.run("from cooperation.models import Forum; Forum.objects.filter(slug='fealac').update(name='Renamed')")
        assert "Renamed" in ask("/forums/fealac/", "localhost")[1]
    assert "Forum of the Andes and the Pacific" in json.dumps(found)


def test_backup_of_an_sqlite_portal_is_moved_like_its_file(old, new_site, tmp_path):
    done(old.manage("backup", str(tmp_path / "portal.zip")))
    done(new_site.manage("move_database", str(tmp_path / "portal.zip")))
    names = "SELECT name, slug FROM cooperation_forum ORDER BY id"
    assert new_site.query(names) == old.query(names)


def test_database_that_holds_data_is_not_moved_to(old, site):
    now = site.dump()
    said = refused(site.manage("move_database", str(old.installation.database)))
    assert said == "The database of DATABASE_URL holds data already. Name an empty one."
    assert site.dump() == now


def test_value_that_postgresql_does_not_take_is_named_and_nothing_is_moved(old, new_site):
    with closing(sqlite3.connect(old.installation.database)) as file:
        file.execute("UPDATE auth_user SET last_name = ?", ["Ruiz " * 100])
        file.commit()
    said = refused(new_site.manage("move_database", str(old.installation.database)))
    why = "value too long for type character varying(150)"
    assert said == f"PostgreSQL does not take a row of the table auth_user: {why}. Nothing was moved."
    assert new_site.query("SELECT COUNT(*) FROM cooperation_project") == [(0,)]
    # What was begun is no obstacle.
    with closing(sqlite3.connect(old.installation.database)) as file:
        file.execute("UPDATE auth_user SET last_name = 'Ruiz'")
        file.commit()
    done(new_site.manage("move_database", str(old.installation.database)))
    assert new_site.query("SELECT last_name FROM auth_user") == [("Ruiz",)]


def test_row_that_refers_to_nothing_is_named(old, new_site):
    with closing(sqlite3.connect(old.installation.database)) as file:
        file.execute(
            "INSERT INTO django_admin_log (id, action_time, object_repr, action_flag, change_message, user_id) "
            "VALUES (5, '2026-01-31 10:00:00', 'FEALAC', 2, '', 77)"
        )
        file.commit()
    said = refused(new_site.manage("move_database", str(old.installation.database)))
    assert said == "Row 5 of the table django_admin_log refers to one of auth_user that is not there."


def test_what_is_no_database_and_a_missing_file_are_refused(new_site, tmp_path):
    minutes = tmp_path / "minutes.sqlite3"
    said = refused(new_site.manage("move_database", str(minutes)))
    assert said == f"{minutes} cannot be read (unable to open database file). Nothing was moved."
    assert not minutes.exists()
    minutes.write_text("Minutes of the meeting.\n" * 100)
    said = refused(new_site.manage("move_database", str(minutes)))
    assert said == f"{minutes} cannot be read (file is not a database). Nothing was moved."


def test_without_postgresql_nothing_is_moved(old):
    said = refused(old.manage("move_database", str(old.installation.database)))
    assert said == "DATABASE_URL names no PostgreSQL database. Write the address of the new one there."


def test_digest_of_rows_tells_any_difference_and_no_order():
    rows = [(1, "Apia", None), (2, "Suva", True)]
    one, other, third = Digest(), Digest(), Digest()
    for row in rows:
        one.add(row)
    for row in reversed(rows):
        other.add(row)
    for row in [(1, "Apia", None), (2, "Suva", False)]:
        third.add(row)
    assert (one == other, one == third) == (True, False)
