"""The data dictionary: every column of every table in words, from the declarations by which the files are written."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperation.exports.columns import TABLES
from cooperation.exports.event_table import EventColumns
from cooperation.exports.flow_table import FlowColumns
from cooperation.exports.statement import LICENCE_URL, PORTAL
from cooperation.exports.table import Column, Kind, public_code
from cooperation.exports.write_csv import SEPARATOR
from cooperation.exports.write_json import write_json
from cooperation.models import Goal, Instrument, Theme
from cooperation.spreadsheet import as_text

# Their codes stand in no list of their own.
VOCABULARIES = (Theme, Goal, Instrument)

# How a value of each kind looks in CSV, in JSON and in a workbook.
WRITTEN_AS = {
    Kind.TEXT: ('"Digital trade"', '"Digital trade"', _("text")),
    Kind.CODE: ("triangular", '"triangular"', _("text")),
    Kind.ADDRESS: ('"https://www.unescap.org/"', '"https://www.unescap.org/"', _("text")),
    Kind.NUMBER: ("24", "24", _("number")),
    Kind.AMOUNT: ("275525.50", "275525.5", _("number with two decimals")),
    Kind.YES_NO: ("yes, no", "true, false", "TRUE, FALSE"),
    Kind.DATE: ("2026-11-24", '"2026-11-24"', _("date")),
    Kind.PARTIAL_DATE: ("2019, 2019-03, 2019-03-12", '"2019", "2019-03", "2019-03-12"', _("date if it is a day, text")),
    Kind.TIME: ("2026-11-24T09:30:00Z", '"2026-11-24T09:30:00Z"', _("date and time (UTC)")),
    Kind.LIST: ('"FJI; TON"', '["FJI", "TON"]', "FJI; TON"),
}
HEADER = ("table", "column", "label", "type", "meaning", "refers_to", "codes")


@dataclass(frozen=True)
class ColumnEntry:
    """A column in words. `codes` are those that may stand in it, `refers_to` the table whose public ids stand in it."""

    name: str
    label: str
    meaning: str
    kind: Kind
    refers_to: str
    codes: list[tuple[str, str]]


@dataclass(frozen=True)
class TableEntry:
    """A table in words. `name` is that of its files: “projects”, or “projects.partners” for what belongs to them."""

    name: str
    label: str
    is_part: bool
    columns: list[ColumnEntry]


def read_dictionary() -> list[TableEntry]:
    """Describe every table, the parts of the records after them. Codes of vocabularies are those of today."""
    vocabularies: dict[type[Model], list[tuple[str, str]]] = {model: vocabulary(model) for model in VOCABULARIES}
    return [
        TableEntry(
            table.name if part is table else f"{table.name}.{part.name}",
            str(part.label),
            part is not table,
            [describe(part.model, column, vocabularies) for column in part.columns],
        )
        for table in (*TABLES.values(), EventColumns, FlowColumns)
        for part in (table, *table.parts)
    ]


def vocabulary(model: type[Theme | Goal | Instrument]) -> list[tuple[str, str]]:
    return [(str(code), name) for code, name in model.objects.values_list(public_code(model), "name")]


def describe(
    model: type[Any], column: Column, vocabularies: Mapping[type[Model], list[tuple[str, str]]]
) -> ColumnEntry:
    linked = linked_model(model, column.name)
    return ColumnEntry(
        column.name,
        str(column.label),
        str(column.meaning),
        column.kind,
        TABLES[linked].name if linked in TABLES else "",
        vocabularies.get(linked) or [(code, str(label)) for code, label in column.allowed],
    )


def linked_model(model: type[Any], name: str) -> Any:
    """Find the model that the field of that name leads to; None when it leads nowhere or there is none."""
    try:
        return model._meta.get_field(name).related_model if issubclass(model, Model) else None
    except FieldDoesNotExist:
        return None


def dictionary_csv(entries: Iterable[TableEntry]) -> bytes:
    """Write the dictionary as CSV, one row for each column of a table."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(HEADER)
    for table in entries:
        for column in table.columns:
            codes = SEPARATOR.join(f"{code} = {label}" for code, label in column.codes)
            words = (column.label, column.kind.value, column.meaning, column.refers_to, codes)
            writer.writerow([table.name, column.name, *(as_text(str(each)) for each in words)])
    return file.getvalue().encode()


def dictionary_json(entries: Iterable[TableEntry]) -> bytes:
    """Write the dictionary as JSON."""
    return write_json(
        {
            "title": gettext("%(portal)s: data dictionary") % {"portal": PORTAL},
            "licence": LICENCE_URL,
            "types": [
                {
                    "type": kind.name.lower(),
                    "label": str(kind.value),
                    "csv": in_csv,
                    "json": in_json,
                    "xlsx": str(in_xlsx),
                }
                for kind, (in_csv, in_json, in_xlsx) in WRITTEN_AS.items()
            ],
            "tables": [
                {"table": table.name, "label": table.label, "columns": [as_object(each) for each in table.columns]}
                for table in entries
            ],
        }
    )


def as_object(column: ColumnEntry) -> dict[str, object]:
    return {
        "column": column.name,
        "label": column.label,
        "type": column.kind.name.lower(),
        "meaning": column.meaning,
        "refers_to": column.refers_to or None,
        "codes": [{"code": code, "label": label} for code, label in column.codes],
    }
