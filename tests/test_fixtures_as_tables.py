"""The whole registry as tables, written by us and read back: nothing changes."""

import pytest

from cooperation.exports.columns import TABLES as OUR_TABLES
from cooperation.imports.tables import TABLES
from tests.table_files import own_csv, own_workbook, plan_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures_loaded")]

FILES = [(model, part.NAME) for model, table in TABLES.items() for part in (table, *table.PARTS)]


@pytest.mark.parametrize(("model", "part"), FILES)
def test_our_csv_file_of_the_whole_registry_changes_nothing_in_it(model, part):
    content = own_csv(model, part)
    if content.count(b"\n") < 2:
        pytest.skip("the fixtures hold no such part")
    plan = plan_of(content, model)
    assert {(row.outcome, tuple(row.changes), tuple(row.reasons)) for row in plan.rows} == {("unchanged", (), ())}
    assert [use.header for use in plan.headers if not (use.column or use.remark)] == []


@pytest.mark.slow
@pytest.mark.parametrize("model", TABLES)
def test_our_workbook_of_the_whole_registry_changes_nothing_in_it(model):
    plan = plan_of(own_workbook(model), model)
    assert {(row.outcome, tuple(row.reasons)) for row in plan.rows} == {("unchanged", ())}
    sheets = {row.sheet for row in plan.rows}
    assert OUR_TABLES[model].name in sheets
    assert plan.remarks == [
        "The sheet “Read me” was not read: none of its columns names a record.",
        "What the file does not have stays in the registry: an import deletes nothing.",
    ]
