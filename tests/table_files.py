"""Tables for tests: a file as somebody would bring it, its plan, and what the registry holds before and after."""

import csv
import io
from datetime import UTC, datetime

from cooperation.exports.columns import TABLES
from cooperation.exports.statement import Statement
from cooperation.exports.write_csv import write_csv
from cooperation.exports.write_xlsx import write_xlsx
from cooperation.imports.plan_tables import plan_tables
from cooperation.imports.table_file import read_sheets
from cooperation.models import Project, registry_models

SITE = "https://portal.example.org"
# What every save moves on.
MOVES_ON = ("version", "updated")

COTTON = "Cotton growers of Peru and Tonga"


def csv_of(*rows):
    """The bytes of a CSV file with these rows, the first of which are the headers."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def plan_of(content, model=Project, columns=None, rows=None, **options):
    """The plan of a file with these choices."""
    choices = {"columns": columns or {}, "rows": rows or {}}
    return plan_tables(model, read_sheets(content, "table.csv"), choices, **options)


def planned(*rows, model=Project, **options):
    """The one planned row of a CSV file with headers and one row."""
    plan = plan_of(csv_of(*rows), model, **options)
    assert plan.problems == []
    (row,) = plan.rows
    return row


def reasons(row):
    """The reasons of a row, except that a draft has no modality yet."""
    return [reason for reason in row.reasons if not reason[1].startswith("Modality: not stated.")]


def facts(row):
    """Map the label of each change to what is to be there."""
    return {label: new for label, _old, new in row.changes}


def outcomes(plan):
    return [row.outcome for row in plan.rows]


def statement():
    return Statement("Records", 1, datetime(2026, 11, 24, tzinfo=UTC), f"{SITE}/", SITE)


def public_ids(model):
    return list(model.objects.published().order_by("pk").values_list("pk", flat=True))


def own_csv(model, part=""):
    """Our own CSV file of all public records of `model`, or of one kind of their parts."""
    table = TABLES[model]
    return b"".join(write_csv(table.part(part) if part else table, statement(), public_ids(model)))


def own_workbook(model):
    file = io.BytesIO()
    write_xlsx(TABLES[model], statement(), public_ids(model), file)
    return file.getvalue()


def whole_registry():
    """`{model: all its rows}`, without what every save moves on."""
    found = {}
    for model in registry_models(include_auto_created=True):
        names = [field.attname for field in model._meta.concrete_fields if field.name not in MOVES_ON]
        found[model] = sorted(model._base_manager.order_by("pk").values_list(*names))
    return found
