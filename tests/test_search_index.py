"""The search index follows the records, whoever changes them."""

import logging
import threading
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.http import QueryDict

from cooperation import changes, search
from cooperation.filters import SourceFilterSet
from cooperation.models import Agency, Country, DataVersion, Forum, Fund, Participation, Project, Theme
from cooperation.search import index
from cooperation.search.finding import KEPT
from tests import builders
from tests.crawl import read
from tests.questions import holding, named
from tests.records import cite, make_one_of_each


def entries():
    """The whole index: `[(number, tokens as the database keeps them), ...]`, and the words that may be suggested."""
    columns = {"sqlite": "rowid, words", "postgresql": "id, words::text"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM cooperation_search ORDER BY 1")
        rows = cursor.fetchall()
        cursor.execute("SELECT word FROM cooperation_searchword ORDER BY 1")
        return rows, cursor.fetchall()


def publish_nothing(project):
    Project.objects.update(publication_status="withdrawn")


def rename_by_sql(project):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cooperation_project SET title = 'Other'")


@pytest.mark.django_db
@pytest.mark.parametrize("change", [publish_nothing, rename_by_sql, lambda project: project.delete()])
def test_record_that_changed_is_no_longer_found(change):
    kept = builders.make_agency("Rice Institute")
    project = builders.make_project("Rice seeds", slug="seeds-of-rice")
    assert holding("rice") == {"agency": [kept.pk], "project": [project.pk]}
    change(project)
    assert holding("rice") == {"agency": [kept.pk]}
    assert named("Rice seeds") == {}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_record_that_is_not_published_is_not_in_the_index(status):
    for record in make_one_of_each():
        if hasattr(record, "publication_status"):
            type(record).objects.update(publication_status=status)
    search.catch_up()
    numbers = {number % 16 for number, _tokens in entries()[0]}
    assert numbers == {plan.number for plan in index.plans() if plan.name in ("country", "source")}


@pytest.mark.slow
@pytest.mark.django_db
def test_source_is_found_as_long_as_a_public_record_rests_on_it():
    source = builders.make_source("Memorandum of Suva", publisher="ESCAP")
    question = QueryDict("q=memorandum")
    assert SourceFilterSet(question).ids() == []
    cite(builders.make_fund(), "name", source)
    assert SourceFilterSet(question).ids() == [source.pk]
    Fund.objects.update(publication_status="draft")
    assert SourceFilterSet(question).ids() == []


@pytest.mark.django_db
def test_records_made_in_bulk_are_found():
    assert holding("seeds") == {}
    rows = [
        Project(slug=f"seeds-{n}", title="Seeds", modality="bilateral", publication_status="published") for n in (1, 2)
    ]
    Project.objects.bulk_create(rows)
    assert holding("seeds") == {"project": sorted(Project.objects.values_list("pk", flat=True))}


@pytest.mark.django_db
def test_changed_part_changes_the_entry_of_its_record():
    project = builders.make_project()
    part = Participation.objects.create(project=project, role="implementing", organisation="Mekong Institute")
    assert holding("mekong") == {"project": [project.pk]}
    Participation.objects.update(organisation="Danube Institute")
    assert [holding("mekong"), holding("danube")] == [{}, {"project": [project.pk]}]
    part.delete()
    assert holding("danube") == {}


@pytest.mark.django_db
def test_renamed_country_and_theme_change_the_entries_that_name_them():
    milestone = builders.make_milestone(country=builders.make_country("THA", name="Siam"))
    forum = builders.make_forum()
    forum.themes.add(builders.make_theme("Fisheries"))
    assert holding("siam", ["names"])["milestone"] == [milestone.pk]
    Country.objects.update(name="Thailand")
    Theme.objects.update(name="Oceans")
    assert [holding("siam"), holding("fisheries")] == [{}, {}]
    assert holding("thailand")["milestone"] == [milestone.pk]
    assert holding("oceans") == {"forum": [forum.pk]}


@pytest.mark.slow
@pytest.mark.django_db
def test_index_made_anew_equals_the_one_that_followed():
    search.catch_up()
    records = make_one_of_each()
    agency = builders.make_agency("Mekong Institute", former_names="One\nTwo", summary="Über <b>all</b>")
    search.catch_up()
    Forum.objects.update(acronym="FEALAC (FOCALAE)")
    Agency.objects.filter(pk=agency.pk).update(acronym="MI", publication_status="draft")
    records[3].participations.create(role="partner", organisation="Plan International")
    records[3].participations.create(role="funding", organisation="ADB")
    search.catch_up()
    Agency.objects.update(publication_status="published")
    search.catch_up()
    followed = entries()
    assert len(followed[0]) == sum(plan.records().count() for plan in index.plans())
    call_command("rebuild_search", stdout=None)
    assert entries() == followed


@pytest.mark.slow
@pytest.mark.django_db
def test_index_is_made_anew_when_the_log_cannot_tell(monkeypatch):
    agencies = [builders.make_agency(f"Institute {number}") for number in range(3)]
    search.catch_up()
    monkeypatch.setattr(changes, "FEW", 2)
    Agency.objects.update(name="Academy")
    assert holding("institute") == {}
    assert holding("academy") == {"agency": [agency.pk for agency in agencies]}


@pytest.mark.slow
@pytest.mark.django_db
def test_index_is_made_anew_when_a_declaration_changed(monkeypatch):
    agency = builders.make_agency(headquarters="Bangkok", summary="Of Suva")
    assert holding("suva") == {"agency": [agency.pk]}
    monkeypatch.setattr(Agency, "SEARCH_TEXTS", ("headquarters",))
    for cached in (index.plans, index.rules):
        cached.cache_clear()
    try:
        assert holding("suva") == {}
        assert holding("bangkok") == {"agency": [agency.pk]}
    finally:
        monkeypatch.undo()
        for cached in (index.plans, index.rules):
            cached.cache_clear()
    assert holding("suva") == {"agency": [agency.pk]}


@pytest.mark.slow
@pytest.mark.django_db
def test_index_of_very_many_records_is_left_to_the_command(monkeypatch, caplog):
    builders.make_agency("Mekong Institute")
    search.catch_up()
    Agency.objects.update(name="Danube Institute")
    monkeypatch.setattr(index, "MOST_FOR_A_READER", 0)
    monkeypatch.setattr(changes, "FEW", 0)
    with caplog.at_level(logging.WARNING):
        assert not search.catch_up()
    assert "run manage.py rebuild_search" in caplog.text
    assert "agency" in holding("mekong")
    search.rebuild()
    assert search.catch_up()
    assert "agency" in holding("danube")


@pytest.mark.django_db
def test_nothing_is_done_when_nothing_changed(django_assert_num_queries):
    builders.make_agency()
    search.catch_up()
    with django_assert_num_queries(1):
        assert search.catch_up()


@pytest.mark.slow
@pytest.mark.django_db
def test_writing_the_index_does_not_move_the_data_version():
    builders.make_agency()
    before = changes.current()
    search.catch_up()
    search.rebuild()
    assert changes.current() == before == DataVersion.objects.get(name="search").number


@pytest.mark.django_db
def test_undone_change_is_undone_in_the_index_too():
    agency = builders.make_agency("Mekong Institute")
    assert holding("mekong") == {"agency": [agency.pk]}
    with transaction.atomic():
        Agency.objects.all().delete()
        assert holding("mekong") == {}
        transaction.set_rollback(True)
    assert holding("mekong") == {"agency": [agency.pk]}


@pytest.mark.django_db(transaction=True)
def test_answer_is_kept_until_a_record_changes(django_assert_num_queries):
    agency = builders.make_agency("Mekong Institute")
    assert holding("mekong") == {"agency": [agency.pk]}
    with django_assert_num_queries(1):
        assert holding("mekong") == {"agency": [agency.pk]}
    with transaction.atomic():
        Agency.objects.update(name="Danube Institute")
        assert holding("mekong") == {}
        transaction.set_rollback(True)
    assert holding("mekong") == {"agency": [agency.pk]}
    Agency.objects.update(name="Danube Institute")
    assert holding("mekong") == {}


@pytest.mark.django_db(transaction=True)
def test_answers_are_kept_up_to_a_size(monkeypatch):
    builders.make_agency("Mekong Institute")
    monkeypatch.setattr("cooperation.search.finding.MOST_KEPT", 350)
    for text in ("mekong", "institute", "mek", "insti"):
        holding(text)
    assert len(KEPT.answers) == 3


@contextmanager
def somebody_else_writing(monkeypatch):
    """Another connection holds the lock, and nobody waits for it for long."""
    monkeypatch.setattr(index, "PATIENCE", 50)
    locked, done = threading.Event(), threading.Event()

    def write():
        with transaction.atomic(), connection.cursor() as cursor:
            index.lock(cursor)
            locked.set()
            done.wait(10)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    locked.wait(10)
    try:
        yield
    finally:
        done.set()
        writer.join()


@pytest.mark.django_db(transaction=True)
def test_index_as_it_is_answers_while_somebody_else_writes(monkeypatch, caplog):
    agency = builders.make_agency("Mekong Institute")
    search.catch_up()
    Agency.objects.update(name="Danube Institute")
    with somebody_else_writing(monkeypatch), caplog.at_level(logging.WARNING):
        assert not search.catch_up()
        assert holding("mekong") == {"agency": [agency.pk]}
    assert "stays behind" in caplog.text
    assert holding("mekong") == {}
    assert holding("danube") == {"agency": [agency.pk]}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_page_made_while_the_index_was_behind_is_not_kept(client, monkeypatch):
    builders.make_agency("Mekong Institute")
    search.catch_up()
    Agency.objects.update(name="Danube Institute")
    with somebody_else_writing(monkeypatch):
        assert client.get("/agencies/?q=danube")["Cache-Control"] == "no-store"
        assert client.get("/search/?q=danube")["Cache-Control"] == "no-store"
        assert client.get("/search.json?q=danube").json()["count"] == 0
    assert "1 agency: danube" in read(client, "/agencies/?q=danube").text
    assert "1 result: danube" in read(client, "/search/?q=danube").text
    assert client.get("/search.json?q=danube").json()["count"] == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_emptied_database_has_an_empty_index():
    builders.make_agency("Mekong Institute")
    assert "agency" in holding("mekong")
    call_command("flush", interactive=False, verbosity=0)
    assert holding("mekong") == {}
    builders.make_agency("Danube Institute")
    assert holding("mekong") == {}
    assert "agency" in holding("danube")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_tables_are_made_and_dropped_by_the_migration():
    builders.make_agency("Mekong Institute")
    search.catch_up()
    migration = MigrationLoader(connection).get_migration("cooperation", "0004_search_index")
    with connection.schema_editor() as editor:
        migration.unapply(ProjectState(), editor)
    tables = [table for table in connection.introspection.table_names() if table.startswith("cooperation_search")]
    with connection.schema_editor() as editor:
        migration.apply(ProjectState(), editor)
    assert tables == []
    assert "agency" in holding("mekong")
