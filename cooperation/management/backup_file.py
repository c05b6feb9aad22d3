"""The file of a backup: a zip that holds the database and `manifest.json`, which says what it is.

It holds no sessions and no search index, no settings, and not `var/secret_key`: whoever reads a copy can sign nothing
in the name of the portal. Any program that reads zip files gives the database back:
`database.sqlite3`, or `database.dump` for `pg_restore`.
"""

import errno
import fcntl
import json
import os
import re
import shutil
import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.conf import settings
from django.core.management import CommandError
from django.utils.translation import gettext as _

# The number of the layout that is described above. A file with a higher one is of a newer portal.
FORMAT = 1
MANIFEST = "manifest.json"
CONTENT = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
# The names that `file_name` gives.
OWN_NAME = re.compile(r"portal-([0-9]{8}T[0-9]{6}Z)\.backup\.zip")
NAME_TIME = "%Y%m%dT%H%M%SZ"
# Folders in which something is being made. What an interrupted command left there is removed by the next one.
WORK_PREFIX = ".portal-backup-"
CHUNK = 1_000_000  # bytes
LARGEST_MANIFEST = 10_000_000  # bytes
# What Python says of a zip with wrong bytes in it.
DAMAGE = (BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, RuntimeError, ValueError, LookupError)


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    made: str  # the moment of the data in UTC, as in 2026-01-31T02:15:00+00:00
    database: str  # "sqlite" or "postgresql"
    server: str  # version of SQLite or PostgreSQL
    schema: str  # of PostgreSQL, in which the tables were; "" for SQLite
    data_version: int
    migrations: dict[str, list[str]]  # by app
    rows: dict[str, int]  # by table
    bytes: int  # of the database
    sha256: str


def file_name(now: datetime) -> str:
    return f"portal-{now.astimezone(UTC).strftime(NAME_TIME)}.backup.zip"


def make_backup_dir() -> Path:
    """Return the folder of the setting, made for its owner only if it is missing."""
    folder = Path(settings.BACKUP_DIR)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        sentence = _("The folder %(folder)s cannot be made (%(why)s).")
        raise CommandError(sentence % {"folder": folder, "why": error.strerror}) from error
    return folder


@contextmanager
def work_folder(parent: Path) -> Iterator[Path]:
    """Make a folder for unfinished files, gone at the end. Those of processes that were killed are removed first."""
    for left in parent.glob(f"{WORK_PREFIX}*"):
        with suppress(OSError), locked(left):
            shutil.rmtree(left)
    made = tempfile.TemporaryDirectory(prefix=WORK_PREFIX, dir=parent, ignore_cleanup_errors=True)
    with made as name, locked(Path(name)):
        yield Path(name)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a lock on the folder, which ends with the process. Raises BlockingIOError if another process has it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def make_lasting(path: Path) -> None:
    """Let a file, or the names in a folder, be on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def pack(content: Path, facts: dict[str, Any], target: Path) -> Manifest:
    """Write the backup `target` (mode 600) from the copy of a database and the `facts` of its manifest."""
    info = ZipInfo(CONTENT[facts["database"]], datetime.fromisoformat(facts["made"]).timetuple()[:6])
    # pg_dump has compressed already.
    info.compress_type = ZIP_DEFLATED if facts["database"] == "sqlite" else ZIP_STORED
    info.external_attr = 0o600 << 16
    with open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "wb") as file:
        with ZipFile(file, "w", allowZip64=True) as archive:
            with content.open("rb") as source, archive.open(info, "w", force_zip64=True) as member:
                digest, size = copy_hashed(source, member)
            manifest = Manifest(**facts, bytes=size, sha256=digest)
            text = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1)
            archive.writestr(MANIFEST, text, ZIP_DEFLATED)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def copy_hashed(source: Any, target: Any) -> tuple[str, int]:
    """Copy all bytes and return their SHA-256 digest and number."""
    digest, size = sha256(), 0
    while chunk := source.read(CHUNK):
        target.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def put_in_place(part: Path, target: Path) -> None:
    """Give a finished file its name, which nothing may have yet. The name is on the disk in the end."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise CommandError(_("%(file)s exists. Choose another name.") % {"file": target}) from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        part.rename(target)  # a disk that knows no second name of a file, such as one of another system
    make_lasting(target.parent)


def read_manifest(path: Path) -> Manifest:
    """Read what a backup says of itself. Raises CommandError when it is none, is damaged, or is of a newer portal."""
    with opened(path) as archive:
        return manifest_of(archive, path)


@contextmanager
def opened(path: Path) -> Iterator[ZipFile]:
    """Open a backup. What is wrong with its bytes is said in one sentence."""
    try:
        with ZipFile(path) as archive:
            yield archive
    except DAMAGE as error:
        raise damaged(path) from error
    except OSError as error:
        if error.errno == errno.EINVAL:  # a place before the beginning of the file
            raise damaged(path) from error
        raise


def damaged(path: Path) -> CommandError:
    return CommandError(_("%(file)s is damaged, or no backup of the portal. Nothing was changed.") % {"file": path})


def manifest_of(archive: ZipFile, path: Path) -> Manifest:
    with archive.open(MANIFEST) as member:
        content = json.loads(member.read(LARGEST_MANIFEST))
    if not isinstance(content, dict) or not isinstance(content.get("format"), int):
        raise damaged(path)
    if content.pop("format") > FORMAT:
        sentence = _("%(file)s was made by a newer version of the portal. Update the portal first.")
        raise CommandError(sentence % {"file": path})
    try:
        manifest = Manifest(**content)
    except TypeError as error:
        raise damaged(path) from error
    if manifest.database not in CONTENT:
        raise damaged(path)
    return manifest


def unpack(path: Path, folder: Path) -> tuple[Manifest, Path]:
    """Take the database out of a backup into `folder`, and hold it against the checksum in the manifest."""
    with opened(path) as archive:
        manifest = manifest_of(archive, path)
        target = folder / CONTENT[manifest.database]
        with archive.open(target.name) as member, open_for_owner(target) as file:
            found = copy_hashed(member, file)
    if found != (manifest.sha256, manifest.bytes):
        raise damaged(path)
    return manifest, target


def open_for_owner(path: Path) -> BinaryIO:
    return open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def check(path: Path) -> None:
    """Read a whole backup and hold it against its checksum."""
    with opened(path) as archive, open(os.devnull, "wb") as nowhere:
        manifest = manifest_of(archive, path)
        with archive.open(CONTENT[manifest.database]) as member:
            found = copy_hashed(member, nowhere)
    if found != (manifest.sha256, manifest.bytes):
        raise damaged(path)


def own_files(folder: Path) -> list[Path]:
    """Return the backups in a folder that carry a name given by the portal and can be read, the oldest first."""
    found = []
    for path in sorted(folder.iterdir()):
        if OWN_NAME.fullmatch(path.name) and path.is_file():
            with suppress(CommandError, OSError):
                read_manifest(path)
                found.append(path)
    return found


def newest_backup() -> datetime | None:
    """Find the time (UTC) of the newest backup in `BACKUP_DIR`; None when there is none."""
    folder = Path(settings.BACKUP_DIR)
    try:
        files = own_files(folder)
    except FileNotFoundError:
        return None
    return datetime.fromisoformat(read_manifest(files[-1]).made) if files else None
