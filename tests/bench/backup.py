"""Measures a backup of the whole database, and a restore of it into the same one."""

import io
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from cooperation.models import Project
from tests.bench.measure import check_machine_and_database


def run():
    """The table as text. What the restore puts aside is deleted in the end."""
    check_machine_and_database()
    projects = Project.objects.count()
    with TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        settings.BACKUP_DIR = Path(folder)
        file = settings.BACKUP_DIR / "bench.zip"
        making = seconds("backup", str(file))
        size = file.stat().st_size
        restoring = seconds("restore", str(file), yes=True)
    delete_aside()
    lines = [
        f"| {projects:,} projects | seconds | MB |",
        "| --- | --- | --- |",
        f"| manage.py backup | {making:.1f} | {size / 1_000_000:.1f} |",
        f"| manage.py restore, with its search index | {restoring:.1f} | |",
    ]
    return "\n".join(lines)


def seconds(*command, **options):
    begun = time.perf_counter()
    call_command(*command, stdout=io.StringIO(), **options)
    return time.perf_counter() - begun


def delete_aside():
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        for path in file.parent.glob(f"{file.stem}-before-*"):
            path.unlink()
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP SCHEMA "{name}" CASCADE')
