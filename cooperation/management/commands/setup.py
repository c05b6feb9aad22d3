"""`manage.py setup`: everything an installation needs before it can serve, as often as one likes."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import BaseCommand, CommandError, call_command
from django.db import Error, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from cooperation import changes, search
from cooperation.history import begin_history
from cooperation.management.fixtures import load_fixtures, without_garbage_collection
from cooperation.management.progress import ProgressBar
from cooperation.models import PUBLIC_RECORDS, registry_models
from cooperation.workflow import find_missing_rights, make_groups

# Their numbers are their order, which `loaddata` needs: what a record refers to is there before it.
FIXTURES = sorted(settings.FIXTURE_DIRS[0].glob("*.yaml"))
# Any number that no other program uses on the same database server.
SETUP_LOCK = 7_236_110


class Command(BaseCommand):
    help = (
        "Brings the database up to date, loads the fixtures into an empty one and collects the static files. "
        "It can be repeated and interrupted: what curators entered is never touched, and nothing is half loaded."
    )

    def add_arguments(self, parser):
        parser.add_argument("--empty", action="store_true", help="leave the fixtures out")

    def handle(self, *, empty, **options):
        refuse_if_read_only()
        with ProgressBar(self.stdout) as self.bar:
            with explain_database_errors(), alone(self.say):
                self.migrate()
                if empty:
                    self.say("The fixtures were left out.")
                else:
                    self.fill_empty_database()
                begin_history("setup")
                self.bring_groups_up_to_date()
                self.bring_search_up_to_date()
                learn_table_sizes()
            self.collect_static_files()

    def say(self, line):
        self.bar.clear()
        self.stdout.write(line)
        self.stdout.flush()

    def migrate(self):
        self.bar.show(0, "bringing the database up to date")
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        # While migrations are missing, so are triggers of what they make.
        lost = [] if missing else changes.find_lost()
        call_command("migrate", interactive=False, verbosity=0)
        lost = lost or changes.find_lost()
        if lost:
            changes.make_log_anew()
            self.say(f"Something of the log of changes was lost and made anew: {', '.join(lost)}.")
        if missing:
            self.say(f"The {database_name()} was brought up to date.")
        else:
            self.say(f"The {database_name()} is up to date.")

    def fill_empty_database(self):
        # One transaction for the question and the loading: no record can slip in between, and whatever stops the
        # loading leaves the database as empty as it was.
        with transaction.atomic():
            if any(model._base_manager.exists() for model in registry_models()):
                self.say("The database already holds records: the fixtures were left alone.")
                return
            self.say("Loading the fixtures, which takes a moment …")
            with without_garbage_collection():
                load_fixtures(FIXTURES, lambda share, doing: self.bar.show(0.3 + 0.4 * share, doing))
                self.bar.show(0.7, "beginning the history")
                begin_history("fixtures")
        self.say(f"The fixtures were loaded: {'; '.join(map(count_published, PUBLIC_RECORDS))}.")

    def bring_groups_up_to_date(self):
        make_groups()
        for group, rights in find_missing_rights(Group.objects.all()).items():
            self.say(f"The group “{group}” lacks rights that are new: {'; '.join(rights)}.")

    def bring_search_up_to_date(self):
        self.bar.show(0.8, "bringing the search index up to date")
        if not search.is_whole():
            # Pages that were made meanwhile are of the same version of the records.
            changes.make_log_anew()
            search.repair()
            self.say("Something of the search index was lost or damaged; it was made anew.")
        elif not search.catch_up():
            search.rebuild()
        self.say("The search index is up to date.")

    def collect_static_files(self):
        self.bar.show(0.9, "collecting the static files")
        try:
            call_command("collectstatic", interactive=False, verbosity=0)
        except OSError as error:
            raise CommandError(f"The folder {settings.STATIC_ROOT} cannot be written ({error.strerror}).") from error
        self.say("The static files were collected.")


def database_name() -> str:
    """Name the database as an operator knows it: setup without the settings of the service works on another one."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"SQLite file {database['NAME']}"
    host = database["HOST"] or database["OPTIONS"].get("host") or "this computer"
    return f"PostgreSQL database “{database['NAME']}” on {host}"


@contextmanager
def alone(say: Callable[[str], None]) -> Iterator[None]:
    """Let one `setup` of a database go on at a time: another one waits here, and then finds everything done."""
    waiting = "Another setup is running. This one waits for it to end."
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [SETUP_LOCK])
            if not cursor.fetchone()[0]:
                say(waiting)
                cursor.execute("SELECT pg_advisory_lock(%s)", [SETUP_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [SETUP_LOCK])
        return
    settings.VAR_DIR.mkdir(mode=0o700, exist_ok=True)
    with (settings.VAR_DIR / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def count_published(model):
    """“206 projects, 153 published”."""
    total, published = model._base_manager.count(), model.objects.published().count()
    return f"{total} {model._meta.verbose_name_plural}, {'all' if published == total else published} published"


def learn_table_sizes():
    """Let the database count its rows.

    Until it has, PostgreSQL takes every table for empty, and SQLite looks through all published records to find a few
    of them by their ids. SQLite forgets the counts of a table that a migration makes anew.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def refuse_if_read_only() -> None:
    """Raise CommandError before a command that writes begins its work."""
    if settings.READ_ONLY:
        raise CommandError("READ_ONLY is set, so that nothing is written. Unset it, then run this command again.")


@contextmanager
def explain_database_errors():
    """A database that is locked, unreachable or unwritable raises CommandError with one sentence."""
    try:
        connection.ensure_connection()
    except Error as error:
        raise CommandError(f"The database cannot be opened: {first_line(error)}.") from error
    try:
        yield
    except OperationalError as error:
        if "locked" in str(error):
            message = "The database is locked by another program. Let that one finish, then run this command again."
        else:
            message = f"The database cannot be used: {first_line(error)}."
        raise CommandError(message) from error


def first_line(error):
    return str(error).partition("\n")[0].rstrip(".")
