"""What a table file is once it has been read: sheets of rows of cells, whatever the file was."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from django.utils.translation import gettext as _

from cooperation.imports.raw_file import UnreadableFileError

MOST_ROWS, MOST_COLUMNS = 20_000, 200
# What Excel allows in one cell.
LONGEST_CELL = 32_767
# Among how many rows that are not empty the headers are looked for.
BEGINNING = 20
# Lines or cells that a remark names.
MOST_NAMED = 5

# A cell as it stood in the file. CSV knows only text; an empty cell is None in both.
Cell = str | int | float | Decimal | bool | date | datetime | None


@dataclass
class SheetRow:
    """One row under the headers: its line in the file, from 1, and as many cells as headers."""

    line: int
    cells: list[Cell]


@dataclass
class SheetFault:
    """A row of which nobody can say which cell is meant for which column. It is in no `Sheet.rows`."""

    line: int
    cells: list[Cell]
    sentence: str


@dataclass
class Sheet:
    """One table: its headers as written, the line they stand in, its rows that are not empty, and remarks.

    A remark is a sentence for the person who brought the file.
    A CSV file is one sheet, named "". A header may be empty where a column has none, and two may be the same.
    """

    name: str
    headers: list[str]
    header_line: int
    rows: list[SheetRow] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    faults: list[SheetFault] = field(default_factory=list)


def sheet_of(name, numbered, *, is_aligned):
    """The `Sheet` of `numbered` rows, `(line, cells)` each; None where all are empty.

    `is_aligned` says that a cell is under its header whatever else is in its row, as in a workbook. In a text file a
    row with more cells than headers has a separator too many, nobody knows where. Raises `UnreadableFileError`.
    """
    filled = ((line, trimmed(cells)) for line, cells in numbered)
    filled = ((line, cells) for line, cells in filled if cells)
    beginning = list(islice(filled, BEGINNING))
    if not beginning:
        return None
    place = place_of_headers(beginning)
    header_line, headers = beginning[place]
    sheet = Sheet(name, [str(cell or "").strip() for cell in headers], header_line)
    refuse_too_many(len(headers), name)
    if place:
        sheet.remarks.append(what_stands_above(beginning[:place]))
    for line, cells in beginning[place + 1 :]:
        add_row(sheet, line, cells, is_aligned)
    for line, cells in filled:
        add_row(sheet, line, cells, is_aligned)
    level(sheet, is_aligned)
    return sheet


def trimmed(cells):
    """Cells without the empty ones at their end; blanks are empty."""
    cells = [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def place_of_headers(beginning):
    """The first row that is at least half as full as the fullest: above it are titles and notes."""
    numbers = [sum(cell is not None for cell in cells) for _line, cells in beginning]
    return next(place for place, number in enumerate(numbers) if 2 * number >= max(numbers))


def what_stands_above(rows):
    words = " ".join(str(cell) for _line, cells in rows for cell in cells if cell is not None)
    shown = words if len(words) <= 80 else words[:80] + "…"
    return _("What stands above the headers was not read: “%(words)s”.") % {"words": shown}


def refuse_too_many(columns, name):
    if columns > MOST_COLUMNS:
        sentence = _("%(where)s has more than %(most)s columns. Delete those that are not needed.")
        raise UnreadableFileError(sentence % {"where": in_words(name), "most": MOST_COLUMNS})


def in_words(name):
    return _("The sheet “%(name)s”") % {"name": name} if name else _("The file")


def add_row(sheet, line, cells, is_aligned):
    if len(sheet.rows) + len(sheet.faults) == MOST_ROWS:
        sentence = _("%(where)s has more than %(most)s rows. Divide it into several files.")
        raise UnreadableFileError(sentence % {"where": in_words(sheet.name), "most": f"{MOST_ROWS:,}"}, line)
    refuse_too_many(len(cells), sheet.name)
    if len(cells) > len(sheet.headers) and not is_aligned:
        sentence = _(
            "The row has %(cells)s cells, which is more than there are headers (%(headers)s): a text with a separator "
            "in it needs quotation marks around it."
        )
        sheet.faults.append(SheetFault(line, cells, sentence % {"cells": len(cells), "headers": len(sheet.headers)}))
    else:
        sheet.rows.append(SheetRow(line, cells))


def level(sheet, is_aligned):
    """Give all rows and the headers the same length, and say which columns have no header."""
    width = max([len(sheet.headers), *(len(row.cells) for row in sheet.rows)])
    sheet.headers += [""] * (width - len(sheet.headers))
    for row in sheet.rows:
        row.cells += [None] * (width - len(row.cells))
    nameless = [
        place
        for place, header in enumerate(sheet.headers)
        if not header and any(row.cells[place] is not None for row in sheet.rows)
    ]
    if nameless:
        sheet.remarks.append(
            _("Columns without a header were not read: %(columns)s.")
            % {"columns": some(column_letters(place) if is_aligned else str(place + 1) for place in nameless)}
        )


def column_letters(place):
    """“A” for the first column, whose place is 0, “AB” for the 28th."""
    letters, number = "", place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def some(names):
    """The first of many names, separated by commas."""
    names = list(names)
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
