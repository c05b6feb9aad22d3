"""The data version and the log of changes: nothing that changes a record goes unseen."""

import time

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from cooperation import changes
from cooperation.models import Country, Membership, Participation, Project, Theme, registry_models
from tests import builders
from tests.records import cite

pytestmark = pytest.mark.django_db


def insert_in_bulk():
    Project.objects.bulk_create([Project(slug="rice-seeds", title="Rice seeds", modality="bilateral")])
    return Project.objects.get(slug="rice-seeds")


def update_in_bulk(project):
    Project.objects.filter(pk=project.pk).update(publication_status="withdrawn")


def delete_without_signals(project):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cooperation_project_themes WHERE project_id = %s", [project.pk])


PROJECT_CHANGES = {
    "bulk update": update_in_bulk,
    "save": lambda project: project.save(),
    "deletion": lambda project: project.delete(),
    "partner": lambda project: Participation.objects.create(project=project, role="provider", organisation="UNOPS"),
    "theme added": lambda project: project.themes.add(builders.make_theme("Fisheries")),
    "theme removed": lambda project: project.themes.clear(),
    "row deleted by SQL": delete_without_signals,
    "citation": lambda project: cite(project, "title", builders.make_source()),
}


@pytest.mark.parametrize("change", PROJECT_CHANGES.values(), ids=PROJECT_CHANGES.keys())
def test_change_of_a_project_or_its_parts_moves_the_version_and_names_the_project(change):
    project = builders.make_project(themes=["Trade"])
    project_id, before = project.pk, changes.current()
    change(project)
    assert changes.current() > before
    assert changes.changed_since(before)["project"] == {project_id}
    assert changes.changed_since(changes.current()) == {}


def test_records_made_in_bulk_are_logged():
    before = changes.current()
    project = insert_in_bulk()
    assert changes.changed_since(before) == {"project": {project.pk}}


def test_part_that_moves_to_another_record_changes_both():
    forum, other = builders.make_forum("FEALAC", members=["THA"]), builders.make_forum("APEC")
    before = changes.current()
    Membership.objects.update(forum=other)
    assert changes.changed_since(before) == {"forum": {forum.pk, other.pk}}


def test_codes_and_countries_are_watched_too():
    builders.make_theme("Trade")
    builders.make_country("THA")
    before = changes.current()
    Theme.objects.update(name="Trade and investment")
    Country.objects.update(ldc=False)
    assert set(changes.changed_since(before)) == {"theme", "country"}


@pytest.mark.slow
def test_reading_leaves_the_version_alone(client):
    builders.make_project()
    before = changes.current()
    client.get("/projects/")
    client.get("/projects/?q=exchange")
    assert changes.current() == before


def test_number_does_not_come_twice_after_a_transaction_was_undone():
    with transaction.atomic():
        builders.make_theme("Trade")
        undone = changes.current()
        transaction.set_rollback(True)
    assert changes.current() < undone
    builders.make_theme("Fisheries")
    assert changes.current() != undone


def test_number_tells_the_time_of_the_change():
    builders.make_theme("Trade")
    assert abs(time.time() - changes.current() / 1_000_000) < 60


def test_too_many_changes_are_answered_with_none(monkeypatch):
    monkeypatch.setattr(changes, "FEW", 2)
    before = changes.current()
    for name in ("Trade", "Fisheries"):
        builders.make_theme(name)
    assert set(changes.changed_since(before)) == {"theme"}
    builders.make_theme("Water")
    assert changes.changed_since(before) is None


def test_every_table_of_the_registry_is_watched():
    watched = {table for table, _record, _column in changes.watched_tables()}
    assert {model._meta.db_table for model in registry_models(include_auto_created=True)} - watched == {
        "cooperation_formerslug"
    }


@pytest.mark.slow
def test_lost_triggers_come_back_with_the_next_migration_and_count_as_a_change_of_everything():
    before = changes.current()
    with connection.cursor() as cursor:
        changes.drop_triggers(cursor, changes.present_triggers(cursor))
    project = builders.make_project()
    assert changes.current() == before
    call_command("migrate", verbosity=0)
    assert changes.changed_since(before) is None
    after = changes.current()
    project.save()
    assert changes.changed_since(after) == {"project": {project.pk}}


def test_migration_that_finds_everything_in_place_changes_nothing():
    before = changes.current()
    call_command("migrate", verbosity=0)
    assert changes.current() == before


@pytest.mark.django_db(transaction=True)
def test_emptied_database_counts_as_changed():
    builders.make_project()
    before = changes.current()
    call_command("flush", interactive=False, verbosity=0)
    assert changes.current() != before
    builders.make_project()
    assert changes.current() not in (0, before)
