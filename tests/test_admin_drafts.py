"""Staff without rights on projects learn nothing of a draft project, at whatever address of the admin they ask."""

import re
from itertools import product

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import URLResolver, get_resolver

from cooperation.duplicates import merge, refresh
from cooperation.history import delete_row
from cooperation.models import Correction, Edit, Participation, PendingChange, Project, editing, registry_models
from tests import builders

pytestmark = pytest.mark.django_db

# In the titles, slugs and texts of all that is not public, and nowhere else.
TOKEN = "zanzibarine"
# The part of an address that is the number of a record.
OWN_NUMBER = re.compile(r"<path:object_id>|<id>")


@pytest.fixture
def drafts(curator):
    """Draft projects and what can be beside one: partners, edits, a twin, a proposal, a report, an import."""
    agency, twin = builders.make_agency("Mekong Institute"), builders.make_agency("Mekong Foundation")
    unseen = builders.make_agency("Mekong Trust", publication_status="draft")
    ana = User.objects.get(username="ana.ruiz")
    with editing(Edit.Kind.FORM, by=ana, reason="Entered."):
        made = [
            builders.make_project(
                f"Zanzibarine rice seeds {number}",
                slug=f"{TOKEN}-{number}",
                summary=f"Training in {TOKEN} farming.",
                publication_status="draft",
                partners=[("provider", "THA")],
            )
            for number in range(4)
        ]
        for each in made:
            for partner in (agency, twin, unseen):
                Participation.objects.create(project=each, role="implementing", agency=partner)
    with editing(Edit.Kind.FORM, by=ana):
        made[0].slug = f"{TOKEN}-0-today"
        made[0].save()
    lesson = builders.make_lesson()
    lesson.evidence.create(position=1, project=made[0], shows="It shows.")
    merge(made[1], made[2], [], ana, "One project.")
    merge(agency, twin, [], ana, "One agency.")
    with editing(Edit.Kind.FORM, by=ana, reason="Entered twice."):
        delete_row(Project.objects.get(pk=made[3].pk))
    Correction.objects.create(record_type="project", record_id=made[0].pk, public_id=made[0].slug, what=TOKEN)
    PendingChange.objects.create(record_type="project", record_id=made[0].pk, form="", version=1, reason=TOKEN, by=ana)
    refresh()
    file = SimpleUploadedFile(f"{TOKEN}.csv", f"id,title\r\n{made[0].slug},Zanzibarine seeds\r\n".encode())
    curator.post("/admin/cooperation/importbatch/add/", {"record_type": "project", "file": file})
    return curator


def routes(resolver, before=""):
    for each in resolver.url_patterns:
        place = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from routes(each, place)
        elif place.startswith("admin/"):
            yield place


def addresses():
    """Every address of the admin, with every number of a record that it can take."""
    types = [str(each.pk) for each in ContentType.objects.all()]
    project_type = str(ContentType.objects.get_for_model(Project).pk)
    edits = [str(pk) for pk in Edit.objects.values_list("pk", flat=True)]
    found = set()
    for route in routes(get_resolver()):
        if "(?P<url>" in route or "logout" in route:
            continue
        route = route.replace("^(?P<app_label>cooperation|auth)/$", "cooperation/")
        if "<path:content_type_id>" in route:
            numbers = numbers_of(Project)
            found |= {f"/admin/r/{each}/{number}/" for each, number in product(types, numbers)}
            found |= {f"/admin/r/{project_type}/{spelling}{number}/" for spelling in "+ 0" for number in numbers}
            continue
        app, _slash, name = route.removeprefix("admin/").partition("/")
        model = apps.all_models.get(app, {}).get(name.partition("/")[0])
        for number, edit in product(numbers_of(model) if OWN_NUMBER.search(route) else [""], edits):
            found.add("/" + OWN_NUMBER.sub(number, route).replace("<int:edit_id>", edit))
    return sorted(found) + lookups()


def numbers_of(model):
    """The numbers of the records of a type, those that are gone too."""
    past = getattr(model, "history", None)
    gone = past.model.objects.values_list("id", flat=True) if past else []
    return sorted({str(pk) for pk in (*model._base_manager.values_list("pk", flat=True), *gone)})


def lookups():
    """What the lookups of all forms ask, and the lists with words and filters: part of the word, as it is repeated."""
    asked = []
    for model in registry_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField):
                names = f"app_label=cooperation&model_name={model._meta.model_name}&field_name={field.name}"
                asked.append(f"/admin/autocomplete/?{names}&term={TOKEN[:-1]}")
    for stem in ("agency", "project", "formerslug", "correction", "duplicatepair", "pendingchange", "importbatch"):
        asked += [
            f"/admin/cooperation/{stem}/?q={TOKEN[:-1]}",
            f"/admin/cooperation/{stem}/?participations__project__id=1",
        ]
    agencies = numbers_of(apps.get_model("cooperation", "agency"))
    asked += [f"/admin/cooperation/agency/{one}/merge/?with={other}" for one, other in product(agencies, agencies)]
    return asked


def told(browser, address):
    """Everything that the answer says, its headers too."""
    answer = browser.get(address)
    assert answer.status_code < 500, address
    return f"{answer.headers} {answer.content.decode()}".lower()


def staff(client, *names):
    """A browser in which somebody of the staff is signed in who may do this and no more."""
    user = User.objects.create_user("luis.vega", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="cooperation", codename__in=names))
    assert user.user_permissions.count() == len(names)
    client.force_login(user)
    return client


ON_AGENCIES = [f"{each}_agency" for each in ("view", "add", "change", "delete")]


@pytest.mark.slow
@pytest.mark.parametrize("rights", [[], ON_AGENCIES], ids=["no rights", "rights on agencies"])
def test_draft_project_is_told_to_nobody_without_rights_on_projects(drafts, rights):
    asked = addresses()
    browser = staff(drafts, *rights)
    assert [each for each in asked if TOKEN in told(browser, each)] == []


@pytest.mark.slow
def test_draft_project_is_told_to_a_curator_of_projects_at_the_same_addresses(drafts):
    lists = [f"/admin/cooperation/{stem}/" for stem in ("project", "formerslug", "duplicatepair", "importbatch")]
    pages = [f"/admin/cooperation/project/{Project.objects.first().pk}/{page}/" for page in ("change", "story")]
    asked = [*lists, *pages, "/admin/cooperation/project/deleted/"]
    assert [each for each in asked if each not in addresses() or TOKEN not in told(drafts, each)] == []


def test_way_to_the_public_page_is_there_for_published_records_alone(drafts, client):
    project_type = ContentType.objects.get_for_model(Project).pk
    published, draft = builders.make_project("Rice seeds"), Project.objects.filter(publication_status="draft").first()
    answers = [drafts.get(f"/admin/r/{project_type}/{each.pk}/") for each in (published, draft)]
    assert [(answer.status_code, answer.get("Location")) for answer in answers] == [
        (302, "/projects/rice-seeds/"),
        (404, None),
    ]
    for address in (f"{project_type}/x", f"x/{published.pk}", "0/0", f"{project_type}/{'9' * 5_000}", "1/1"):
        assert drafts.get(f"/admin/r/{address}/").status_code == 404, address
    client.logout()
    answer = client.get(f"/admin/r/{project_type}/{published.pk}/")
    assert answer["Location"].startswith("/admin/login/")
