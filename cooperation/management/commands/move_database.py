"""`manage.py move_database`: from SQLite to PostgreSQL, with history, accounts and ids."""

import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.management.backup_file import make_backup_dir, read_manifest, unpack, work_folder
from cooperation.management.commands.setup import explain_database_errors
from cooperation.management.databases import (
    applied_migrations,
    holds_data,
    sqlite_file,
    unknown_migration,
    use_database,
)
from cooperation.management.moving import move_rows
from cooperation.management.progress import ProgressBar
from cooperation.management.sqlite_backup import check_integrity


class Command(BaseCommand):
    help = (
        "Moves everything from an SQLite file into the empty PostgreSQL database of DATABASE_URL: records, history, "
        "accounts, rights, and the ids of all of them. The rows are compared in the end; the file is not changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="the database file of the portal, or a backup of one"
        )

    def handle(self, *, file: Path, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(_("DATABASE_URL names no PostgreSQL database. Write the address of the new one there."))
        try:
            with explain_database_errors(), work_folder(make_backup_dir()) as folder:
                rows, left = self.move(file, folder)
        except (OSError, sqlite3.Error) as error:
            why = getattr(error, "strerror", None) or error
            sentence = _("%(file)s cannot be read (%(why)s). Nothing was moved.")
            raise CommandError(sentence % {"file": file, "why": why}) from error
        self.stdout.write(
            ngettext(
                "%(rows)s row was moved, and is the same in both databases.",
                "%(rows)s rows were moved, and are the same in both databases.",
                rows,
            )
            % {"rows": f"{rows:,}"}
        )
        for table in left:
            self.stdout.write(_("The table %(table)s is of no model, and was not moved.") % {"table": table})
        self.stdout.write(_("Everybody has to sign in again. manage.py publish_data makes the files of /data/ anew."))

    def move(self, file: Path, folder: Path) -> tuple[int, list[str]]:
        if holds_data():
            raise CommandError(_("The database of DATABASE_URL holds data already. Name an empty one."))
        source = copy_of(file, folder)
        check_references(source)
        with use_database(sqlite_file(source)):
            if unknown := unknown_migration(applied_migrations()):
                sentence = _("%(file)s is of a newer version of the portal (%(migration)s). Update the portal first.")
                raise CommandError(sentence % {"file": file, "migration": unknown})
            call_command("migrate", interactive=False, verbosity=0)
        set_up()
        with ProgressBar(self.stdout) as bar:
            moved = move_rows(source, bar.show)
        set_up()
        return moved


def set_up() -> None:
    call_command("setup", empty=True, stdout=io.StringIO())


def copy_of(file: Path, folder: Path) -> Path:
    """Copy the database of a file as of one moment, or take it out of a backup, and check it."""
    if zipfile.is_zipfile(file):
        if read_manifest(file).database != "sqlite":
            raise CommandError(_("%(file)s is of a PostgreSQL database: run manage.py restore.") % {"file": file})
        return unpack(file, folder)[1]
    path = folder / "copy.sqlite3"
    # Opened for reading only: a wrong name must not make a file.
    address = f"{file.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        check_integrity(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    return path


def check_references(path: Path) -> None:
    """Raise CommandError for a row that refers to one that is not there, which PostgreSQL would not take."""
    with closing(sqlite3.connect(path)) as database:
        lost = database.execute("PRAGMA foreign_key_check").fetchone()
    if lost:
        table, number, other, _which = lost
        sentence = _("Row %(number)s of the table %(table)s refers to one of %(other)s that is not there.")
        raise CommandError(sentence % {"number": number, "table": table, "other": other})
