"""Who keeps a copy learns which ids are not public any more: withdrawn, merged, or changed."""

import json
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from cooperation.duplicates import merge
from cooperation.history import undo
from cooperation.models import Agency, Edit, FormerSlug, Forum, Fund, Milestone, Project, editing
from tests import builders
from tests.openapi import describe, faults
from tests.records import make_record

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
LONG_AGO = "2026-01-01"


def changed(client, model=Project, since=LONG_AGO):
    """The ids of what changed since, and of what is gone: `{id: id to use now, or None}`."""
    address = reverse(f"{model._meta.model_name}_list_json")
    answer = client.get(address, {"updated_since": since}).json()
    gone = {each["id"]: each.get("replaced_by") for each in answer["withdrawn"]}
    assert len(gone) == len(answer["withdrawn"])
    return {row["id"] for row in answer["results"]}, gone


def take(record, **fields):
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()


@pytest.mark.parametrize("model", [Agency, Forum, Fund, Milestone, Project])
def test_merged_record_is_named_with_the_one_that_it_became(client, ana, model):
    keep, drop = make_record(model, 0), make_record(model, 1)
    merge(keep, drop, [], ana, "They are one.")
    results, gone = changed(client, model)
    assert (keep.slug in results, drop.slug in results, gone) == (True, False, {drop.slug: keep.slug})


@pytest.mark.slow
def test_answer_says_since_when_and_is_as_described(client, ana):
    keep, drop = builders.make_project("Rice seeds"), builders.make_project("Rice seed")
    merge(keep, drop, [], ana, "They are one.")
    FormerSlug.history.update(history_date=TUESDAY)
    answer = client.get("/projects.json", {"updated_since": "2026-11-03T08:30:00Z"}).json()
    assert answer["withdrawn"] == [
        {"id": "rice-seed", "withdrawn": "2026-11-03T08:30:00Z", "replaced_by": "rice-seeds"}
    ]
    assert faults(describe(client), "ProjectList", answer) == []
    assert changed(client, since="2026-11-03T08:31:00Z")[1] == {}


def test_undone_merge_is_named_no_longer_and_both_are_given_again(client, ana):
    keep, drop = builders.make_project("Rice seeds"), builders.make_project("Rice seed")
    edit = merge(keep, drop, [], ana, "They are one.")
    undo(edit, ana, "They are two.")
    assert changed(client) == ({"rice-seeds", "rice-seed"}, {})


@pytest.mark.slow
def test_merge_made_again_counts_from_then(client, ana):
    keep, drop = builders.make_project("Rice seeds"), builders.make_project("Rice seed")
    undo(merge(keep, drop, [], ana, "They are one."), ana, "They are two.")
    FormerSlug.history.update(history_date="2025-11-03T08:30:00Z")
    keep, drop = (Project.objects.get(slug=slug) for slug in ("rice-seeds", "rice-seed"))
    merge(keep, drop, [], ana, "They are one, as the ministry says.")
    assert changed(client)[1] == {"rice-seed": "rice-seeds"}


def test_changed_id_is_named_since_a_copy_goes_by_ids(client):
    project = builders.make_project("Mango trees")
    take(project, slug="mangoes")
    assert changed(client) == ({"mangoes"}, {"mango-trees": "mangoes"})
    take(project, slug="mango-trees")
    assert changed(client) == ({"mango-trees"}, {"mangoes": "mango-trees"})


def test_whatever_became_part_of_what_was_merged_leads_to_the_last_one(client, ana):
    first, second, third = (builders.make_project(title) for title in ("Mango trees", "Mangoes", "Fruit trees"))
    merge(second, first, [], ana, "They are one.")
    second.refresh_from_db()
    merge(third, second, [], ana, "They are one, too.")
    assert changed(client) == ({"fruit-trees"}, {"mango-trees": "fruit-trees", "mangoes": "fruit-trees"})


def test_id_that_only_a_draft_had_is_never_named(client, ana):
    renamed = builders.make_project("Mango trees", slug="secret-plan", publication_status="draft")
    take(renamed, slug="mango-trees")
    take(renamed, publication_status="published")
    merge(renamed, builders.make_project("Second secret plan", publication_status="draft"), [], ana, "They are one.")
    assert FormerSlug.objects.count() == 2
    assert changed(client) == ({"mango-trees"}, {})


def test_id_of_what_became_part_of_a_withdrawn_record_is_named_alone(client, ana):
    keep, drop = builders.make_project("Rice seeds"), builders.make_project("Rice seed")
    merge(keep, drop, [], ana, "They are one.")
    keep.refresh_from_db()
    take(keep, publication_status="withdrawn")
    assert changed(client) == (set(), {"rice-seeds": None, "rice-seed": None})
    take(keep, publication_status="draft")
    assert changed(client) == (set(), {"rice-seeds": None, "rice-seed": None})


def test_withdrawn_record_that_is_written_anew_stays_named_since_it_left_the_portal(client):
    project = builders.make_project("Mango trees")
    take(project, publication_status="withdrawn")
    Project.history.filter(publication_status="withdrawn").update(history_date=TUESDAY)
    take(project, publication_status="draft")
    take(project, publication_status="in_review", title="Mango trees of Tonga")
    assert changed(client) == (set(), {"mango-trees": None})
    assert changed(client, since="2026-11-03T08:31:00Z") == (set(), {})
    take(project, publication_status="published")
    assert changed(client) == ({"mango-trees"}, {})


def test_id_that_a_withdrawn_record_got_in_secret_is_not_named(client):
    project = builders.make_project("Mango trees")
    with editing(Edit.Kind.STEP, reason="It never took place."):
        take(project, publication_status="withdrawn")
    take(project, slug="secret-plan")
    assert changed(client) == (set(), {"mango-trees": None})
    assert "secret" not in json.dumps(client.get("/projects.json", {"updated_since": LONG_AGO}).json())


def test_id_that_another_public_record_has_now_is_not_given_up(client):
    take(builders.make_project("Mango trees"), slug="mangoes")
    builders.make_project("Mango trees of Fiji", slug="mango-trees")
    assert changed(client) == ({"mangoes", "mango-trees"}, {})


def test_what_is_gone_is_found_in_three_queries_however_much_it_is(client, ana, django_assert_num_queries):
    def rename(number):
        take(builders.make_project(f"Exchange {number}"), slug=f"exchange-with-{number}")

    rename(0)
    with django_assert_num_queries(3):
        assert len(Project.objects.gone_since(TUESDAY.replace(year=2020))) == 1
    for number in range(1, 4):
        rename(number)
    with django_assert_num_queries(3):
        assert len(Project.objects.gone_since(TUESDAY.replace(year=2020))) == 4
