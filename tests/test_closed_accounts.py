"""What becomes of what somebody did, and of what they can do, when their account is closed or deleted."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import models
from django.test import Client

from cooperation.models import Correction, DuplicatePair, Edit, ImportBatch, PendingChange, Project, editing
from tests.admin_form import Form
from tests.admin_records import change_url
from tests.builders import make_project

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What each row that names an account loses with it. A new relation has to be entered here.
EMPTIED = {
    "AuditEntry.user": "the link to the account; the name stays",
    "Edit.by": "the link to the account; `by_name` stays",
    "Edit.reviewed_by": "the link to the account; `reviewed_by_name` stays",
    "PendingChange.by": "the link to the account; `by_name` stays, and the change can be accepted",
    "PendingChange.reviewed_by": "who decided on the change",
    "Correction.closed_by": "who closed the case",
    "ImportBatch.by": "who brought the file; the edit of an import that was carried out keeps the name",
    "DuplicatePair.decided_by": "who decided on the pair; the edit of a merge keeps the name",
    "Historical….history_user": "the link to the account; the edit of the row keeps the name",
}
DELETED = {
    "LogEntry.user": "what Django's own pages note of their use; no page of the portal shows it",
    "KnownAddress.user": "from where the account has logged in",
    "RecoveryCode.user": "recovery codes",
    "TOTPDevice.user": "the authenticator app",
    "User_groups.user": "membership of groups",
    "User_user_permissions.user": "rights of the account alone",
}


def relations() -> dict[str, str]:
    """Find `{Model.field: name of its on_delete}` of all columns of the database that name an account."""
    found = {}
    for relation in get_user_model()._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            model = relation.related_model.__name__
            model = "Historical…" if model.startswith("Historical") else model
            found[f"{model}.{relation.field.name}"] = relation.on_delete.__name__
    return found


def test_every_relation_to_an_account_is_known():
    assert relations() == dict.fromkeys(EMPTIED, "SET_NULL") | dict.fromkeys(DELETED, "CASCADE")


def save(browser: Client, project: Project, **entries: str) -> None:
    """Save the form of a project, or propose it where the project is public and the curator may not publish."""
    data = Form(browser.get(change_url(project))).data | entries | {"_reason": "The closing report says so."}
    assert browser.post(change_url(project), data).status_code == 302


def test_deleted_account_takes_nothing_of_the_registry_and_of_its_history_along(editor, admin_client, client):
    with editing(Edit.Kind.PROGRAM):
        draft, public = make_project("Rice seeds", publication_status="draft"), make_project("Lagoon charts")
    save(editor, draft, end="2020")
    save(editor, public, end="2021")
    for model, who in ((Correction, "closed_by"), (ImportBatch, "by"), (DuplicatePair, "decided_by")):
        numbers = {"first_id": 1, "second_id": 2, "score": 90} if model is DuplicatePair else {}
        numbers = {"record_id": public.pk} if model is Correction else numbers
        model.objects.create(record_type="project", **numbers, **{who: editor.user})
    page = client.get("/projects/lagoon-charts/").content
    tables = [Project, Project.history.model, Edit, PendingChange, Correction, ImportBatch, DuplicatePair]
    before = {table: list(table.objects.order_by("pk").values_list("pk", flat=True)) for table in tables}
    answer = admin_client.post(f"/admin/auth/user/{editor.user.pk}/delete/", {"post": "yes"})
    assert (answer.status_code, User.objects.filter(username="mere.tuilagi").exists()) == (302, False)
    assert {table: list(table.objects.order_by("pk").values_list("pk", flat=True)) for table in tables} == before
    edit = Edit.objects.get(kind=Edit.Kind.FORM)
    assert (edit.by, edit.by_name) == (None, "mere.tuilagi")
    assert "mere.tuilagi" in admin_client.get(f"/admin/cooperation/project/{draft.pk}/story/").content.decode()
    assert client.get("/projects/lagoon-charts/").content == page
    draft.refresh_from_db()
    assert draft.end == "2020"


@pytest.mark.parametrize("leaving", ["closed", "deleted"])
def test_change_of_somebody_who_left_can_be_accepted(editor, reviewer, leaving):
    with editing(Edit.Kind.PROGRAM):
        project = make_project("Lagoon charts")
    save(editor, project, end="2021")
    leave(editor.user, leaving)
    change = PendingChange.objects.get()
    address = f"/admin/cooperation/pendingchange/{change.pk}/change/"
    assert reviewer.get(address).status_code == 200
    assert reviewer.post(address, {"_accept": ""}).status_code == 302
    project.refresh_from_db()
    assert project.end == "2021"
    edit = Edit.objects.get(kind=Edit.Kind.FORM)
    assert (edit.by_name, edit.reviewed_by_name) == ("mere.tuilagi", "tomas.silva")


def test_story_names_who_proposed_and_who_accepted_when_both_are_gone(editor, reviewer, admin_client):
    with editing(Edit.Kind.PROGRAM):
        project = make_project("Lagoon charts")
    save(editor, project, end="2021")
    editor.user.delete()
    assert "by mere.tuilagi" in " ".join(reviewer.get(change_url(project)).content.decode().split())
    address = f"/admin/cooperation/pendingchange/{PendingChange.objects.get().pk}/change/"
    assert "mere.tuilagi" in reviewer.get(address).content.decode()
    reviewer.post(address, {"_accept": ""})
    reviewer.user.delete()
    story = admin_client.get(f"/admin/cooperation/project/{project.pk}/story/").content.decode()
    assert "<dt>By</dt><dd>mere.tuilagi</dd>" in story
    assert "<dt>Accepted by</dt><dd>tomas.silva</dd>" in story


def leave(user: User, how: str) -> None:
    if how == "deleted":
        user.delete()
    else:
        user.is_active = False
        user.save()


@pytest.mark.parametrize("leaving", ["closed", "deleted"])
def test_somebody_who_left_is_logged_out_at_the_next_click(editor, leaving):
    assert editor.get("/admin/").status_code == 200
    leave(editor.user, leaving)
    assert editor.get("/admin/").status_code == 302
    assert editor.get("/admin/cooperation/project/").status_code == 302


def test_closed_account_keeps_its_name_in_the_history_and_cannot_log_in(editor):
    with editing(Edit.Kind.PROGRAM):
        draft = make_project("Rice seeds", publication_status="draft")
    save(editor, draft, end="2020")
    editor.user.set_password("forty-two lagoons")
    leave(editor.user, "closed")
    assert Edit.objects.get(kind=Edit.Kind.FORM).by == editor.user
    answer = Client().post("/admin/login/", {"username": "mere.tuilagi", "password": "forty-two lagoons"})
    assert answer.status_code == 200
    assert "sessionid" not in answer.cookies


def test_new_password_from_a_superuser_ends_all_sessions_of_an_account(editor, admin_client):
    address = f"/admin/auth/user/{editor.user.pk}/password/"
    new = {"password1": "forty-two lagoons", "password2": "forty-two lagoons", "usable_password": "true"}
    assert admin_client.post(address, new).status_code == 302
    assert editor.get("/admin/").status_code == 302
