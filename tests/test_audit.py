"""The audit log: what is written to it, by whom it is read, and that nobody changes it."""

import csv
import io
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cooperation.audit.receivers import EDIT_ACTIONS
from cooperation.audit.triggers import present_triggers_of_log, unprotect_audit_log
from cooperation.duplicates import merge
from cooperation.history import undo
from cooperation.models import AppendOnlyError, AuditEntry, Correction, Edit, Milestone, PendingChange, Project, editing
from cooperation.workflow import STEPS, take
from tests.admin_form import Form, errors
from tests.admin_records import change_url
from tests.builders import make_agency, make_project
from tests.records import make_record

pytestmark = pytest.mark.django_db

Action = AuditEntry.Action
TABLE = AuditEntry._meta.db_table
LIST = "/admin/cooperation/auditentry/"
PASSWORD = "seven-islands-of-Tuvalu"
NEW_PASSWORD = "nine-islands-of-Tuvalu"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    hashers = "django.contrib.auth.hashers"
    settings.PASSWORD_HASHERS = [f"{hashers}.MD5PasswordHasher", f"{hashers}.PBKDF2PasswordHasher"]


@pytest.fixture
def root(client):
    """A browser in which a superuser is signed in."""
    client.user = User.objects.create_superuser("ana.ruiz", password=PASSWORD)
    client.force_login(client.user)
    return client


@pytest.fixture
def mere():
    return User.objects.create_user("mere.tuilagi", "mere@example.org", PASSWORD, is_staff=True)


def entries_after(pk):
    rows = AuditEntry.objects.filter(pk__gt=pk).order_by("id")
    return [(row.action, row.user_name, row.about, row.detail) for row in rows]


def last_pk():
    return AuditEntry.objects.order_by("-id").values_list("pk", flat=True).first() or 0


def entries_of(act):
    """`[(action, who, about, detail), ...]` of what `act()` wrote."""
    before = last_pk()
    act()
    return entries_after(before)


def unwritable(execute, sql, params, many, context):
    """A database that takes no entry of the audit log."""
    if sql.startswith(f'INSERT INTO "{TABLE}"'):
        raise OperationalError("database or disk is full")
    return execute(sql, params, many, context)


def sign_in(client, name, password=PASSWORD):
    address = {"X-Forwarded-For": "203.0.113.7"}
    return client.post("/admin/login/", {"username": name, "password": password}, headers=address)


def test_sign_in_and_sign_out_are_written_with_account_and_address(client, mere):
    written = entries_of(lambda: [sign_in(client, "mere.tuilagi"), client.post("/admin/logout/")])
    assert written == [("signed_in", "mere.tuilagi", "", ""), ("signed_out", "mere.tuilagi", "", "")]
    entry = AuditEntry.objects.get(action=Action.SIGNED_IN)
    assert (entry.user, entry.address) == (mere, "203.0.113.7")
    assert abs(timezone.now() - entry.made) < timedelta(minutes=1)


def test_refused_sign_in_names_the_account(client, mere):
    written = entries_of(lambda: sign_in(client, "mere.tuilagi", "wrong"))
    assert written == [("sign_in_refused", "", "user mere.tuilagi", "")]
    assert AuditEntry.objects.get(action=Action.SIGN_IN_REFUSED).address == "203.0.113.7"


@pytest.mark.parametrize("name", [PASSWORD, "Mere.Tuilagi", "x" * 5_000, "mere\u202e", " "])
def test_refused_sign_in_does_not_keep_what_is_no_account(client, mere, name):
    assert sign_in(client, name, "mere.tuilagi").status_code == 200
    refused = AuditEntry.objects.filter(action=Action.SIGN_IN_REFUSED)
    assert {entry.about for entry in refused} <= {"unknown account"}
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


def test_refused_sign_in_is_answered_alike_when_the_log_takes_no_entry(client, mere, caplog):
    with connection.execute_wrapper(unwritable):
        answer = sign_in(client, "mere.tuilagi", "wrong")
    assert "Please enter the correct username and password" in answer.content.decode()
    assert "A refused sign-in could not be written to the audit log: database or disk is full" in caplog.messages


def test_sign_in_that_cannot_be_written_does_not_happen(client, mere):
    client.raise_request_exception = False
    with connection.execute_wrapper(unwritable):
        assert sign_in(client, "mere.tuilagi").status_code >= 500
    assert client.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"


def test_public_pages_do_not_depend_on_the_log(client):
    make_project("Rice seeds")
    with connection.execute_wrapper(unwritable):
        assert client.get("/projects/rice-seeds/").status_code == 200


def save_account(browser, account, **fields):
    url = reverse("admin:auth_user_change", args=[account.pk])
    data = Form(browser.get(url)).data
    answer = browser.post(url, {**data, **fields})
    assert answer.status_code == 302, errors(answer)


