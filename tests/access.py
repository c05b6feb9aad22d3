"""Who gets what at every address: the table in access.txt, and an installation in which it can be asked for."""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver

from cooperation.models import (
    Agency,
    AuditEntry,
    Correction,
    DuplicatePair,
    Edit,
    ImportBatch,
    PendingChange,
    Project,
    Record,
    Versioned,
    editing,
)
from cooperation.workflow import make_groups
from tests.admin_form import Form
from tests.admin_records import ADMINS, MAKE_RECORD
from tests.records import list_url, make_one_of_each

TABLE = Path(__file__).with_name("access.txt")
METHODS = ("GET", "POST")
ROLES = ("visitor", "account", "staff", "editor", "reviewer", "publisher", "superuser")
# After these answers nothing may have changed.
REFUSED = {"login", "403", "404", "405"}
GROUPS = {"editor": "Editors", "reviewer": "Reviewers", "publisher": "Publishers"}

# The beginning of an address that names a row of a model.
OF_A_ROW = re.compile(r"admin/(\w+)/(\w+)/(?:<path:object_id>|<id>)")
# How Django writes the address of the list of an app: with all apps, in no certain order.
APP_LIST = re.compile(r"\^\(\?P<app_label>.*\)/\$")
QUERIES = {"admin/autocomplete/": "?app_label=cooperation&model_name=participation&field_name=agency&term=a"}
# What the button that is pressed adds to the fields of a form.
BUTTONS = {
    "merge/": {"_merge": "Merge"},
    "pendingchange/<path:object_id>/change/": {"_accept": ""},
    "correction/<path:object_id>/change/": {"state": "declined"},
}
# What people write into the forms that ask for a reason or for a confirmation.
SENTENCES = {"reason": "Entered twice.", "_reason": "Entered twice.", "answer": "It is right.", "post": "yes"}
# Fields of which another text makes a form one that changes something.
NAMES = ("title", "name", "slug", "username")


def addresses() -> list[str]:
    """Every pattern of an address, each once: of those that are alike the first one answers."""
    return list(dict.fromkeys(patterns(get_resolver())))


def patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        place = APP_LIST.sub("<app_label>/", f"{before}{each.pattern}")
        if isinstance(each, URLResolver):
            yield from patterns(each, place)
        else:
            yield place or "/"


def is_of_admin(address: str) -> bool:
    return address.startswith("admin/")


def read_table() -> dict[tuple[str, str], list[str]]:
    """`{(address, method): [answer to each role]}`, as access.txt says."""
    table = {}
    for line in TABLE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        address, method, *words = line.split()
        assert (address, method) not in table, f"{TABLE.name} has two rows for {address} {method}"
        assert len(words) == (len(ROLES) if is_of_admin(address) else 1), f"{TABLE.name}: wrong number of words: {line}"
        table[address, method] = words if is_of_admin(address) else words * len(ROLES)
    return table


def format_row(address: str, method: str, words: list[str]) -> str:
    return f"{address:58} {method:5}" + "".join(f" {word:9}" for word in words).rstrip()


