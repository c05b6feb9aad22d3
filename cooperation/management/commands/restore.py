"""`manage.py restore`: a backup in the place of the database, while the portal runs."""

import io
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation import changes
from cooperation.management.backup_file import (
    NAME_TIME,
    Manifest,
    locked,
    make_backup_dir,
    read_manifest,
    unpack,
    work_folder,
)
from cooperation.management.commands.setup import explain_database_errors
from cooperation.management.databases import (
    count_rows,
    holds_data,
    own_tables,
    sqlite_file,
    unknown_migration,
    use_database,
)
from cooperation.management.postgresql_backup import RESTORING, in_schema, load_dump, swap_schemas
from cooperation.management.sqlite_backup import can_be_opened, live_file, replace_file, write_into_live_file
from cooperation.search.index import write_state

# The numbers of the models, which a running portal remembers, by app and model.
Types = dict[tuple[str, str], int]


class Present(NamedTuple):
    """What is known of the database that is replaced."""

    holds_data: bool
    types: Types
    version: int


class Command(BaseCommand):
    help = (
        "Puts a backup in the place of the database, whole or not at all, and keeps what it replaces. The file is "
        "checked first, brought up to date and made ready beside the database; the portal may run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a file that `manage.py backup` wrote")
        parser.add_argument("--yes", action="store_true", help="replace a database that holds data without asking")

    def handle(self, *, file: Path, yes: bool, **options: Any) -> None:
        restore = {"sqlite": self.restore_sqlite, "postgresql": self.restore_postgresql}[connection.vendor]
        try:
            with locked(make_backup_dir()):
                restore(file, yes)
        except BlockingIOError as error:
            raise CommandError(_("Another restore is at work. Let it finish.")) from error
        except (OSError, sqlite3.Error) as error:
            why = getattr(error, "strerror", None) or error
            sentence = _("%(file)s cannot be restored (%(why)s). The database is as it was.")
            raise CommandError(sentence % {"file": file, "why": why}) from error

    def restore_sqlite(self, file: Path, yes: bool) -> None:
        with work_folder(live_file().parent) as folder:
            check_manifest(read_manifest(file), file)
            manifest, content = unpack(file, folder)
            is_readable = can_be_opened()
            present = read_present() if is_readable else Present(True, {}, 0)
            self.ask(present, yes)
            stamp = datetime.now(UTC).strftime(NAME_TIME)
            with use_database(sqlite_file(content)), explain_database_errors():
                make_ready(manifest, file)
                types = read_types()
            version = read_present().version if is_readable else 0
            with use_database(sqlite_file(content)):
                go_beyond(max(version, present.version))
            aside: Path | None
            if is_readable:
                with explain_database_errors():
                    aside = write_into_live_file(content, stamp)
            else:
                aside = replace_file(content, stamp)
        self.report(manifest, str(aside) if aside else None, present.types, types)

    def restore_postgresql(self, file: Path, yes: bool) -> None:
        with work_folder(make_backup_dir()) as folder, explain_database_errors():
            check_manifest(read_manifest(file), file)
            manifest, content = unpack(file, folder)
            present = read_present()
            self.ask(present, yes)
            load_dump(content, manifest.schema)
            with use_database(in_schema(RESTORING)):
                make_ready(manifest, file)
                types = read_types()
            version = read_present().version
            with use_database(in_schema(RESTORING)):
                go_beyond(max(version, present.version))
            aside = swap_schemas(datetime.now(UTC).strftime(NAME_TIME))
        place = aside and _("the schema %(name)s") % {"name": aside}
        self.report(manifest, place, present.types, types)

    def ask(self, present: Present, yes: bool) -> None:
        """Ask before data are replaced. Raises CommandError when the answer is no, or when nobody can answer."""
        if yes or not present.holds_data:
            return
        if not sys.stdin.isatty():
            raise CommandError(_("The database holds data, or cannot be read. With --yes it is replaced."))
        question = _("The database holds data, or cannot be read. It is put aside and replaced. Write yes to go on: ")
        if input(question).strip().lower() != "yes":
            raise CommandError(_("Nothing was changed."))

    def report(self, manifest: Manifest, aside: str | None, former_types: Types, types: Types) -> None:
        rows = sum(manifest.rows.values())
        made = f"{datetime.fromisoformat(manifest.made):%Y-%m-%d %H:%M:%S}"
        self.stdout.write(
            ngettext(
                "The database of %(made)s UTC was restored: %(rows)s row.",
                "The database of %(made)s UTC was restored: %(rows)s rows.",
                rows,
            )
            % {"made": made, "rows": f"{rows:,}"}
        )
        if aside:
            sentence = _("What was there before is in %(place)s. It holds drafts and accounts: delete it in time.")
            self.stdout.write(sentence % {"place": aside})
        self.stdout.write(_("Everybody has to sign in again. manage.py publish_data makes the files of /data/ anew."))
        if former_types and former_types != types:
            self.stdout.write(_("The backup is of another installation: restart the portal now."))


def check_manifest(manifest: Manifest, file: Path) -> None:
    """Refuse a backup that this code or this kind of database cannot hold."""
    if manifest.database != connection.vendor:
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        facts = {"file": file, "of": names[manifest.database], "here": names[connection.vendor]}
        sentence = _("%(file)s is of a %(of)s database, and DATABASE_URL names a %(here)s one.")
        if manifest.database == "sqlite":
            way = _("To move the data there, run: manage.py move_database %(file)s")
        else:
            way = _("Name an empty %(of)s database in DATABASE_URL to restore it.")
        raise CommandError(f"{sentence} {way}" % facts)
    if unknown := unknown_migration(manifest.migrations):
        sentence = _("%(file)s was made by a newer version of the portal (%(migration)s). Update the portal first.")
        raise CommandError(sentence % {"file": file, "migration": unknown})


def make_ready(manifest: Manifest, file: Path) -> None:
    """Bring the restored database up to date, with all that is derived from its records, and without sessions."""
    counted = count_rows()
    for table, rows in manifest.rows.items():
        if counted.get(table) != rows:
            sentence = _("%(file)s lacks rows of the table %(table)s. Nothing was changed.")
            raise CommandError(sentence % {"file": file, "table": table})
    call_command("setup", empty=True, stdout=io.StringIO())
    Session.objects.all().delete()


def go_beyond(version: int) -> None:
    """Let the data version, and the search index with it, go on from that of the database which is replaced."""
    with transaction.atomic(), connection.cursor() as cursor:
        write_state(cursor, changes.move_beyond(version))


def read_present() -> Present:
    """Read what is known of the configured database. One that is damaged counts as one that holds data."""
    with explain_database_errors():
        try:
            tables = own_tables()
            version = changes.read_current() if "cooperation_dataversion" in tables else 0
            return Present(holds_data(), read_types() if ContentType._meta.db_table in tables else {}, version)
        except OperationalError:
            raise
        except DatabaseError:
            return Present(True, {}, 0)


def read_types() -> Types:
    return {(app, model): pk for app, model, pk in ContentType.objects.values_list("app_label", "model", "pk")}
