"""The migrations: what a new installation waits for first, and the way back."""

import pytest
from django.db import migrations, models

from cooperation.migrations._rounds import in_rounds
from tests.installation import Installation

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

COUNT_CLASSES = """
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.state import ModelState

made = 0
render = ModelState.render

def count(self, *arguments):
    global made
    made += 1
    return render(self, *arguments)

ModelState.render = count
call_command("migrate", interactive=False, verbosity=0)
print(made / len(apps.get_models(include_auto_created=True)))
"""


def test_migrating_an_empty_database_does_not_make_all_models_anew_for_each_table(tmp_path):
    installation = Installation.make(tmp_path)
    result = installation.run("-c", COUNT_CLASSES, DJANGO_SETTINGS_MODULE="sscportal.settings")
    assert (result.returncode, result.stderr) == (0, "")
    # Each class once or twice in a round; there are a dozen rounds.
    assert float(result.stdout) < 25


def test_migrations_taken_back_and_applied_again_give_the_same_tables(set_up_empty, tmp_path):
    installation = Installation.make(tmp_path, var=set_up_empty.var)
    tables = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'watch_%' ORDER BY type, name"
    before = installation.query(tables)
    for target in (["cooperation", "zero"], []):
        result = installation.manage("migrate", "--verbosity=0", *target)
        assert (result.returncode, result.stderr) == (0, "")
        assert (installation.query(tables) == before) == (not target)


def test_rounds_hold_one_operation_of_each_table_in_the_order_given():
    def add(table, name):
        return migrations.AddField(table, name, models.TextField())

    given = [add("forum", "first"), add("forum", "second"), add("fund", "first"), migrations.DeleteModel("Forum")]
    rounds = [[operation.describe() for operation in each.operations] for each in in_rounds(given)]
    assert rounds == [
        ["Add field first to forum", "Add field first to fund"],
        ["Add field second to forum"],
        ["Delete model Forum"],
    ]