def test_rights_given_in_the_form_of_an_account_are_written(root, mere):
    editors = Group.objects.create(name="Editors")
    view = Permission.objects.get(codename="view_project")
    fields = {"is_superuser": "on", "groups": [editors.pk], "user_permissions": [view.pk]}
    assert entries_of(lambda: save_account(root, mere, **fields)) == [
        ("account_changed", "ana.ruiz", "user mere.tuilagi", "Superuser."),
        ("rights_changed", "ana.ruiz", "user mere.tuilagi", "Given: Editors."),
        ("rights_changed", "ana.ruiz", "user mere.tuilagi", "Given: view_project."),
    ]


def test_account_that_is_closed_renamed_and_gets_another_address_is_written(root, mere):
    fields = {"username": "mere.t", "email": "mere.t@example.org"}
    url = reverse("admin:auth_user_change", args=[mere.pk])
    data = {name: text for name, text in Form(root.get(url)).data.items() if name not in ("is_active", "is_staff")}
    [entry] = entries_of(lambda: root.post(url, {**data, **fields}))
    sentences = "No longer active. No longer staff. Former name: mere.tuilagi. The e-mail address was changed."
    assert entry == ("account_changed", "ana.ruiz", "user mere.t", sentences)


def test_account_that_is_added_and_deleted_in_the_admin_is_written(root):
    fields = {"username": "tomas.silva", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    written = entries_of(lambda: root.post("/admin/auth/user/add/", fields))
    assert written == [("account_added", "ana.ruiz", "user tomas.silva", "Active.")]
    url = reverse("admin:auth_user_delete", args=[User.objects.get(username="tomas.silva").pk])
    written = entries_of(lambda: root.post(url, {"post": "yes"}))
    assert written == [("account_deleted", "ana.ruiz", "user tomas.silva", "")]


def test_account_that_a_command_makes_is_written_without_a_person(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    options = {"interactive": False, "username": "ana.ruiz", "email": "ana@example.org", "verbosity": 0}
    written = entries_of(lambda: call_command("createsuperuser", **options))
    assert written == [("account_added", "", "user ana.ruiz", "Active. Staff. Superuser.")]


def test_password_that_is_set_is_written_and_not_kept(root, mere):
    url = reverse("admin:auth_user_password_change", args=[mere.pk])
    fields = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    assert entries_of(lambda: root.post(url, fields)) == [("password_set", "ana.ruiz", "user mere.tuilagi", "")]
    mere.refresh_from_db()
    text = str(list(AuditEntry.objects.values()))
    assert [secret in text for secret in (NEW_PASSWORD, mere.password)] == [False, False]


def test_password_that_a_program_sets_is_written(mere):
    def set_password():
        mere.set_password(NEW_PASSWORD)
        mere.save(update_fields=["password"])

    assert entries_of(set_password) == [("password_set", "", "user mere.tuilagi", "")]


def test_digest_that_is_renewed_at_a_sign_in_is_no_new_password(client, mere):
    digest = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    User.objects.filter(pk=mere.pk).update(password=digest)
    assert entries_of(lambda: sign_in(client, "mere.tuilagi")) == [("signed_in", "mere.tuilagi", "", "")]
    mere.refresh_from_db()
    assert mere.password.startswith("md5$")


def change_of_members(mere):
    editors = Group.objects.create(name="Editors")
    editors.user_set.add(mere)
    mere.groups.clear()
    mere.groups.set([editors])
    mere.groups.remove(editors)
    editors.user_set.set([mere])
    editors.user_set.clear()


def test_members_of_a_group_are_written_whichever_side_they_change_from(mere):
    given = ("rights_changed", "", "user mere.tuilagi", "Given: Editors.")
    taken = ("rights_changed", "", "user mere.tuilagi", "Taken away: Editors.")
    assert entries_of(lambda: change_of_members(mere)) == [
        ("rights_changed", "", "group Editors", "The group was added."),
        *[given, taken] * 3,
    ]


def change_of_group():
    editors = Group.objects.create(name="Editors")
    view, add = (Permission.objects.get(codename=f"{action}_project") for action in ("view", "add"))
    editors.permissions.set([view, add])
    editors.permissions.remove(add)
    view.group_set.clear()
    editors.delete()


def test_rights_of_a_group_are_written():
    assert entries_of(change_of_group) == [
        ("rights_changed", "", "group Editors", "The group was added."),
        ("rights_changed", "", "group Editors", "Given: add_project, view_project."),
        ("rights_changed", "", "group Editors", "Taken away: add_project."),
        ("rights_changed", "", "group Editors", "Taken away: view_project."),
        ("rights_changed", "", "group Editors", "The group was deleted."),
    ]


def test_saving_an_account_unchanged_writes_nothing(root, mere):
    assert entries_of(lambda: save_account(root, mere)) == []


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_step_of_a_record_is_written(step, mere):
    mere.user_permissions.set(Permission.objects.filter(content_type__app_label="cooperation"))
    with editing(Edit.Kind.FORM, by=mere if step.name == "take_back" else None):
        status = step.from_statuses[0]
        milestone = make_record(Milestone, summary="What it was about.", publication_status=status)
    before = last_pk()
    take(step.name, milestone, mere, "Because of the report.")
    about = f"milestone {milestone.slug}"
    assert entries_after(before) == [(step.name, "mere.tuilagi", about, "Because of the report.")]


def test_every_kind_of_edit_is_decided_on():
    assert {*EDIT_ACTIONS, Edit.Kind.STEP} == set(Edit.Kind)
    unwritten = {kind for kind, action in EDIT_ACTIONS.items() if action is None}
    assert unwritten == {Edit.Kind.FORM, Edit.Kind.CONFIRMED, Edit.Kind.LOADED}


def test_step_whose_entry_cannot_be_written_is_not_taken(mere):
    mere.user_permissions.set(Permission.objects.filter(content_type__app_label="cooperation"))
    milestone = make_record(Milestone, summary="What it was about.", publication_status="in_review")
    with connection.execute_wrapper(unwritable), pytest.raises(OperationalError), transaction.atomic():
        take("publish", milestone, mere)
    assert Milestone.objects.get().publication_status == "in_review"


def test_edit_of_a_kind_or_step_that_has_no_action_is_refused(mere):
    with pytest.raises(ValueError, match="archive"), editing(Edit.Kind.STEP, by=mere, step="archive"):
        make_project()
    assert not Project.objects.exists()


def test_merge_and_its_undoing_are_written(mere):
    keep, drop = make_agency("Mekong Institute"), make_agency("The Mekong Institute")
    before = last_pk()
    edit = merge(keep, drop, [], mere, "One body under two names.")
    undo(edit, mere, "They are two after all.")
    [merged, undone] = entries_after(before)
    assert merged == ("merged", "mere.tuilagi", f"agency {keep.slug}", "One body under two names.")
    assert undone == ("undone", "mere.tuilagi", f"edit {edit.pk}: {edit}", "They are two after all.")


def import_table(browser):
    text = io.StringIO()
    csv.writer(text).writerows([["title", "official_id"], ["Mangrove nurseries of Kiribati", "KI-4"]])
    file = SimpleUploadedFile("projects.csv", text.getvalue().encode())
    preview = browser.post("/admin/cooperation/importbatch/add/", {"record_type": "project", "file": file}, follow=True)
    url = preview.request["PATH_INFO"].replace("change/", "carry-out/")
    browser.post(url, {"fingerprint": preview.context["preview"].fingerprint})
    assert Project.objects.count() == 1


def test_import_in_the_admin_is_written(root):
    assert entries_of(lambda: import_table(root)) == [("imported", "ana.ruiz", "", "projects.csv")]


def test_change_that_is_accepted_is_written_with_who_accepted_it(editor, publisher):
    with editing(Edit.Kind.PROGRAM):
        project = make_project("Rice seeds")
    data = Form(editor.get(change_url(project))).data | {"title": "Rice seed banks", "_reason": "As in the report."}
    assert editor.post(change_url(project), data).status_code == 302
    before = last_pk()
    change = reverse("admin:cooperation_pendingchange_change", args=[PendingChange.objects.get().pk])
    publisher.post(change, {"_accept": ""})
    accepted = ("change_accepted", "siriporn.chai", f"project {project.slug}", "As in the report.")
    assert entries_after(before) == [accepted]


@pytest.mark.parametrize(("email", "number"), [("reader@example.org", 1), ("", 0)])
def test_report_that_is_opened_is_written_if_it_holds_an_address(root, email, number):
    agency = make_agency()
    fields = {"record_type": "agency", "record_id": agency.pk, "public_id": agency.slug, "what": "It is 1990."}
    report = Correction.objects.create(email=email, **fields)
    url = reverse("admin:cooperation_correction_change", args=[report.pk])
    written = entries_of(lambda: [root.get("/admin/cooperation/correction/"), root.get(url)])
    assert written == [("personal_data", "ana.ruiz", f"correction {report.pk}", "")] * number


def make_entry(**fields):
    return AuditEntry.objects.create(**{"action": Action.PUBLISH, "user_name": "mere.tuilagi", **fields})


def test_entry_is_neither_changed_nor_deleted_by_the_portal():
    entry = make_entry()
    entry.detail = "Nothing happened."
    for attempt in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(detail=""),
    ):
        with pytest.raises(AppendOnlyError):
            attempt()
    assert AuditEntry.objects.get().detail == ""


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE {TABLE} SET detail = 'Nothing happened.'",
        f"UPDATE {TABLE} SET user_name = '', user_id = NULL",
        f"UPDATE {TABLE} SET made = '2020-01-01 00:00:00'",
        f"UPDATE {TABLE} SET id = id + 1",
        f"DELETE FROM {TABLE}",
    ],
)
def test_database_refuses_to_change_the_log(mere, sql):
    make_entry(user=mere)
    before = list(AuditEntry.objects.values())
    with pytest.raises(IntegrityError, match="The audit log is append only"):
        run(sql)
    assert list(AuditEntry.objects.values()) == before


