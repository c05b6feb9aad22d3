"""`manage.py backup`: the whole database as one file, while people write."""

import argparse
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management import CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.management.backup_file import (
    Manifest,
    check,
    file_name,
    make_backup_dir,
    own_files,
    pack,
    put_in_place,
    work_folder,
)
from cooperation.management.commands.setup import explain_database_errors
from cooperation.management.nightly import NightlyCommand
from cooperation.management.postgresql_backup import export_postgresql
from cooperation.management.sqlite_backup import export_sqlite

EXPORT = {"sqlite": export_sqlite, "postgresql": export_postgresql}


def backup_count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 9_999):
        raise argparse.ArgumentTypeError(_("“%(text)s” is not a number from 1 to 9999.") % {"text": text})
    return int(text)


class Command(NightlyCommand):
    help = (
        "Writes the whole database (records, history, accounts) into one compressed file with a checksum, for "
        "`manage.py restore`. People work meanwhile. Sessions, the secret key and the settings are left out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            metavar="FILE",
            help="the file to write, which must not exist, or a folder, in which the file gets a name with the date "
            "and time; without it, the folder BACKUP_DIR",
        )
        parser.add_argument(
            "--keep",
            type=backup_count,
            metavar="N",
            help="then delete all but the newest N backups in that folder; other files stay",
        )

    def handle(self, *, file: Path | None, keep: int | None, **options: Any) -> None:
        place = file or make_backup_dir()
        is_folder = place.is_dir()
        if keep and not is_folder:
            raise CommandError(_("--keep goes with a folder, and %(file)s is none.") % {"file": place})
        now = datetime.now(UTC).replace(microsecond=0)
        target = place / file_name(now) if is_folder else place
        try:
            with explain_database_errors():
                manifest = write_backup(target, now)
            deleted = delete_old(target, keep) if keep else 0
        except (OSError, sqlite3.Error) as error:
            why = getattr(error, "strerror", None) or error
            sentence = _("The backup cannot be written to %(place)s (%(why)s).")
            raise CommandError(sentence % {"place": place, "why": why}) from error
        rows = sum(manifest.rows.values())
        self.stdout.write(
            ngettext(
                "%(file)s holds the database as of %(made)s UTC: %(rows)s row in %(tables)s tables, %(size)s MB.",
                "%(file)s holds the database as of %(made)s UTC: %(rows)s rows in %(tables)s tables, %(size)s MB.",
                rows,
            )
            % {
                "file": target,
                "made": f"{now:%Y-%m-%d %H:%M:%S}",
                "rows": f"{rows:,}",
                "tables": len(manifest.rows),
                "size": f"{target.stat().st_size / 1_000_000:.1f}",
            }
        )
        if deleted:
            self.stdout.write(
                ngettext("%(number)s older backup was deleted.", "%(number)s older backups were deleted.", deleted)
                % {"number": deleted}
            )


def write_backup(target: Path, now: datetime) -> Manifest:
    """Write a backup of the configured database, whole or not at all; `now` is the time that it states."""
    if not target.parent.is_dir():
        raise CommandError(_("There is no folder %(folder)s. Make it first.") % {"folder": target.parent})
    if target.exists():
        raise CommandError(_("%(file)s exists. Choose another name.") % {"file": target})
    with work_folder(target.parent) as folder:
        content, facts = EXPORT[connection.vendor](folder)
        part = folder / "part"
        manifest = pack(content, {"made": now.isoformat(), **facts}, part)
        check(part)
        put_in_place(part, target)
    return manifest


def delete_old(newest: Path, keep: int) -> int:
    """Delete the oldest backups beside the `newest` one, so that `keep` are left, and return the number of deleted."""
    others = [path for path in own_files(newest.parent) if path != newest]
    old = others[: max(len(others) - keep + 1, 0)]
    for path in old:
        path.unlink()
    return len(old)
