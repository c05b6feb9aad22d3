"""What every test may rely on."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client

from cooperation import search
from cooperation.management.commands.setup import FIXTURES, learn_table_sizes, without_copies
from cooperation.models import registry_models
from cooperation.views import public_page
from cooperation.workflow import make_groups
from tests.installation import Installation


@pytest.fixture(scope="session", autouse=True)
def own_static_root(tmp_path_factory):
    """Servers in tests neither need nor see the static files that an installation here has collected."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages in tests name and find their static files without a collected manifest."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def nothing_published(settings, tmp_path):
    """An installation in which nobody has published the data as files."""
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database as an installation has it: with a search index that is up to date."""
    with django_db_blocker.unblock():
        search.catch_up()


@pytest.fixture(autouse=True)
def empty_cache():
    """No page of another test is kept."""
    cache.clear()


@pytest.fixture
def ana(db):
    """Somebody who edits, in no browser."""
    return User.objects.create_user("ana.ruiz")


@pytest.fixture
def curator(client):
    """A browser in which a curator is signed in who may do anything with the records, and nothing else."""
    user = User.objects.create_user("ana.ruiz", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="cooperation"))
    client.force_login(user)
    return client


def sign_in(name, group):
    """A browser in which somebody of a ready group is signed in, as `user`."""
    make_groups()
    browser = Client()
    browser.user = User.objects.create_user(name, is_staff=True)
    browser.user.groups.add(Group.objects.get(name=group))
    browser.force_login(browser.user)
    return browser


@pytest.fixture
def editor(db):
    return sign_in("mere.tuilagi", "Editors")


@pytest.fixture
def reviewer(db):
    return sign_in("tomas.silva", "Reviewers")


@pytest.fixture
def publisher(db):
    return sign_in("siriporn.chai", "Publishers")


@pytest.fixture(scope="session")
def set_up(tmp_path_factory):
    """An installation after its first `setup`, with what that `printed`. What changes it takes a copy of its `var`."""
    return installation_after(tmp_path_factory.mktemp("set-up"), "setup")


@pytest.fixture(scope="session")
def set_up_empty(tmp_path_factory):
    """The same without the fixtures."""
    return installation_after(tmp_path_factory.mktemp("set-up-empty"), "setup", "--empty")


def installation_after(folder, *command):
    installation = Installation.make(folder)
    result = installation.manage(*command)
    assert (result.returncode, result.stderr) == (0, "")
    installation.printed = result.stdout
    return installation


@pytest.fixture(scope="session")
def rows_of_fixtures(django_db_setup, django_db_blocker):
    """`[(SQL that inserts a row of a table, rows)]` of the fixtures: loading takes ten seconds, inserting one."""
    tables = [model._meta.db_table for model in registry_models(include_auto_created=True)]
    with django_db_blocker.unblock(), transaction.atomic(), connection.cursor() as cursor:
        with without_copies():
            call_command("loaddata", *FIXTURES, verbosity=0)
        found = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            columns = [f'"{column[0]}"' for column in cursor.description]
            places = ", ".join(["%s"] * len(columns))
            found.append((f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", cursor.fetchall()))
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def fixtures_loaded(rows_of_fixtures, django_db_blocker):
    """The fixtures in the database until the end of a file of tests, each of which is marked django_db as well."""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            for statement, rows in rows_of_fixtures:
                cursor.executemany(statement, rows)
            for statement in connection.ops.sequence_reset_sql(no_style(), registry_models()):
                cursor.execute(statement)
        learn_table_sizes()
        search.catch_up()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def settled(monkeypatch):
    """Nothing but a change of a record can be the newest."""
    monkeypatch.setattr(public_page, "RELEASED", 0)
