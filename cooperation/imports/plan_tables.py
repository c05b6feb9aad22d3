"""What would become of each row of a table: new, changed, unchanged, an error or skipped, and why.

Nothing is written here. Rows that a file does not have are left alone: nothing is ever deleted.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cooperation.duplicates import NEAR, Likeness, nearest_of_all
from cooperation.history.wording import Words
from cooperation.imports.find_records import FoundRecords
from cooperation.imports.plan_part_rows import PartPlanner
from cooperation.imports.plan_record_rows import RecordPlanner
from cooperation.imports.planned_row import NEW
from cooperation.imports.table_headers import map_sheets
from cooperation.models import Project

# Duplicates that are shown of a row.
MOST_DUPLICATES = 5


@dataclass
class TablePlan:
    """The plan of a whole file.

    `headers` are `HeaderUse`s; `problems` are sentences because of which no row was read, `remarks` such as everybody
    should know.
    """

    model: type
    rows: list
    headers: list
    problems: list
    remarks: list


def plan_tables(model, sheets, choices, may_publish=True):
    """The `TablePlan` of the rows of `sheets` for records of `model`.

    `choices` are `{"columns": {header: column}, "rows": {"sheet:line": "skip", "create" or "update:public id"}}`.
    Without `may_publish` no published record is changed.
    """
    found = FoundRecords(model)
    mapped, headers, problems, remarks = map_sheets(model, sheets, choices.get("columns", {}), found.taken)
    if problems:
        return TablePlan(model, [], headers, problems, remarks)
    planner = RecordPlanner(model, found, choices.get("rows", {}), may_publish)
    rows = planner.plan([each for each in mapped if not each.table.owner()])
    rows += PartPlanner(planner).plan([each for each in mapped if each.table.owner()])
    in_file = {sheet.name: place for place, sheet in enumerate(sheets)}
    rows.sort(key=lambda row: (in_file[row.sheet], row.line))
    tell_changes(rows)
    tell_duplicates(model, rows, planner.names)
    if any(each.is_own for each in mapped):
        remarks.append(_("What the file does not have stays in the registry: an import deletes nothing."))
    return TablePlan(model, rows, headers, problems, remarks)


def tell_changes(rows):
    """Say in words what changes, names of what is linked read once for all rows."""
    steps = [(row, step) for row in rows if row.writing for step in row.writing.steps()]
    words = Words([step for _row, step in steps])
    for row, step in steps:
        row.changes += [(each.label, each.old, each.new) for each in words.of_step(step)]


def tell_duplicates(model, rows, names):
    """Find the records that those which are new are like."""
    new = [row for row in rows if row.outcome == NEW and row.writing.owner is None]
    found = nearest_of_all([likeness_of_new(model, row.writing, names) for row in new], MOST_DUPLICATES)
    for row, near in zip(new, found, strict=True):
        row.duplicates = [each for each in near if each.score >= NEAR]


def likeness_of_new(model, writing, names):
    record = writing.row

    def said(*fields):
        return tuple(value for name in fields if (value := getattr(record, name, "")))

    countries = {getattr(part.row, "country_id", None) for part in writing.parts} if model is Project else set()
    countries.add(getattr(record, "country_id", None))
    return Likeness(
        model,
        said("title", "name", "native_name", "name_es", "name_pt", "name_fr"),
        getattr(record, "acronym", ""),
        said("official_id", "iati_identifier", "iati_id"),
        said("website", "url"),
        tuple(sorted(names.iso3[pk] for pk in countries - {None})),
        getattr(record, "start", "") or getattr(record, "established", "") or getattr(record, "published", ""),
        getattr(record, "end", ""),
    )
