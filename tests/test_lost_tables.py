"""`manage.py setup` of a database that lost what is made of its records: the log of changes, the search."""

import io
import shutil

import pytest
from django.core.management import call_command
from django.db import connection, connections

from cooperation import changes, search
from tests.databases import other_database

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

SEARCH_TABLES = ["", "_data", "_idx", "_content", "_config", "word"]
IN_ORDER = [
    "The database already holds records: the fixtures were left alone.",
    "The search index is up to date.",
    "The static files were collected.",
]


@pytest.fixture(autouse=True)
def database(set_up, tmp_path, django_db_setup, django_db_blocker):
    """A copy of a database with the fixtures, as the default one."""
    path = tmp_path / "portal.sqlite3"
    shutil.copyfile(set_up.database, path)
    with django_db_blocker.unblock(), other_database(path):
        yield path


def execute(*statements):
    with connections["default"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall()


def set_up_again():
    """What `setup` says beyond what it says when all is in order."""
    said = io.StringIO()
    call_command("setup", stdout=said)
    first, *lines = said.getvalue().splitlines()
    if first != (up_to_date := f"The SQLite file {connection.settings_dict['NAME']} is up to date."):
        assert lines.pop(0) == up_to_date
        lines.insert(0, first)
    assert [line for line in lines if line in IN_ORDER] == IN_ORDER
    return [line for line in lines if line not in IN_ORDER]


def all_is_seen(client):
    """Whether a change shows on pages, in counts and in the search at once."""
    for name in ("Forum of the first change", "Forum of the second change"):
        execute(f"UPDATE cooperation_forum SET name = '{name}' WHERE slug = 'fealac'")
        pages = [client.get(address).content.decode() for address in ("/forums/fealac/", "/forums/")]
        found = client.get("/search.json?q=second+change" if "second" in name else "/search.json?q=first+change").json()
        if not all(name in page for page in pages) or "fealac" not in str(found):
            return False
    return True


def triggers():
    return execute(
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'watch_%' ORDER BY name"
    )


def test_setup_says_nothing_of_what_is_in_order(client):
    assert (set_up_again(), changes.find_lost(), search.is_whole()) == ([], [], True)


def test_each_lost_trigger_is_seen_and_put_back():
    present = triggers()
    assert len(present) > 60
    for name, table in present:
        execute(f'DROP TRIGGER "{name}"')
        assert changes.find_lost() == [f"the triggers of {table}"]
        changes.make_log_anew()
        assert (changes.find_lost(), triggers()) == ([], present)


@pytest.mark.parametrize("operation", ["insert", "update", "delete"])
def test_change_that_no_trigger_saw_shows_after_setup(client, operation):
    before = client.get("/forums/fealac/").content
    for name, _table in triggers():
        if f"_cooperation_forum_{operation}_" in name:
            execute(f'DROP TRIGGER "{name}"')
    execute("UPDATE cooperation_forum SET name = 'Forum that changed unseen' WHERE slug = 'fealac'")
    if operation == "update":
        assert client.get("/forums/fealac/").content == before
    assert set_up_again() == [
        "Something of the log of changes was lost and made anew: the triggers of cooperation_forum."
    ]
    assert "Forum that changed unseen" in client.get("/forums/fealac/").content.decode()
    assert all_is_seen(client)


@pytest.mark.parametrize(
    ("loss", "named"),
    [
        ("DROP TABLE cooperation_change", "the table cooperation_change"),
        ("DROP TABLE cooperation_dataversion", "the table cooperation_dataversion"),
        ("DELETE FROM cooperation_dataversion WHERE name = 'data'", "the data version"),
        ("DELETE FROM cooperation_dataversion", "the data version"),
        ("DELETE FROM cooperation_change", "entries of the log of changes"),
        (
            "DELETE FROM cooperation_change WHERE version = (SELECT MAX(version) FROM cooperation_change)",
            "entries of the log of changes",
        ),
    ],
)
def test_lost_log_is_seen_and_put_back(client, loss, named):
    assert client.get("/forums/").status_code == 200
    version = changes.read_current()
    execute(loss)
    assert set_up_again() == [f"Something of the log of changes was lost and made anew: {named}."]
    assert changes.read_current() > version
    assert changes.find_lost() == []
    assert all_is_seen(client)


@pytest.mark.parametrize("table", SEARCH_TABLES)
@pytest.mark.parametrize("loss", ["DROP TABLE cooperation_search{}", "DELETE FROM cooperation_search{}"])
def test_lost_table_of_the_search_is_seen_and_put_back(client, table, loss):
    before = client.get("/search.json?q=fealac").json()
    execute(loss.format(table))
    connection.close()
    assert set_up_again() == ["Something of the search index was lost or damaged; it was made anew."]
    assert client.get("/search.json?q=fealac").json() == before
    assert search.is_whole()
    assert all_is_seen(client)


def test_search_whose_entries_are_few_is_made_anew(client):
    execute("DELETE FROM cooperation_search WHERE rowid IN (SELECT rowid FROM cooperation_search LIMIT 1)")
    assert set_up_again() == ["Something of the search index was lost or damaged; it was made anew."]
    assert set_up_again() == []