class Site:
    """An installation with rows of every type, those of records being drafts, and an account of every role."""

    def __init__(self):
        make_groups()
        self.public_ids = {list_url(type(record)).strip("/"): record.public_id for record in make_one_of_each()}
        self.public_ids["timeline"] = self.public_ids["milestones"]
        self.users = {role: make_user(role) for role in ROLES if role != "visitor"}
        superuser = self.users["superuser"]
        self.rows, twins = ({model: make_draft(model, number) for model in ADMINS} for number in (10, 11))
        self.edits = {type(row): rename(row, superuser) for row in self.rows.values() if isinstance(row, Versioned)}
        self.rows |= make_desk_rows(self.rows[Agency], twins[Agency], self.users["editor"])
        self.rows |= {User: User.objects.create_user("luis.vega"), Group: Group.objects.create(name="Guests")}
        file = SimpleUploadedFile("projects.csv", b"id,title\r\nrice-seeds,Rice seeds\r\n")
        self.browser("superuser").post("/admin/cooperation/importbatch/add/", {"record_type": "project", "file": file})
        self.rows[ImportBatch] = ImportBatch.objects.get()
        self.twins = {model: row.pk for model, row in twins.items()}

    @cached_property
    def bodies(self) -> dict[str, dict[str, object]]:
        """What a browser would post at each address of the admin."""
        browser = self.browser("superuser")
        return {each: self.body_of(browser, each) for each in addresses() if is_of_admin(each)}

    def browser(self, role: str) -> Client:
        browser = Client()
        if role != "visitor":
            browser.force_login(self.users[role])
        return browser

    def url_of(self, address: str) -> str:
        """An address without parameters: with the numbers of rows and the ids of records that there are."""
        pattern = address
        if model := model_of(address):
            assert model in self.rows, f"tests/access.py: make a row of {model._meta.label} in make_desk_rows"
            address = re.sub("<path:object_id>|<id>", str(self.rows[model].pk), address)
            address = address.replace("<int:edit_id>", str(self.edits[model].pk) if model in self.edits else "")
        project = Project.objects.get(slug=self.public_ids["projects"])
        for parameter, value in {
            "<path:content_type_id>/<path:object_id>": f"{ContentType.objects.get_for_model(Project).pk}/{project.pk}",
            "(?P<url>.*)$": "nowhere/",
            "<app_label>": "cooperation",
            "<slug:section>": "project",
            "<uidb64>/<token>": "MQ/set-password",
            "<str:name>": "registry.zip",
            "<slug:public_id>": self.public_ids.get(address.partition("/")[0]),
        }.items():
            address = address.replace(parameter, str(value))
        assert not set(address) & set("<^$"), (
            f"tests/access.py: say in url_of what stands for the parameter in {pattern}"
        )
        return "/" + address.lstrip("/") + QUERIES.get(address, "")

    def body_of(self, browser: Client, address: str) -> dict[str, object]:
        """What somebody who may do everything would post at an address of the admin."""
        place = address
        if address.endswith("/add/"):
            # The form of another row like the one that is there.
            place = address.replace("/add/", "/<path:object_id>/change/")
        elif address.endswith("/<path:object_id>/merge/"):
            place += f"?with={self.twins[model_of(address)]}"
        url = self.url_of(place)
        answer = browser.get(url)
        body = {}
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and "logout" not in url:
            body = {name: value for name, value in Form(answer).data.items() if value is not None}
        changed = next((name for name in NAMES if body.get(name)), None)
        if changed and changed != "slug":
            body[changed] += " of 1990"
        if address.endswith("/add/") and "slug" in body:
            body["slug"] += "-2"
        buttons = [fields for end, fields in BUTTONS.items() if address.endswith(end)]
        return {**body, **SENTENCES, **(buttons[0] if buttons else {})}

    def word(self, browser: Client, address: str, method: str) -> str:
        """The answer as a word. A POST that was not refused is undone, so that all requests find the same."""
        cookies = browser.cookies.copy()
        with transaction.atomic():
            body = self.bodies.get(address, {}) if method == "POST" else None
            answer = getattr(browser, method.lower())(self.url_of(address), body)
            answer.close()
            word = word_of(answer)
            transaction.set_rollback(method == "POST" and word not in REFUSED)
        browser.cookies = cookies
        return word


def model_of(address: str) -> type[Model] | None:
    """The model of the row that an address of the admin names."""
    found = OF_A_ROW.match(address)
    return apps.get_model(found[1], found[2]) if found else None


def make_user(role: str) -> User:
    user = User.objects.create_user(role, is_staff=role != "account", is_superuser=role == "superuser")
    if role in GROUPS:
        user.groups.add(Group.objects.get(name=GROUPS[role]))
    return user


def make_draft(model: type[Model], number: int) -> Model:
    """Make a row which, if it can be, is a draft that the public has never seen."""
    row = MAKE_RECORD[model](number)
    if isinstance(row, Record):
        for rows in (model.objects.filter(pk=row.pk), model.history.filter(id=row.pk)):
            rows.update(publication_status="draft")
        row.refresh_from_db()
    return row


def rename(row: Model, user: User) -> Edit:
    """Change the name of a row by an edit, which can be undone."""
    field = next(field.name for field in row._meta.fields if field.name in NAMES and field.name != "slug")
    with editing(Edit.Kind.FORM, by=user, reason="As in the report.") as edit:
        setattr(row, field, f"{getattr(row, field)} again")
        row.save()
    return edit


def make_desk_rows(agency: Model, twin: Model, editor: User) -> dict[type[Model], Model]:
    about = {"record_type": "agency", "record_id": agency.pk}
    return {
        Correction: Correction.objects.create(**about, public_id=agency.slug, what="It was founded in 1990."),
        PendingChange: PendingChange.objects.create(**about, form="", version=agency.version, reason="1990", by=editor),
        DuplicatePair: DuplicatePair.objects.create(
            record_type="agency", first_id=agency.pk, second_id=twin.pk, score=90
        ),
        AuditEntry: AuditEntry.objects.create(action=AuditEntry.Action.SIGNED_IN, user=editor, user_name="editor"),
    }


def word_of(answer: HttpResponse) -> str:
    """A short word for an answer: page, login, redirect, or else its status."""
    if answer.status_code == 200:
        return "page"
    location = answer.headers.get("Location", "")
    if answer.status_code == 302 and location.startswith("/admin/login/"):
        return "login"
    return "redirect" if location else str(answer.status_code)
