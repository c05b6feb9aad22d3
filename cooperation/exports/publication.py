"""The folder of the published files: filled beside the one in use, put in its place at once, read by the pages.

In `DATA_DIR`, `current` is a link to the folder in use. The one before it stays for who is just reading from it.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext

from cooperation.exports.whole_registry import CHECKSUM, INDEX, ZIP, WrittenFile, write_registry

CURRENT = "current"
# Both read as of the moment of their first query; neither keeps anybody from writing.
BEGIN = {"sqlite": "BEGIN DEFERRED", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


class AlreadyPublishingError(Exception):
    """Another process is publishing at this moment."""


@dataclass(frozen=True)
class Publication:
    """What was published last.

    The time of its data (UTC), what the addresses in it begin with, and its files by name, the index among them.
    """

    folder: Path
    made: datetime
    site: str
    files: dict[str, WrittenFile]

    @property
    def archive(self) -> WrittenFile:
        """The zip of all files."""
        return self.files[ZIP]

    @property
    def checksum(self) -> WrittenFile:
        return self.files[CHECKSUM]


def read_publication() -> Publication | None:
    """Read the `Publication` in force, or None before the first one."""
    try:
        folder = (settings.DATA_DIR / CURRENT).resolve(strict=True)
        content = (folder / INDEX).read_bytes()
    except FileNotFoundError:
        return None
    index = json.loads(content)
    files = {
        file["name"]: WrittenFile(file["name"], file["title"], file["rows"], file["bytes"], file["sha256"])
        for file in index["files"]
    }
    files[INDEX] = WrittenFile(INDEX, gettext("the list of the files"), None, len(content), sha256(content).hexdigest())
    first = index["files"][0]
    site = first["url"].removesuffix(reverse("data_file", args=[first["name"]]))
    return Publication(folder, datetime.fromisoformat(index["as_of"]), site, files)


def publish(site: str) -> Publication:
    """Write the whole registry anew and put it in the place of what was published before: the new `Publication`.

    Whatever fails leaves that as it is. Raises AlreadyPublishingError, or OSError when the files cannot be written.
    `site` is the absolute address of the home page, without its slash at the end.
    """
    place = Path(settings.DATA_DIR)
    place.mkdir(parents=True, exist_ok=True)
    with only_one(place):
        in_use = resolved(place / CURRENT)
        remove_all(place, but=[in_use])
        folder = Path(mkdtemp(prefix="files-", dir=place))
        try:
            with one_moment():
                write_registry(folder, site)
            make_lasting(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        put_in_place(folder, place / CURRENT)
    published = read_publication()
    if published is None:  # somebody has removed it meanwhile
        raise FileNotFoundError(place / CURRENT)
    return published


@contextmanager
def only_one(place: Path) -> Iterator[None]:
    """Hold the lock of the folder, which ends with the process whatever ends it."""
    with (place / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyPublishingError from None
        yield


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything that is read inside is as of one moment; a transaction of Django would make curators wait."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(BEGIN[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def resolved(link: Path) -> Path | None:
    return link.resolve() if link.is_symlink() else None


def remove_all(place: Path, but: Collection[Path | None]) -> None:
    """Remove every folder of files but those in use: earlier ones, and what an interrupted process left behind."""
    for folder in place.glob("files-*"):
        if folder.resolve() not in but:
            shutil.rmtree(folder)


def make_lasting(folder: Path) -> None:
    """Let the files be on the disk before they are in use, and readable for the server whoever runs this."""
    folder.chmod(0o755)
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def put_in_place(folder: Path, link: Path) -> None:
    """Let `link` lead to `folder`, from one moment to the next."""
    new = folder / "link"
    # Read from where it stands in the end.
    new.symlink_to(folder.name)
    new.replace(link)
