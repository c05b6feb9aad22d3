"""What every test may rely on."""

import gc
from itertools import count

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.core.cache import cache
from django.db import connection
from django.test import Client

from cooperation.audit.triggers import unprotect_audit_log
from cooperation.views import public_page
from cooperation.workflow import make_groups
from tests.databases import CONFIGURED, create_database, drop_database, fill, migrate, other_database, use_copy
from tests.installation import Installation
from tests.processes import once, process_name
from tests.requirement_files import missing_packages
from tests.sites import Site, address_of

numbers = count()


def pytest_configure():
    """Name what is not installed, instead of an ImportError for each file of tests that needs it."""
    if missing := missing_packages():
        command = ".venv/bin/pip install -r requirements.txt -r tests/requirements.txt"
        raise pytest.UsageError(f"Not installed: {', '.join(missing)}. Run {command}")


def pytest_xdist_auto_num_workers(config):
    """Test one file in this process: to start others would take longer."""
    places = {argument.partition("::")[0] for argument in config.args}
    if len(places) == 1 and places.pop().endswith(".py"):
        config.option.dist = "no"
        return 0
    return None


def pytest_collection_finish():
    """Look for garbage as seldom as the server does, and never among what all tests share."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def pytest_collection_modifyitems(items):
    """Begin with the files that take long, so that no process is left alone with one at the end."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session", autouse=True)
def own_static_root(tmp_path_factory):
    """Servers in tests neither need nor see the static files that an installation here has collected."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    # Nor does a set-up in one process of tests wait for that in another.
    settings.VAR_DIR = tmp_path_factory.mktemp("var")


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages in tests name and find their static files without a collected manifest."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def no_lines_of_requests(settings):
    """The log holds what a test is about."""
    settings.ACCESS_LOG = False


@pytest.fixture(autouse=True)
def log_that_can_be_emptied(request):
    """Let Django empty the database after a test with transactions of its own, with its audit log."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        yield
        return
    request.getfixturevalue("transactional_db")  # so that this ends before the database is emptied
    yield
    unprotect_audit_log()


@pytest.fixture(autouse=True)
def nothing_published(settings, tmp_path_factory):
    """An installation in which nobody has published the data as files."""
    # Not `tmp_path`: a folder for each of thousands of tests that publish nothing takes seconds to make and to remove.
    settings.DATA_DIR = tmp_path_factory.getbasetemp() / f"data-{next(numbers)}"


@pytest.fixture(autouse=True)
def password_is_enough(settings):
    """Whoever is signed in by `force_login` has no authenticator app. What is about the second factor asks for it."""
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory):
    """A folder of this run that all its processes see."""
    own = tmp_path_factory.getbasetemp()
    return own if process_name() == "main" else own.parent


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, shared_folder):
    """The database of the tests, as an empty installation has it: migrated once in a run, copied for each process."""
    with django_db_blocker.unblock(), use_copy(migrate, shared_folder) as name:
        connection.settings_dict["NAME"] = name
        yield
        connection.close()


@pytest.fixture(scope="session")
def full_database(django_db_setup, django_db_blocker, shared_folder):
    """The name of a database with the fixtures. Whoever uses it changes nothing in it."""
    with django_db_blocker.unblock(), use_copy(fill, shared_folder) as name:
        yield name


@pytest.fixture(scope="module")
def fixtures_loaded(full_database, django_db_blocker):
    """The fixtures in the database until the end of a file of tests, each of which is marked django_db as well."""
    with django_db_blocker.unblock(), other_database(full_database):
        yield


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
def set_up(shared_folder):
    """An installation after its first `setup`, with what that `printed`. What changes it takes a copy of its `var`."""
    return installation_after(shared_folder / "set-up", "setup")


@pytest.fixture(scope="session")
def set_up_empty(shared_folder):
    """The same without the fixtures."""
    return installation_after(shared_folder / "set-up-empty", "setup", "--empty")


def installation_after(folder, *command):
    def make():
        folder.mkdir()
        installation = Installation.make(folder)
        result = installation.manage(*command)
        assert (result.returncode, result.stderr) == (0, "")
        (folder / "printed").write_text(result.stdout)

    once(folder.parent, folder.name, make)
    installation = Installation.of(folder)
    installation.printed = (folder / "printed").read_text()
    return installation


@pytest.fixture
def site(request, tmp_path, django_db_blocker):
    """An installation with the fixtures in its database, of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        return Site(Installation.make(tmp_path / "site", var=request.getfixturevalue("set_up").var))
    return request.getfixturevalue("site_on_server")


@pytest.fixture
def site_on_server(full_database, set_up, tmp_path, django_db_blocker):
    """The same on PostgreSQL, in a database of its own."""
    name = f"test_site_{CONFIGURED}_{process_name()}"
    with django_db_blocker.unblock():
        create_database(name, template=f"test_{CONFIGURED}_{fill.__name__}")
        with other_database(name):
            make_groups()
    site = Site(Installation.make(tmp_path / "site", var=set_up.var), address_of(name))
    site.installation.database.unlink()
    yield site
    with django_db_blocker.unblock():
        drop_database(name)


@pytest.fixture
def new_site(tmp_path, django_db_blocker):
    """An installation before its first `setup`, with an empty database of the same kind."""
    installation = Installation.make(tmp_path / "new")
    if connection.vendor == "sqlite":
        yield Site(installation)
        return
    name = f"test_new_site_{CONFIGURED}_{process_name()}"
    with django_db_blocker.unblock():
        create_database(name)
    yield Site(installation, address_of(name))
    with django_db_blocker.unblock():
        drop_database(name)


@pytest.fixture
def settled(monkeypatch):
    """Nothing but a change of a record can be the newest."""
    monkeypatch.setattr(public_page, "RELEASED", 0)