def test_database_refuses_to_give_an_entry_to_another_account(mere):
    make_entry(user=mere)
    other = User.objects.create_user("tomas.silva")
    with pytest.raises(IntegrityError, match="The audit log is append only"):
        run(f"UPDATE {TABLE} SET user_id = {other.pk}")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_database_refuses_to_truncate_the_log():
    make_entry()
    with pytest.raises(IntegrityError, match="The audit log is append only"):
        run(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {TABLE}")


def test_account_that_is_deleted_leaves_its_name_in_the_log(mere):
    entry = make_entry(user=mere)
    mere.delete()
    entry.refresh_from_db()
    assert (entry.user, entry.user_name) == (None, "mere.tuilagi")


def test_entries_are_deleted_when_their_time_is_over(capsys):
    for days in (729, 731):
        make_entry(made=timezone.now() - timedelta(days=days), detail=f"{days} days old")
    call_command("tidy_desk")
    assert [entry.detail for entry in AuditEntry.objects.all()] == ["729 days old"]
    assert capsys.readouterr().out.splitlines()[1:] == ["1 entry of the audit log deleted."]


def test_time_of_entries_follows_the_setting(settings):
    make_entry(made=timezone.now() - timedelta(days=40))
    settings.AUDIT_RETENTION_DAYS = 30
    call_command("tidy_desk")
    assert not AuditEntry.objects.exists()
    make_entry(made=timezone.now() - timedelta(days=20))
    with pytest.raises(IntegrityError):
        run(f"DELETE FROM {TABLE}")


def test_migrate_puts_lost_triggers_back():
    before = present_triggers_of_log()
    unprotect_audit_log()
    assert present_triggers_of_log() == set()
    call_command("migrate", verbosity=0)
    assert present_triggers_of_log() == before
    assert len(before) == {"sqlite": 2, "postgresql": 3}[connection.vendor]


def test_log_is_read_by_superusers(root):
    entry = make_entry(detail="As in the report.")
    urls = [LIST, f"{LIST}{entry.pk}/change/", f"{LIST}{entry.pk}/history/"]
    assert [root.get(url).status_code for url in urls] == [200] * 3
    assert "As in the report." in root.get(urls[1]).content.decode()


def test_log_is_closed_and_unnamed_for_curators(curator):
    entry = make_entry()
    urls = [LIST, f"{LIST}{entry.pk}/change/", f"{LIST}{entry.pk}/history/"]
    assert [curator.get(url).status_code for url in urls] == [403] * 3
    assert "audit" not in curator.get("/admin/").content.decode().lower()


def test_log_is_not_changed_in_the_admin(root):
    entry = make_entry()
    before = list(AuditEntry.objects.values())
    tried = {
        f"{LIST}add/": {},
        f"{LIST}{entry.pk}/change/": {"detail": "x"},
        f"{LIST}{entry.pk}/delete/": {"post": "yes"},
    }
    for url, data in tried.items():
        assert root.post(url, data).status_code == 403
    root.post(LIST, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert list(AuditEntry.objects.values()) == before


def shown(browser, query=""):
    """The details of the entries that the list shows."""
    return [entry.detail for entry in browser.get(f"{LIST}?{query}").context["cl"].result_list]


def test_log_is_filtered_and_searched(root, mere):
    make_entry(detail="first", about="project rice-seeds", user=mere)
    make_entry(detail="second", action=Action.MERGED, address="203.0.113.7")
    make_entry(detail="third", made=timezone.now() - timedelta(days=400))
    assert shown(root, "action__exact=merged") == ["second"]
    assert shown(root, f"user__id__exact={mere.pk}") == ["first"]
    assert shown(root, "q=rice-seeds") == ["first"]
    assert shown(root, "q=203.0.113.7") == ["second"]
    last_month = urlencode({"made__gte": f"{timezone.now() - timedelta(days=30):%Y-%m-%d 00:00:00+00:00}"})
    assert set(shown(root, last_month)) >= {"first", "second"}
    assert "third" not in shown(root, last_month)
