"""From the bytes of a table file to its sheets. What a file is, its content decides, not its name."""

from django.utils.translation import gettext as _

from cooperation.imports.csv_file import read_csv
from cooperation.imports.raw_file import UnreadableFileError
from cooperation.imports.sheet import Sheet
from cooperation.imports.workbook_file import read_workbook

MOST_BYTES = 5_000_000
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A workbook with a password is kept in the container of the old ones.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Archives, PDF and pictures.
OTHER_KINDS = (
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\x1f\x8b",
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"7z\xbc\xaf",
    b"Rar!",
)


def read_sheets(content: bytes, file_name: str) -> list[Sheet]:
    """The sheets of a CSV or XLSX file that have rows, at least one.

    Raises `UnreadableFileError` with one sentence.
    """
    if not content.strip():
        raise UnreadableFileError(_("The file is empty. Save it again from where the table is."))
    if len(content) > MOST_BYTES:
        raise UnreadableFileError(too_large())
    if content.startswith(OLD_EXCEL):
        raise UnreadableFileError(
            _("The workbook is protected with a password. Save it without one.")
            if ENCRYPTED in content
            else _("This is a file of an old Excel (.xls) or another program. Save it as “Excel workbook (.xlsx)”.")
        )
    if content.startswith(OTHER_KINDS):
        raise UnreadableFileError(_("“%(name)s” is not a table. Save it as CSV or XLSX.") % {"name": file_name[:80]})
    sheets = read_workbook(content) if content.startswith(ZIP) else read_csv(content)
    if not any(sheet.rows or sheet.faults for sheet in sheets):
        raise UnreadableFileError(_("The file has headers but no rows below them."))
    return sheets


def too_large():
    return _(
        "The file is larger than %(most)s MB, which is the most that can be imported at once. Divide it into several."
    ) % {"most": MOST_BYTES // 1_000_000}
