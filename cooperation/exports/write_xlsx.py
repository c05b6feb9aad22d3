"""Records as a workbook: a sheet that says what it is, one of the records, one for each kind of their parts."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.formats import date_format
from django.utils.translation import gettext
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.worksheet import Worksheet

from cooperation.exports.statement import LICENCE, LICENCE_URL, PORTAL, Statement
from cooperation.exports.table import Kind, Table
from cooperation.exports.write_csv import SEPARATOR
from cooperation.spreadsheet import DANGEROUS

# What one sheet and one cell of Excel can hold.
MOST_ROWS, MOST_CHARACTERS = 1_048_575, 32_767
WHOLE_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Excel counts days from 1900.
FIRST_YEAR = 1900
WIDTHS = {Kind.TEXT: 30, Kind.ADDRESS: 30, Kind.LIST: 30, Kind.CODE: 16}


def write_xlsx(table: Table, statement: Statement, ids: Sequence[Any], file: BinaryIO) -> None:
    """Write the workbook to an open binary `file`, row by row."""
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties(
            {
                "title": statement.title[:255],
                "author": str(PORTAL),
                "comments": statement.citation[:255],
                # The time of the data, so that the same data gives the same file.
                "created": statement.made,
            }
        )
        formats = Formats(book)
        sheets = [table, *table.parts]
        write_read_me(book.add_worksheet(gettext("Read me")), formats, statement, sheets)
        for each in sheets:
            write_sheet(book.add_worksheet(each.name), formats, each, statement.site, ids)


class Formats:
    """How cells look. A text that could be taken for a formula stays text even when somebody edits its cell."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.bold = book.add_format({"bold": True})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.amount = book.add_format({"num_format": "#,##0.00"})
        self.text = book.add_format({"quote_prefix": True})


def write_read_me(sheet: Worksheet, formats: Formats, statement: Statement, tables: Iterable[Table]) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 30)
    sheet.set_column(3, 3, 90)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    write_text(sheet, 0, 0, statement.title, formats, formats.title)
    facts = [
        (gettext("Records"), str(statement.count)),
        (gettext("As of"), f"{date_format(statement.made, 'j F Y, H:i')} UTC"),
        (gettext("The same on the portal"), statement.address),
        (gettext("Licence"), f"{LICENCE}, {LICENCE_URL}"),
        (gettext("Cite as"), statement.citation),
        (gettext("Several values in one cell"), gettext("are separated by “; ”.")),
        (gettext("Empty cells"), gettext("No source states it.")),
    ]
    row = 2
    for label, text in facts:
        write_text(sheet, row, 0, label, formats, formats.bold)
        write_text(sheet, row, 1, text, formats)
        row += 1
    row += 1
    for place, heading in enumerate((gettext("Sheet"), gettext("Column"), gettext("Label"), gettext("Meaning"))):
        sheet.write_string(row, place, heading, formats.bold)
    for table in tables:
        for column in table.columns:
            row += 1
            for place, words in enumerate((table.name, column.name, column.label, column.meaning)):
                write_text(sheet, row, place, str(words), formats)


def write_sheet(sheet: Worksheet, formats: Formats, table: Table, site: str, ids: Sequence[Any]) -> None:
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, WIDTHS.get(column.kind, 12))
        sheet.write_string(0, place, column.name, formats.bold)
    row = 0
    writers = [WRITERS[column.kind] for column in table.columns]
    for values in table.rows(ids, site):
        row += 1
        for place, (write, value) in enumerate(zip(writers, values, strict=True)):
            if value not in ("", None, []):
                write(sheet, row, place, value, formats)
    sheet.autofilter(0, 0, row, len(table.columns) - 1)


def write_text(
    sheet: Worksheet, row: int, place: int, text: str, formats: Formats, look: CellFormat | None = None
) -> None:
    """Write a text as text, whatever it begins with."""
    if len(text) > MOST_CHARACTERS:
        text = f"{text[: MOST_CHARACTERS - 1]}…"
    sheet.write_string(row, place, text, look or (formats.text if DANGEROUS.match(text) else None))


def write_list(sheet: Worksheet, row: int, place: int, values: Sequence[str], formats: Formats) -> None:
    write_text(sheet, row, place, SEPARATOR.join(values), formats)


def write_number(sheet: Worksheet, row: int, place: int, number: int, formats: Formats) -> None:
    sheet.write_number(row, place, number)


def write_amount(sheet: Worksheet, row: int, place: int, amount: str, formats: Formats) -> None:
    sheet.write_number(row, place, float(amount), formats.amount)


def write_yes_no(sheet: Worksheet, row: int, place: int, value: object, formats: Formats) -> None:
    sheet.write_boolean(row, place, bool(value))


def write_day(sheet: Worksheet, row: int, place: int, text: str, formats: Formats) -> None:
    """Write a whole day as a date; a month or a year stays the text that it is, since it is no day."""
    if WHOLE_DAY.fullmatch(text) and int(text[:4]) >= FIRST_YEAR:
        sheet.write_datetime(row, place, date.fromisoformat(text), formats.day)
    else:
        sheet.write_string(row, place, text)


def write_time(sheet: Worksheet, row: int, place: int, text: str, formats: Formats) -> None:
    sheet.write_datetime(row, place, datetime.fromisoformat(text[:19]), formats.time)


WRITERS: dict[Kind, Callable[[Worksheet, int, int, Any, Formats], None]] = {
    Kind.TEXT: write_text,
    Kind.CODE: write_text,
    Kind.ADDRESS: write_text,
    Kind.NUMBER: write_number,
    Kind.AMOUNT: write_amount,
    Kind.YES_NO: write_yes_no,
    Kind.DATE: write_day,
    Kind.PARTIAL_DATE: write_day,
    Kind.TIME: write_time,
    Kind.LIST: write_list,
}
