"""What was in the database of an older version is there after `setup`, and goes on from where it was."""

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from cooperation.models import (
    PUBLIC_RECORDS,
    Agency,
    Correction,
    DuplicatePair,
    Edit,
    Forum,
    ImportBatch,
    PendingChange,
    Project,
    Source,
)
from tests.admin_form import Form
from tests.admin_records import change_url
from tests.databases import create_database, drop_database, other_database
from tests.processes import process_name
from tests.records import list_url
from tests.upgrade.snapshot import copy_to_postgresql, rows_of, unpack

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("upgraded"), pytest.mark.slow]


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The file that version 0.1.0 left."""
    return unpack(tmp_path_factory.mktemp("0.1.0"))


@pytest.fixture(scope="module")
def upgraded(before, django_db_setup, django_db_blocker, tmp_path_factory):
    """The database of that version after `setup`, until the end of this file of tests."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            file = tmp_path_factory.mktemp("upgraded") / "portal.sqlite3"
            file.write_bytes(before.read_bytes())
            with other_database(file):
                call_command("setup", stdout=io.StringIO())
                yield
            return
        name = f"test_upgraded_{process_name()}"
        create_database(name)
        with other_database(name):
            copy_to_postgresql(before)
            call_command("setup", stdout=io.StringIO())
            yield
        drop_database(name)


def signed_in(name):
    browser = Client()
    browser.force_login(User.objects.get(username=name))
    return browser


@pytest.fixture
def mere(upgraded, db):
    return signed_in("mere.tuilagi")


@pytest.fixture
def tomas(upgraded, db):
    return signed_in("tomas.silva")


@pytest.fixture
def siriporn(upgraded, db):
    return signed_in("siriporn.chai")


def public_ids(model):
    return sorted(row["id"] for row in rows_of_list(model))


def rows_of_list(model):
    answer = Client().get(f"{list_url(model).rstrip('/')}.csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def undo(browser, record, edit):
    name = record._meta.model_name
    url = reverse(f"admin:cooperation_{name}_undo", args=[record.pk, edit.pk])
    return browser.post(url, {"reason": "It was right as it stood."}, follow=True)


@pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)
def test_every_record_is_there(before, model):
    columns = [field.column for field in model._meta.concrete_fields]
    old = [row[1] for row in rows_of(before, f"PRAGMA table_info({model._meta.db_table})")]
    named = [name for name in ("id", "slug", "iso3", "title", "name", "publication_status") if name in old]
    assert set(named) <= set(columns)
    then = rows_of(before, f"SELECT {', '.join(named)} FROM {model._meta.db_table} ORDER BY id")
    assert list(model._base_manager.order_by("id").values_list(*named)) == then
    assert len(then) > 3


@pytest.mark.parametrize("model", [Project, Agency, Forum])
def test_public_list_holds_what_was_published(before, model):
    table = model._meta.db_table
    published = rows_of(before, f"SELECT slug FROM {table} WHERE publication_status = 'published'")
    assert public_ids(model) == sorted(slug for (slug,) in published)


def test_every_edit_is_there_with_who_and_why(before):
    then = rows_of(before, "SELECT id, kind, by_name, reason, what FROM cooperation_edit ORDER BY id")
    now = Edit.objects.filter(pk__lte=then[-1][0]).order_by("pk")
    assert list(now.values_list("id", "kind", "by_name", "reason", "what")) == then


def test_history_of_a_record_says_the_reason_of_an_edit(siriporn):
    project = Project.objects.get(slug="aida-afghanistan-egov")
    page = siriporn.get(reverse("admin:cooperation_project_history", args=[project.pk])).content.decode()
    assert "The official number stands in the agency" in page


