"""The benchmark: what it generates is valid and always the same, and it says what it cannot do."""

import pytest
from django.core.management import CommandError

from cooperation.models import Participation, Project, ProjectCitation
from tests.bench.__main__ import main
from tests.bench.datasette import find_program
from tests.bench.generate import fill
from tests.bench.projects import ProjectGoal, ProjectInstrument, ProjectTheme
from tests.bench.table import COLUMNS, Row, write_table
from tests.bench.words import COMMON_WORD
from tests.builders import (
    COUNTRIES,
    make_agency,
    make_country,
    make_forum,
    make_fund,
    make_goal,
    make_instrument,
    make_source,
    make_theme,
)

PARTS = (Participation, ProjectCitation, ProjectGoal, ProjectInstrument, ProjectTheme)


@pytest.fixture
def filled(db):
    """What generated projects refer to, and 50 of them."""
    for iso3 in COUNTRIES:
        make_country(iso3)
    make_agency()
    make_forum()
    make_fund()
    make_source()
    for name in ("Fisheries", "Health", "Water"):
        make_theme(name)
        make_instrument(name)
        make_goal(len(name), name)
    fill(50, say=list)


def generated():
    return Project.objects.filter(slug__startswith="bench-")


def everything_of(project):
    """All that is stored of a project and its parts, without the numbers that the database gives."""
    rows = [Project.objects.filter(pk=project.pk)]
    rows += [model._default_manager.filter(project=project).order_by("pk") for model in PARTS]
    return [[{**row, "id": None, "project_id": None} for row in queryset.values()] for queryset in rows]


@pytest.mark.slow
def test_every_generated_row_passes_the_validation_of_the_forms(filled):
    assert generated().count() == 50
    for project in generated():
        project.full_clean()
    for model in PARTS:
        rows = model._default_manager.filter(project__in=generated())
        assert rows.exists()
        for row in rows:
            row.full_clean()


@pytest.mark.slow
def test_a_generated_project_is_the_same_whatever_the_total(filled):
    project = generated().get(slug="bench-000017")
    before = everything_of(project)
    generated().filter(slug__gte="bench-000012").delete()
    said = []
    fill(17, said.append)
    assert everything_of(generated().get(slug="bench-000017")) == before
    assert said[0].startswith("17 generated projects; added now: 6 in ")


def test_filling_again_adds_nothing(filled):
    said = []
    fill(50, said.append)
    fill(20, said.append)
    assert [line.partition(", ")[0] for line in said] == ["50 generated projects; added now: 0 in 0 rows"] * 2
    assert generated().count() == 50


def test_one_generated_project_in_three_says_the_common_word(filled):
    said = [COMMON_WORD in f"{project.title} {project.summary}".lower() for project in generated()]
    assert sum(said) == 16


@pytest.mark.django_db
def test_filling_needs_the_fixtures():
    with pytest.raises(CommandError, match="Name an empty or new database in DATABASE_URL"):
        fill(1, say=list)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["generate", "-5"], "“-5” is not a whole number above zero. Write one such as 10000."),
        (["generate", "many"], "“many” is not a whole number above zero. Write one such as 10000."),
        (["run", "--requests", "0"], "“0” is not a whole number above zero. Write one such as 10000."),
        (["generate"], "the following arguments are required: N"),
        ([], "the following arguments are required: generate | run"),
    ],
)
def test_arguments_that_cannot_be_used_give_a_sentence(arguments, sentence, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.django_db
def test_a_missing_datasette_gives_a_sentence():
    with pytest.raises(CommandError, match=r"install it into another environment|leave --datasette out"):
        find_program("/nowhere/datasette")


def test_table_leaves_empty_what_was_not_measured():
    rows = [Row("Home", status=200, compressed_bytes=3191, alone=[float(ms) for ms in range(1, 101)])]
    lines = write_table(rows).splitlines()
    assert lines[-1] == "| Home | 200 | 3,191 |  |  |  | 50.5 | 96.0 |  |  |"
    assert [line.count("|") for line in lines] == [len(COLUMNS) + 1] * 3
