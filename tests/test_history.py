"""What is kept of every change, how it reads, and how it is undone."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from cooperation.history import (
    delete_row,
    differences,
    differences_since,
    edits_of,
    name_of,
    rehearse,
    story,
    undo,
)
from cooperation.history.past import OF_NO_INTEREST, columns, many, owner_of
from cooperation.history.wording import field_of
from cooperation.models import (
    Country,
    Edit,
    Evidence,
    FormerSlug,
    Fund,
    Meeting,
    Participation,
    Project,
    Record,
    Theme,
    editing,
    registry_models,
)
from cooperation.models.partial_date import PartialDateField
from cooperation.models.web_address import WebAddressField
from tests import builders
from tests.admin_records import MAKE_RECORD, add_part
from tests.records import cite

pytestmark = pytest.mark.django_db

FORM, IMPORT, MERGE = Edit.Kind.FORM, Edit.Kind.IMPORT, Edit.Kind.MERGE
# They follow the public ids of records, and are tested with them.
CHANGED_BY_HAND = [model for model in registry_models() if model is not FormerSlug]
FIELDS = [(model, name) for model in CHANGED_BY_HAND for name in (*columns(model), *many(model))]
# Fields of which there is none or all.
TOGETHER = {
    Country: {"income_group": "low", "income_fiscal_year": 2019, "tile_column": 3, "tile_row": 3},
    Fund: {"size_amount": 5, "size_currency": "XAF"},
    Project: {"budget_amount": 5, "budget_currency": "XAF"},
}


def make_row(model, number=0):
    owner = owner_of(model)
    if owner is None:
        return MAKE_RECORD[model](number)
    return add_part(model, MAKE_RECORD[owner.related_model](number), number)


def other_value(row, field):
    """A value of a field that the row does not have."""
    value = getattr(row, field.name)
    if field.is_relation:
        return MAKE_RECORD[field.related_model](7).pk
    if field.choices:
        return next(code for code, _label in field.flatchoices if code not in (value, ""))
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, PartialDateField):
        return "2030-03" if field.name in ("end", "left") else "1901"
    if isinstance(field, models.DateField):
        return date(2020, 2, 29)
    if isinstance(field, models.DecimalField):
        return Decimal("12.50")
    if isinstance(field, models.IntegerField):
        return (value or 0) + 1
    if isinstance(field, WebAddressField):
        return "https://www.cepal.org/another"
    return "ZZQXVWJKYZ"[: field.max_length]


def state(row):
    row = type(row)._base_manager.get(pk=row.pk)
    return {name: getattr(row, name) for name in columns(type(row))} | {
        name: {each.pk for each in getattr(row, name).all()} for name in many(type(row))
    }


def record_of(row):
    owner = owner_of(type(row))
    return getattr(row, owner.name) if owner else row


def said(found):
    return [(each.label, each.old, each.new) for each in found]


def rename(project, title, **edit):
    with editing(FORM, **edit) as made:
        project.title = title
        project.save()
    return made


def everything():
    """Every row of the registry but for its counters, its dates, and numbers that nothing refers to."""
    return {
        model: sorted(
            (
                {name: value for name, value in row.items() if name not in ("version", "updated", *unused(model))}
                for row in model._base_manager.values()
            ),
            key=str,
        )
        for model in registry_models(include_auto_created=True)
    }


def unused(model):
    return ["id"] if model._meta.auto_created else []


# Every field


@pytest.mark.slow
@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda each: each if isinstance(each, str) else each.__name__)
def test_change_of_any_field_is_told_and_undone(ana, model, name):
    row, field = make_row(model), field_of(model, name)
    for other, value in TOGETHER.get(model, {}).items():
        setattr(row, other, value)
    row.save()
    record, before, value = record_of(row), state(row), other_value(row, field)
    with editing(FORM, by=ana) as edit:
        if model is Evidence and (name == "figure" or (field.is_relation and name not in ("lesson_id", "source_id"))):
            row.forum = None  # it names one record or figure
        if field.many_to_many:
            getattr(row, name).add(value)
        else:
            setattr(row, name, value)
            row.save()
    changed = state(row)
    assert [key for key in before if (before[key] != changed[key] and key != "forum_id") or key == name] == [name]
    (told,) = [each for each in differences([edit], record) if each.model is model and each.name == field.name]
    assert told.old != told.new
    undo(edit, ana, "Entered by mistake")
    assert state(row) == before


def test_nothing_is_left_out_of_the_history_but_counters_dates_and_tests_of_addresses():
    left_out = {
        field.name
        for model in CHANGED_BY_HAND
        for field in model._meta.concrete_fields
        if field.attname not in columns(model)
    }
    assert left_out == OF_NO_INTEREST
    assert left_out == {
        "id",
        "created",
        "updated",
        "version",
        "checked_on",
        "check_result",
        "check_detail",
        "last_good_on",
    }
    assert [
        (model, field.name)
        for model in CHANGED_BY_HAND
        for field in model._meta.many_to_many
        if field.name not in many(model)
    ] == []


@pytest.mark.slow
@pytest.mark.parametrize("model", CHANGED_BY_HAND, ids=lambda model: model.__name__)
def test_row_of_any_model_that_was_deleted_is_brought_back_under_its_number(ana, model):
    row = make_row(model)
    before = everything()
    with editing(FORM, by=ana) as edit:
        delete_row(row)
    assert everything() != before
    undo(edit, ana, "It is a project of its own")
    assert everything() == before


@pytest.mark.slow
@pytest.mark.parametrize("model", CHANGED_BY_HAND, ids=lambda model: model.__name__)
def test_row_of_any_model_that_was_added_is_taken_away(ana, model):
    row = make_row(model)
    fields, before = {name: getattr(row, name) for name in columns(model)}, everything()
    links = {name: list(getattr(row, name).all()) for name in many(model)}
    if issubclass(model, Record):
        fields["publication_status"] = "draft"
    delete_row(row)
    without = everything()
    with editing(FORM, by=ana) as edit:
        row = model.objects.create(**fields)
        for name, linked in links.items():
            getattr(row, name).set(linked)
    undo(edit, ana, "Entered twice")
    assert everything() == without != before


# How it reads


def test_dates_choices_amounts_links_and_lists_read_as_on_the_site(ana):
    forum = builders.make_forum()
    project = builders.make_project(themes=["Fisheries"])
    with editing(FORM, by=ana) as edit:
        project.start, project.end, project.status = "2019-03", "2020", "completed"
        project.budget_amount, project.budget_currency, project.forum = Decimal(1250000), "USD", forum
        project.confirmed_on = date(2026, 11, 2)
        project.save()
        project.themes.set([builders.make_theme("Digital trade"), builders.make_theme("Health")])
    assert said(differences([edit], project)) == [
        ("Confirmed on", "", "2 November 2026"),
        ("Activity status", "", "Completed"),
        ("Start", "", "March 2019"),
        ("End", "", "2020"),
        ("Budget", "", "1,250,000.00"),
        ("Currency", "", "USD"),
        ("Forum", "", "Forum for East Asia-Latin America Cooperation"),
        ("Themes", "Fisheries", "Digital trade, Health"),
    ]


def test_new_record_reads_as_its_name_and_its_parts_as_what_they_state(ana):
    thailand, source = builders.make_country("THA"), builders.make_source("Annual report 2019")
    with editing(FORM, by=ana) as edit:
        project = builders.make_project(end="2020")
        Participation.objects.create(project=project, role="provider", country=thailand, start="2019", source=source)
        cite(project, "end", source, "2020")
    assert said(differences([edit], project)) == [
        ("Project", "", "Thai-Colombian exchange on digital trade"),
        ("Partner", "", "Provider; Thailand; 2019; ESCAP: Annual report 2019"),
        ("Citation", "", "End; 2020; ESCAP: Annual report 2019"),
    ]


def test_changed_part_is_named_by_what_it_was(ana):
    project = builders.make_project(partners=[("provider", "THA")])
    part = project.participations.get()
    with editing(FORM, by=ana) as edit:
        part.end = "2021"
        part.save()
        Participation.objects.create(project=project, role="beneficiary", country=builders.make_country("FJI"))
    assert said(differences([edit], project)) == [
        ("Partner (Provider; Thailand): until", "", "2021"),
        ("Partner", "", "Beneficiary; Fiji"),
    ]
    with editing(FORM, by=ana) as removing:
        part.delete()
    assert said(differences([removing], project)) == [("Partner", "Provider; Thailand; 2021", "")]


def test_hosts_of_a_meeting_are_told_and_undone(ana):
    forum = builders.make_forum()
    meeting = Meeting.objects.create(forum=forum, edition="10th Foreign Ministers’ Meeting", date="2024")
    meeting.hosts.set([builders.make_country("PER")])
    with editing(FORM, by=ana) as edit:
        meeting.hosts.set([builders.make_country("THA"), builders.make_country("IDN")])
    assert said(differences([edit], forum)) == [
        ("Meeting (10th Foreign Ministers’ Meeting; 2024; Held): hosts", "Peru", "Indonesia, Thailand")
    ]
    undo(edit, ana, "Another meeting")
    assert [str(each) for each in meeting.hosts.all()] == ["Peru"]


def test_several_saves_in_one_edit_are_one_change(ana):
    project = builders.make_project("Mango trees")
    with editing(FORM, by=ana) as edit:
        for title in ("Mango", "Mangoes", "Mangos in Fiji"):
            project.title = title
            project.save()
    assert said(differences([edit], project)) == [("Title", "Mango trees", "Mangos in Fiji")]


def test_several_edits_of_a_field_are_one_difference():
    project = builders.make_project("Mango trees")
    edits = [rename(project, title) for title in ("Mangoes", "Mangos in Fiji")]
    assert said(differences(edits, project)) == [("Title", "Mango trees", "Mangos in Fiji")]
    edits.append(rename(project, "Mango trees"))
    assert differences(edits, project) == []


def test_another_public_id_is_told_once(ana):
    project = builders.make_project("Mango trees")
    with editing(FORM, by=ana) as edit:
        project.slug = "mangos"
        project.save()
    assert said(differences([edit])) == [("Public id", "mango-trees", "mangos")]


def test_record_that_is_gone_is_called_as_it_was_last(ana):
    forum = builders.make_forum("Summit of 1990")
    project = builders.make_project(forum=forum)
    with editing(FORM, by=ana) as edit:
        project.forum = None
        project.save()
    forum.delete()
    assert said(differences([edit], project)) == [("Forum", "Summit of 1990", "")]
    assert name_of(forum.__class__(pk=edit.pk + 10**6)) == ""


def test_what_others_changed_since_a_form_was_opened():
    project = builders.make_project("Mango trees")
    rename(project, "Mangoes")
    opened = project.version
    later = [rename(project, "Mangos"), rename(project, "Mangos in Fiji")]
    found, edits = differences_since(project, opened)
    assert said(found) == [("Title", "Mangoes", "Mangos in Fiji")]
    assert edits == later[::-1]
    assert differences_since(project, project.version) == ([], [])


# Story


def test_story_tells_who_when_why_and_by_which_file_newest_first(ana):
    project = builders.make_project("Mango trees")
    with editing(IMPORT, by=ana, what="projects-2026.csv") as imported:
        project.end = "2020"
        project.save()
    corrected = rename(project, "Mangoes", by=ana, reason="As in the report")
    told = story(project)
    assert [edit for edit, _found in told[:2]] == [corrected, imported]
    assert [(edit.by_name, edit.reason, edit.what) for edit, _found in told[:2]] == [
        ("ana.ruiz", "As in the report", ""),
        ("ana.ruiz", "", "projects-2026.csv"),
    ]
    assert [said(found) for _edit, found in told[:2]] == [
        [("Title", "Mango trees", "Mangoes")],
        [("End", "", "2020")],
    ]


def test_story_of_some_edits_is_theirs_alone():
    project = builders.make_project("Mango trees")
    made = [rename(project, title) for title in ("Mangoes", "Mangos", "Mangos in Fiji")]
    (told,) = story(project, [made[1]])
    assert (told[0], said(told[1])) == (made[1], [("Title", "Mangoes", "Mangos")])


def test_edits_of_another_record_are_not_in_the_story():
    project, other = builders.make_project("Mango trees"), builders.make_project("Rice seeds")
    rename(other, "Rice")
    assert [found for _edit, found in story(project) if said(found) != [("Project", "", "Mango trees")]] == []


@pytest.mark.slow
def test_story_of_300_edits_asks_the_database_no_oftener_than_that_of_3():
    def queries(project):
        with CaptureQueriesContext(connection) as captured:
            assert len(story(project)) == edits_of(project).count()
        return len(captured)

    short, long = builders.make_project("Mango trees"), builders.make_project("Rice seeds")
    for project, number in ((short, 3), (long, 300)):
        for year in range(number):
            with editing(FORM):
                project.end = str(1500 + year)
                project.save()
                Participation.objects.create(
                    project=project, role="partner", country=builders.make_country("FJI"), start=project.end
                )
    assert queries(long) == queries(short)


# What leaves nothing


class StoppedError(Exception):
    pass


def change_and_stop(project):
    with editing(FORM):
        project.title = "Mangoes"
        project.save()
        raise StoppedError


def test_edit_that_fell_back_leaves_nothing():
    project = builders.make_project("Mango trees")
    before, edits, copies = everything(), Edit.objects.count(), Project.history.count()
    with pytest.raises(StoppedError):
        change_and_stop(project)
    assert (everything(), Edit.objects.count(), Project.history.count()) == (before, edits, copies)


def test_edit_that_changed_nothing_is_not_kept():
    before = Edit.objects.count()
    with editing(FORM):
        Country.objects.count()
    assert Edit.objects.count() == before


def test_rehearsal_tells_what_would_change_and_leaves_nothing(ana):
    project = builders.make_project("Mango trees", partners=[("provider", "THA")])
    edit = rename(project, "Mangoes")
    before, edits, copies = everything(), Edit.objects.count(), Project.history.count()

    def write():
        Project.objects.get().participations.get().delete()
        Theme(code="fisheries", name="Fisheries").save()

    assert sorted(said(rehearse(write))) == [("Partner", "Provider; Thailand", ""), ("Theme", "", "Fisheries")]
    assert said(rehearse(lambda: undo(edit, ana, ""))) == [("Title", "Mangoes", "Mango trees")]
    assert (everything(), Edit.objects.count(), Project.history.count()) == (before, edits, copies)
