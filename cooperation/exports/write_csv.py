"""A table as CSV: UTF-8, commas, one header row, then one row for each record. Texts stand in quotation marks.

Written by columns: Python’s csv module takes three times as long, since it looks at every character of every cell.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from cooperation.exports.statement import Statement
from cooperation.exports.table import Kind, Table
from cooperation.spreadsheet import MAY_BE_DANGEROUS, as_text

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
SEPARATOR = "; "


def write_csv(table: Table, statement: Statement, ids: Sequence[Any], *, bom: bool = False) -> Iterator[bytes]:
    """Yield the pieces of the file: the header, then the rows of one batch after the other.

    With `bom`, the mark by which Excel knows UTF-8 goes ahead.
    """
    header = ",".join(column.name for column in table.columns)
    yield f"{BOM if bom else ''}{header}\r\n".encode()
    for batch in table.batches(ids, statement.site):
        cells = [CELLS[column.kind](column.values(batch)) for column in table.columns]
        # Line by line: one letter beyond Latin-1 would make a text of the whole batch four times as wide.
        lines = [",".join(row).encode() for row in zip(*cells, strict=True)]
        yield b"\r\n".join([*lines, b""])


def texts(values: Sequence[str | None]) -> list[str]:
    # Most texts begin with a letter and hold no quotation mark.
    return [
        f'"{text}"' if text and text[0] not in MAY_BE_DANGEROUS and '"' not in text else quoted(text) for text in values
    ]


def quoted(text: str | None) -> str:
    return '"{}"'.format(as_text(text).replace('"', '""')) if text else ""


def lists(values: Sequence[Sequence[str]]) -> list[str]:
    return texts([SEPARATOR.join(each) if each else "" for each in values])


def codes(values: Sequence[str]) -> Sequence[str]:
    """Codes and dates hold nothing that would need quotation marks."""
    return values


def numbers(values: Sequence[int | None]) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def yes_no(values: Sequence[object]) -> list[str]:
    return ["yes" if value else "no" for value in values]


def days(values: Sequence[str | None]) -> list[str]:
    return [value or "" for value in values]


def times(values: Sequence[str | None]) -> list[str]:
    return [as_time(value) for value in values]


def amounts(values: Sequence[str | None]) -> list[str]:
    return [as_amount(value) for value in values]


def as_amount(stored: str | None) -> str:
    """“275525.50” of an amount as the database writes it."""
    return f"{Decimal(stored):.2f}" if stored else ""


def as_time(stored: str | None) -> str:
    """“2026-11-24T09:30:00Z” of a time as the database writes it."""
    return f"{stored[:10]}T{stored[11:19]}Z" if stored else ""


CELLS: dict[Kind, Callable[[Sequence[Any]], Sequence[str]]] = {
    Kind.TEXT: texts,
    Kind.CODE: codes,
    Kind.ADDRESS: texts,
    Kind.NUMBER: numbers,
    Kind.AMOUNT: amounts,
    Kind.YES_NO: yes_no,
    Kind.DATE: days,
    Kind.PARTIAL_DATE: codes,
    Kind.TIME: times,
    Kind.LIST: lists,
}
