"""The tables in an Excel workbook. What could do harm is found out from the container, before anything is parsed."""

import io
import math
import re
import warnings
import zipfile
import zlib
from datetime import date, datetime, time

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell.cell import TYPE_ERROR, TYPE_FORMULA

from cooperation.imports.raw_file import DOCTYPE, UTF8_MARK, UnreadableFileError
from cooperation.imports.sheet import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, column_letters, in_words, sheet_of, some

# Unpacked, of all parts together, and how many there may be.
MOST_UNPACKED, MOST_PARTS = 50_000_000, 2_000
# Unpacked to packed, of a part that is worth the question.
MOST_RATIO, SMALL_PART = 100, 100_000
# Cells, empty ones included.
MOST_CELLS = MOST_ROWS * MOST_COLUMNS
LAST_LINE = 1_048_576
# How a workbook writes what its XML cannot hold, such as the first half of a line end, and an underscore before that.
ESCAPED = re.compile(r"_x(000[9AD]|005F)_")


def read_workbook(content):
    """`[Sheet, ...]` of the visible sheets that have rows. Raises `UnreadableFileError`."""
    refuse_what_is_no_workbook(content)
    with warnings.catch_warnings():
        # Of things in a workbook that are no cells, such as its print areas.
        warnings.simplefilter("ignore")
        try:
            return sheets_of(load_workbook(io.BytesIO(content), read_only=True, keep_links=False))
        except UnreadableFileError:
            raise
        except Exception as error:  # of a broken file, openpyxl raises whatever comes up
            raise UnreadableFileError(broken()) from error


def broken():
    return _("The workbook is broken and cannot be read. Open it in Excel or LibreOffice and save it again.")


def refuse_what_is_no_workbook(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            refuse_bombs(container)
            refuse_other_files({part.filename for part in container.infolist()})
            for part in container.infolist():
                if part.filename.lower().endswith((".xml", ".rels")):
                    refuse_doctype(container.read(part))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise UnreadableFileError(broken()) from error


def refuse_bombs(container):
    parts = container.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        sentence = _("Unpacked, the workbook is larger than %(most)s MB. Divide it into several.")
        raise UnreadableFileError(sentence % {"most": MOST_UNPACKED // 1_000_000})
    for part in parts:
        if part.flag_bits & 1:
            raise UnreadableFileError(_("The workbook is protected with a password. Save it without one."))
        if part.file_size > SMALL_PART and part.file_size > MOST_RATIO * part.compress_size:
            sentence = _(
                "A part of the workbook is packed more than %(most)s times, as no table is. Copy the rows into a new "
                "workbook."
            )
            raise UnreadableFileError(sentence % {"most": MOST_RATIO})
    names = [part.filename for part in parts]
    if len(set(names)) < len(names):
        raise UnreadableFileError(broken())


def refuse_other_files(names):
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableFileError(
            _("The workbook has macros, which may do harm. Save it as “Excel workbook (.xlsx)”, without macros.")
        )
    if "xl/workbook.bin" in names:
        raise UnreadableFileError(
            _("This is a binary workbook (.xlsb), which cannot be read. Save it as “Excel workbook (.xlsx)”.")
        )
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise UnreadableFileError(
            _("This is a ZIP file or a document, not an Excel workbook. Import the CSV or XLSX file itself.")
        )


def refuse_doctype(xml):
    """Entities, through which a file can do harm, are declared in a DOCTYPE. In UTF-16 it would not be seen."""
    beginning = xml.removeprefix(UTF8_MARK)
    if not beginning.lstrip().startswith(b"<") or b"\0" in beginning[:4] or DOCTYPE.match(beginning):
        raise UnreadableFileError(
            _("A part of the workbook is not written as Excel writes it. Copy the rows into a new workbook.")
        )


def sheets_of(workbook):
    sheets, remarks = [], []
    for worksheet in workbook.worksheets:
        if worksheet.sheet_state != "visible":
            remarks.append(_("The sheet “%(name)s” is hidden and was not read.") % {"name": worksheet.title})
            continue
        sheet = read_sheet(worksheet)
        if sheet is not None and sheet.rows:
            sheets.append(sheet)
        else:
            remarks.append(_("The sheet “%(name)s” has no rows below headers.") % {"name": worksheet.title})
    if not sheets:
        raise UnreadableFileError(
            " ".join([_("The workbook has no sheet with headers and rows below them."), *remarks[:3]])
        )
    sheets[0].remarks += remarks
    return sheets


def read_sheet(worksheet):
    """The `Sheet` of a worksheet, None if it is empty."""
    formulas, errors = [], []
    # What the file says of its size may be wrong or reach to the last corner.
    worksheet.reset_dimensions()
    sheet = sheet_of(worksheet.title, rows_of(worksheet, formulas, errors), is_aligned=True)
    if sheet is None:
        return None
    if formulas:
        sheet.remarks.append(
            _("Formulas are not computed: their text was read (%(cells)s). Paste their values instead.")
            % {"cells": some(formulas)}
        )
    if errors:
        sheet.remarks.append(
            _("Cells in which a formula has failed were read as the text in them (%(cells)s).")
            % {"cells": some(errors)}
        )
    return sheet


def rows_of(worksheet, formulas, errors):
    """`(line, cells)` of each row. Formulas and errors are noted by their address, such as B7."""
    cells_seen = 0
    for line, row in enumerate(worksheet.iter_rows(), start=1):
        cells_seen += len(row)
        if line > LAST_LINE or cells_seen > MOST_CELLS:
            refuse_far_cell(worksheet, line, len(row))
        if not row:
            continue
        cells = []
        for place, cell in enumerate(row):
            value = plain(cell.value, worksheet, line, place)
            if value is not None:
                if place >= MOST_COLUMNS:
                    refuse_far_cell(worksheet, line, place + 1)
                if cell.data_type == TYPE_FORMULA:
                    formulas.append(f"{column_letters(place)}{line}")
                elif cell.data_type == TYPE_ERROR:
                    errors.append(f"{column_letters(place)}{line}")
            cells.append(value)
        yield line, cells


def refuse_far_cell(worksheet, line, column):
    sentence = _(
        "%(where)s has something in cell %(cell)s, but a table may have %(rows)s rows and %(columns)s columns at most. "
        "Delete the rows and columns beyond the table."
    )
    words = {
        "where": in_words(worksheet.title),
        "cell": f"{column_letters(max(column, 1) - 1)}{line}",
        "rows": f"{MOST_ROWS:,}",
        "columns": MOST_COLUMNS,
    }
    raise UnreadableFileError(sentence % words, line)


def plain(value, worksheet, line, place):
    """What a cell holds as a `Cell`: a day without a time as a date, a whole number as one."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, date):
        return value
    text = ESCAPED.sub(lambda match: chr(int(match[1], 16)), formula_text(value))
    if len(text) > LONGEST_CELL:
        sentence = _("%(where)s, cell %(cell)s: it has more than %(most)s characters. Shorten it.")
        words = {
            "where": in_words(worksheet.title),
            "cell": f"{column_letters(place)}{line}",
            "most": f"{LONGEST_CELL:,}",
        }
        raise UnreadableFileError(sentence % words, line)
    return text if text.strip() else None


def formula_text(value):
    """A text as it is, that of a formula over several cells, and what a time of day looks like."""
    return str(getattr(value, "text", None) or value)
