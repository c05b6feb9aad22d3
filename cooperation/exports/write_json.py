"""Records as JSON: numbers, truth values and lists as such, null for what is not known, dates as far as known."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from cooperation.exports.table import Kind, Table
from cooperation.exports.write_csv import as_time


def write_json(content: object) -> bytes:
    """`content`, made of plain values, as bytes."""
    return json.dumps(content, ensure_ascii=False, default=str).encode()


def as_objects(table: Table, ids: Sequence[Any], site: str) -> list[dict[str, Any]]:
    """`[{column: value, part: [{column: value}, ...]}, ...]`: the public records `ids`, in their order."""
    objects = [dict(zip(names(table), row, strict=True)) for row in rows(table, ids, site)]
    for part in table.parts:
        found = defaultdict(list)
        for owner, *values in rows(part, ids, site):
            found[owner].append(dict(zip(names(part)[1:], values, strict=True)))
        for each in objects:
            each[part.name] = found.get(each["id"], [])
    return objects


def names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def rows(table: Table, ids: Sequence[Any], site: str) -> Iterator[tuple[Any, ...]]:
    for batch in table.batches(ids, site):
        yield from zip(*(VALUES[column.kind](column.values(batch)) for column in table.columns), strict=True)


def texts(values: Sequence[str | None]) -> list[str | None]:
    return [value or None for value in values]


def plain(values: Sequence[Any]) -> Sequence[Any]:
    return values


def yes_no(values: Sequence[object]) -> Iterable[bool]:
    return map(bool, values)


def amounts(values: Sequence[str | None]) -> list[int | float | None]:
    return [as_number(Decimal(value)) if value else None for value in values]


def as_number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def times(values: Sequence[str | None]) -> list[str | None]:
    return [as_time(value) or None for value in values]


VALUES: dict[Kind, Callable[[Sequence[Any]], Iterable[Any]]] = {
    Kind.TEXT: texts,
    Kind.CODE: texts,
    Kind.ADDRESS: texts,
    Kind.NUMBER: plain,
    Kind.AMOUNT: amounts,
    Kind.YES_NO: yes_no,
    Kind.DATE: texts,
    Kind.PARTIAL_DATE: texts,
    Kind.TIME: times,
    Kind.LIST: plain,
}