def test_edit_of_parts_and_themes_can_be_undone(siriporn):
    project = Project.objects.get(slug="apec-ofwg-05-2021")
    partners, themes = project.participations.count(), project.themes.count()
    undo(siriporn, project, Edit.objects.get(reason="Tonga takes part, as the minutes say."))
    assert (project.participations.count(), project.themes.count()) == (partners - 1, themes - 1)
    assert not project.participations.filter(country__iso3="TON").exists()


@pytest.mark.parametrize("slug", ["seaweed-solomon-chile", "cyclone-shelters-vanuatu"])
def test_draft_is_for_curators_only(mere, slug):
    assert Client().get(f"/projects/{slug}/").status_code == 404
    form = Form(mere.get(change_url(Project.objects.get(slug=slug))))
    assert form.data["slug"] == slug


def test_withdrawn_record_is_gone_with_its_reason():
    answer = Client().get("/projects/apec-cplg-02-2018.json")
    assert (answer.status_code, answer.json()["reason"]) == (
        410,
        "The source turned out to be about another programme.",
    )


@pytest.mark.parametrize(
    ("former", "present"),
    [
        ("/funds/apec-mining-subfund/", "/funds/apec-mining-subfund-renamed/"),
        ("/agencies/thai-cooperation-directorate/", "/agencies/tica/"),
        ("/sources/fealac-overview-mobile-fealac-org/", "/sources/fealac-overview-mobile/"),
    ],
    ids=["changed address", "merged agency", "merged source"],
)
def test_former_address_leads_to_the_present_one(former, present):
    answer = Client().get(former, follow=True)
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, present)


def test_pending_change_can_be_accepted(tomas):
    change = PendingChange.objects.get()
    assert Forum.objects.get(slug="fealac").established == "1999-09"
    tomas.post(reverse("admin:cooperation_pendingchange_change", args=[change.pk]), {"_accept": ""})
    assert Forum.objects.get(slug="fealac").established == "1998"
    change.refresh_from_db()
    assert (change.state, change.by.username) == ("accepted", "mere.tuilagi")


def test_names_of_people_are_stored_beside_their_accounts():
    assert PendingChange.objects.get().by_name == "mere.tuilagi"
    accepted = Edit.objects.exclude(reviewed_by=None)
    assert [edit.reviewed_by_name for edit in accepted] == [edit.reviewed_by.username for edit in accepted]


def test_import_can_be_undone(mere):
    batch = ImportBatch.objects.get(file_name="peru-kiribati.csv")
    imported = Project.objects.filter(official_id__in=["PE-17", "KI-4"])
    assert imported.count() == 2
    mere.post(
        reverse("admin:cooperation_importbatch_undo", args=[batch.pk]), {"reason": "The file was an old version."}
    )
    assert imported.count() == 0


def test_file_that_was_read_can_be_imported(mere):
    batch = ImportBatch.objects.get(file_name="samoa.csv")
    preview = mere.get(reverse("admin:cooperation_importbatch_change", args=[batch.pk]))
    data = Form(preview).data
    page = reverse("admin:cooperation_importbatch_carry_out", args=[batch.pk])
    mere.post(page, {"fingerprint": data["fingerprint"]})
    assert Project.objects.get(official_id="WS-9").title == "Coconut oil presses for Samoa"


def test_merge_can_be_undone(siriporn):
    kept = Source.objects.get(slug="fealac-overview-mobile")
    undo(siriporn, kept, Edit.objects.get(kind="merge", reason="One page at two addresses."))
    assert Source.objects.filter(slug="fealac-overview-mobile-fealac-org").exists()


def test_reported_mistake_and_possible_duplicates_wait(before):
    assert [(each.public_id, each.state) for each in Correction.objects.all()] == [("aida-afghanistan-egov", "open")]
    states = "SELECT state, COUNT(*) FROM cooperation_duplicatepair GROUP BY state ORDER BY state"
    pairs = DuplicatePair.objects.order_by("state").values_list("state", flat=True)
    assert {state: list(pairs).count(state) for state in pairs} == dict(rows_of(before, states))
