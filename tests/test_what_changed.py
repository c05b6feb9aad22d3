"""What the public reads of the changes of a record."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.history import begin_history, what_changed
from cooperation.models import Agency, Edit, Participation, Project, editing
from tests import builders
from tests.crawl import read
from tests.records import cite

pytestmark = pytest.mark.django_db

FORM, STEP = Edit.Kind.FORM, Edit.Kind.STEP


def change(record, kind=FORM, **fields):
    with editing(kind) as edit:
        for name, value in fields.items():
            setattr(record, name, value)
        record.save()
    return edit


def lines(record):
    return [each.lines for each in what_changed(record)]


def make_draft(title="Mango trees"):
    with editing(FORM):
        return builders.make_project(title, publication_status="draft")


def publish(record):
    return change(record, STEP, publication_status="published")


def test_changes_since_publication_are_told_in_words_newest_first():
    project = make_draft()
    change(project, title="Mango trees for Fiji", summary="A secret draft of the summary.", end="2019")
    publish(project)
    change(project, end="2020", status="completed")
    with editing(FORM):
        project.themes.set([builders.make_theme("Fisheries")])
        Participation.objects.create(project=project, role="provider", country=builders.make_country("THA"))
        project.save()
    change(project, Edit.Kind.CONFIRMED, confirmed_on=date(2026, 11, 2))
    change(project, summary="Seeds were exchanged.", forum=builders.make_forum("Summit of 1990"))
    assert lines(project) == [
        ["Summary: reworded", "Forum: not stated → Summit of 1990"],
        ["Confirmed against its sources"],
        ["Themes, added: Fisheries", "Partner added: Provider, Thailand"],
        ["Activity status: not stated → Completed", "End: 2019 → 2020"],
    ]


def test_page_shows_date_and_words_but_no_person_and_no_reason(client):
    project = make_draft()
    publish(project)
    ana = User.objects.create_user("zanzibar", first_name="Zanzi", last_name="Bar")
    with editing(FORM, by=ana, reviewed_by=ana, reason="Zanzibarine reason", what="zanzibarine.csv") as edit:
        project.end = "2020"
        project.note = "The sources disagree."
        project.save()
    Edit.objects.filter(pk=edit.pk).update(made=datetime(2026, 11, 2, 8, 30, tzinfo=UTC))
    page = read(client, project.get_absolute_url())
    assert "What changed 1 2 November 2026 Editors’ note: added End: not stated → 2020" in page.text
    assert "zanzi" not in page.text.lower()


def test_record_that_was_only_loaded_has_no_list(client):
    project = builders.make_project("Mango trees")
    Project.history.all().delete()
    begin_history("setup")
    assert lines(project) == []
    assert "What changed" not in read(client, project.get_absolute_url()).text


def test_record_without_any_history_has_no_list():
    project = builders.make_project("Mango trees")
    Project.history.all().delete()
    assert lines(project) == []


def test_rows_that_a_program_writes_one_by_one_when_it_brings_a_record_in_are_no_changes():
    project = builders.make_project("Mango trees", partners=[("provider", "THA")], themes=["Fisheries"])
    assert lines(project) == []
    change(project, end="2020")
    assert lines(project) == [["End: not stated → 2020"]]


def test_what_was_written_while_a_record_was_withdrawn_comes_with_its_next_publication():
    project = make_draft()
    publish(project)
    change(project, STEP, publication_status="withdrawn")
    change(project, STEP, publication_status="draft")
    change(project, title="A secret wrong title", end="2020")
    change(project, title="Mango trees for Fiji")
    publish(project)
    change(project, end="2021")
    assert lines(project) == [
        ["End: 2020 → 2021"],
        ["Published again", "Title: Mango trees → Mango trees for Fiji", "End: not stated → 2020"],
    ]


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_records_that_are_not_public_are_not_named_not_even_as_former_values(status):
    hidden = builders.make_forum("Zanzibarine forum", publication_status=status)
    agency = builders.make_agency("Zanzibarine agency", publication_status=status)
    shown, project = builders.make_forum("Summit of 1990"), make_draft()
    publish(project)
    change(project, forum=hidden)
    change(project, forum=shown)
    change(project, forum=hidden)
    with editing(FORM):
        part = Participation.objects.create(project=project, role="provider", agency=agency)
        cite(project, "forum", builders.make_source("Annual report 2019"), "Zanzibarine forum")
    with editing(FORM):
        part.start = "2019"
        part.save()
    with editing(FORM):
        part.delete()
    assert lines(project) == [
        ["Citation added: Forum, ESCAP: Annual report 2019"],
        ["Forum: Summit of 1990 → not stated"],
        ["Forum: not stated → Summit of 1990"],
    ]


def test_source_that_no_public_record_cites_any_more_is_not_named():
    project = make_draft()
    source = builders.make_source("Zanzibarine report")
    citation = cite(project, "end", source, "2020")
    cite(builders.make_project("Rice seeds", publication_status="draft"), "title", source)
    publish(project)
    with editing(FORM):
        citation.delete()
    assert lines(project) == [["Citation removed: End"]]


def test_record_that_is_gone_is_not_named():
    agency, project = builders.make_agency("Zanzibarine agency"), make_draft()
    with editing(FORM):
        part = Participation.objects.create(project=project, role="provider", agency=agency)
    publish(project)
    with editing(FORM):
        part.agency = builders.make_agency("Cooperation agency")
        part.save()
    Agency.objects.filter(name="Zanzibarine agency").delete()
    assert "Zanzibarine" not in str(lines(project))


def test_fields_of_the_desk_are_left_out():
    lesson = builders.make_lesson("Champion countries", position=1)
    change(lesson, position=2)
    assert lines(lesson) == []


def test_long_texts_are_not_repeated_and_long_changes_are_cut(client):
    project = make_draft()
    publish(project)
    with editing(FORM):
        project.summary = "Seeds and seedlings. " * 40
        project.save()
        for year in range(1990, 2000):
            Participation.objects.create(
                project=project, role="partner", country=builders.make_country("FJI"), start=str(year)
            )
    (found,) = what_changed(project)
    assert (len(found.lines), found.more) == (6, 5)
    assert found.lines[:2] == ["Summary: added", "Partner added: Partner, Fiji, 1990"]
    assert "Partner added: Partner, Fiji, 1994 and 5 more" in read(client, project.get_absolute_url()).text


@pytest.mark.slow
def test_last_ten_changes_are_told_with_as_many_queries_as_one():
    few, many = make_draft("Mango trees"), make_draft("Rice seeds")
    for project, number in ((few, 1), (many, 40)):
        publish(project)
        for year in range(number):
            change(project, end=str(1950 + year))

    def queries(project):
        with CaptureQueriesContext(connection) as captured:
            what_changed(project)
        return len(captured)

    assert [each[0] for each in lines(many)] == [f"End: {year - 1} → {year}" for year in range(1989, 1979, -1)]
    assert queries(many) == queries(few) <= 16


def test_change_of_a_country_is_told(client):
    country = builders.make_country("FJI")
    with editing(FORM):
        country.name_es = "Fiyi"
        country.save()
    assert "Name in Spanish: not stated → Fiyi" in read(client, country.get_absolute_url()).text


def test_another_public_id_is_told():
    project = make_draft()
    publish(project)
    change(project, slug="mangos")
    assert lines(project) == [["Public id: mango-trees → mangos"]]
