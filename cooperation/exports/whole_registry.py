"""The whole public registry as files in a folder, and all of them as one zip."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from xlsxwriter.exceptions import FileCreateError

from cooperation.exports.columns import TABLES
from cooperation.exports.dictionary import dictionary_csv, dictionary_json, read_dictionary
from cooperation.exports.files import MOST_IN_WORKBOOK
from cooperation.exports.statement import LICENCE, LICENCE_URL, Statement, data_time
from cooperation.exports.table import BATCH, Table, fetch
from cooperation.exports.write_csv import write_csv
from cooperation.exports.write_iati import write_iati
from cooperation.exports.write_json import as_objects, write_json
from cooperation.exports.write_xlsx import write_xlsx
from cooperation.models import Project, PublicRecord

ARCHIVE = "sscportal-data"
ZIP, CHECKSUM, INDEX = f"{ARCHIVE}.zip", f"{ARCHIVE}.zip.sha256", "index.json"
README, LICENCE_TEXT = "README.txt", "LICENCE.txt"
# Not the names of the pages of the same content, which are made anew when somebody asks for them.
DICTIONARY_CSV, DICTIONARY_JSON = "data-dictionary.csv", "data-dictionary.json"


@dataclass(frozen=True)
class WrittenFile:
    """A file: what it holds in words, its rows below the header (None for a text), its size and SHA-256 digest."""

    name: str
    title: str
    rows: int | None
    bytes: int
    sha256: str


class Folder:
    """An empty folder that is filled with files."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.files: list[WrittenFile] = []

    def write(self, name: str, title: str, pieces: Iterable[bytes], rows: int | None = None) -> None:
        """Write `pieces` (bytes), one after the other, to a new file."""
        with (self.path / name).open("xb") as file:
            file.writelines(pieces)
        self.add(name, title, rows)

    def add(self, name: str, title: str, rows: int | None = None) -> None:
        """Take note of a file that was written to the folder."""
        path = self.path / name
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        self.files.append(WrittenFile(name, title, rows, path.stat().st_size, digest))


def public_ids(model: type[PublicRecord]) -> list[int]:
    """List the ids of all public records of `model` in the order of their public ids."""
    rows = model.objects.published().order_by(model.PUBLIC_ID)
    return [record_id for (record_id,) in fetch(rows, "pk")]


def count_rows(table: Table) -> int:
    """Count the rows that a table has in all."""
    rows = table.model.objects.of_published() if table.owner else table.model.objects.published()
    return int(rows.filter(table.where).count())


def write_registry(path: str | Path, site: str) -> None:
    """Fill the empty folder `path` with the whole public registry, its index last.

    `site` is the absolute address of the home page, without its slash at the end.
    """
    folder, made = Folder(path), data_time()
    for table in TABLES.values():
        write_list(folder, table, site, made)
    write_dictionary(folder)
    whole = Statement(gettext("the whole registry"), len(folder.files), made, f"{site}{reverse('data')}", site)
    words = {"whole": whole, "files": folder.files, "licence": LICENCE, "licence_url": LICENCE_URL}
    for name in (LICENCE_TEXT, README):
        text = render_to_string(f"cooperation/data_{name.lower()}", {**words, "width": longest_name(folder)})
        folder.write(name, gettext("what this is") if name == README else gettext("the licence"), [text.encode()])
    write_zip(folder, made)
    content = write_index(whole, folder.files)
    (folder.path / INDEX).write_bytes(content)


def longest_name(folder: Folder) -> int:
    return max(len(file.name) for file in folder.files)


def write_list(folder: Folder, table: Table, site: str, made: datetime) -> None:
    """Write the files of one record type: its records, then each kind of their parts."""
    ids = public_ids(table.model)
    address = f"{site}{reverse(f'{table.model._meta.model_name}_list')}"
    statement = Statement(str(table.label), len(ids), made, address, site)
    folder.write(f"{table.name}.csv", statement.title, write_csv(table, statement, ids), len(ids))
    for part in table.parts:
        name = f"{table.name}.{part.name}.csv"
        folder.write(name, str(part.label), write_csv(part, statement, ids), count_rows(part))
    folder.write(f"{table.name}.json", statement.title, json_of_all(table, statement, ids), len(ids))
    if len(ids) <= MOST_IN_WORKBOOK:
        folder.write(f"{table.name}.xlsx", statement.title, [workbook(table, statement, ids)], len(ids))
    # Without an activity an IATI file is not valid.
    if table.model is Project and ids:
        folder.write(f"{table.name}.xml", statement.title, write_iati(statement, ids), len(ids))


def workbook(table: Table, statement: Statement, ids: Sequence[int]) -> bytes:
    """Write the workbook, some 30 MB at most. Raises OSError, not the error that the library makes of it."""
    file = BytesIO()
    try:
        write_xlsx(table, statement, ids, file)
    except FileCreateError as error:
        raise error.args[0] from error
    return file.getvalue()


def json_of_all(table: Table, statement: Statement, ids: Sequence[int]) -> Iterator[bytes]:
    """Pieces of a JSON file of all records, one on each line."""
    head = {
        "title": statement.title,
        "count": statement.count,
        "as_of": as_of(statement),
        "licence": LICENCE_URL,
        "citation": statement.citation,
        "results": [],
    }
    yield write_json(head).removesuffix(b"]}")
    before = b"\n"
    for start in range(0, len(ids), BATCH):
        for record in as_objects(table, ids[start : start + BATCH], statement.site):
            yield before + write_json(record)
            before = b",\n"
    yield b"\n]}\n"


def as_of(statement: Statement) -> str:
    return f"{statement.made:%Y-%m-%dT%H:%M:%SZ}"


def write_dictionary(folder: Folder) -> None:
    entries = read_dictionary()
    rows = sum(len(table.columns) for table in entries)
    title = gettext("Data dictionary")
    folder.write(DICTIONARY_CSV, title, [dictionary_csv(entries)], rows)
    folder.write(DICTIONARY_JSON, title, [dictionary_json(entries)], rows)


def write_zip(folder: Folder, made: datetime) -> None:
    """All files of the folder in one, and its checksum. The same files of the same time make the same zip."""
    with ZipFile(folder.path / ZIP, "x", ZIP_DEFLATED) as archive:
        for file in folder.files:
            member = ZipInfo(f"{ARCHIVE}/{file.name}", made.timetuple()[:6])
            member.compress_type = ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            member.file_size = file.bytes
            with (folder.path / file.name).open("rb") as source, archive.open(member, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)
    folder.add(ZIP, gettext("the whole registry"))
    line = f"{folder.files[-1].sha256}  {ZIP}\n"
    folder.write(CHECKSUM, gettext("the checksum of the zip"), [line.encode()])


def write_index(statement: Statement, files: Iterable[WrittenFile]) -> bytes:
    """Write the list of the files as JSON, for programs and for the page about the data."""
    return write_json(
        {
            "title": statement.title,
            "as_of": as_of(statement),
            "licence": LICENCE_URL,
            "citation": statement.citation,
            "files": [
                {
                    "name": file.name,
                    "url": f"{statement.site}{reverse('data_file', args=[file.name])}",
                    "title": file.title,
                    "rows": file.rows,
                    "bytes": file.bytes,
                    "sha256": file.sha256,
                }
                for file in files
            ],
        }
    )
