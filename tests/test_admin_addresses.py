"""Addresses of the admin that were written by hand: numbers of no record, terms that no database looks for."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.urls import reverse

from cooperation.models import Correction, DuplicatePair, Edit, FormerSlug, ImportBatch, PendingChange, editing
from tests.admin_records import change_url
from tests.builders import make_agency, make_project

pytestmark = pytest.mark.django_db

# More digits than Python reads as a number, more than a database holds, and what PostgreSQL refuses.
NO_NUMBERS = ["9" * 5_000, "9" * 30, "9223372036854775808", "%00", "1%00"]
PARTNERS = "app_label=cooperation&model_name=participation&field_name=agency"
ACCOUNTS = "app_label=cooperation&model_name=edit&field_name=by"

# A row of each type that has a list in the admin and is no record.
DESK_ROWS = [
    lambda: Correction.objects.create(record_type="agency", record_id=make_agency().pk, public_id="aci", what="1990"),
    lambda: DuplicatePair.objects.create(record_type="agency", first_id=1, second_id=2, score=90),
    lambda: FormerSlug.objects.create(record_type="fund", slug="fund-of-1990", current="fund"),
    lambda: ImportBatch.objects.create(record_type="project", file_name="projects.csv"),
    lambda: PendingChange.objects.create(record_type="agency", record_id=make_agency().pk, version=1, form=""),
]


@pytest.fixture
def values_asked():
    """What the database is asked for, as texts."""
    asked = []

    def note(execute, sql, params, many, context):
        asked.extend(str(each) for each in params or ())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


@pytest.mark.parametrize("number", NO_NUMBERS)
@pytest.mark.parametrize(
    "page",
    [
        "agency/{}/merge/",
        "agency/{}/story/",
        "agency/{}/history/",
        "agency/{}/undo/1/",
        "duplicatepair/{}/change/",
        "pendingchange/{}/change/",
        "importbatch/{}/change/",
        "importbatch/{}/undo/",
        "importbatch/{}/errors.csv",
    ],
)
def test_what_is_no_number_of_a_record_is_not_found(curator, page, number):
    response = curator.get(f"/admin/cooperation/{page.format(number)}")
    assert (response.status_code, response.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("number", ["9" * 5_000, "9" * 30])
@pytest.mark.parametrize("method", ["get", "post"])
def test_other_record_with_a_number_of_any_length_is_named_as_unknown(curator, method, number):
    url = reverse("admin:cooperation_agency_merge", args=[make_agency().pk])
    response = getattr(curator, method)(url, {"with": number})
    assert response.context["problem"] == f"There is no other record “{number}”. Write its public id."


def test_other_record_with_a_nul_is_unknown_and_not_looked_for(curator, values_asked):
    url = reverse("admin:cooperation_agency_merge", args=[make_agency().pk])
    shown = [
        curator.get(url, {"with": "\0"}).context["problem"],
        curator.post(url, {"with": "thai\0"}).context["problem"],
    ]
    assert [problem.partition(" “")[0] for problem in shown] == ["There is no other record"] * 2
    assert [value for value in values_asked if "\0" in value] == []


@pytest.mark.parametrize("number", ["9" * 5_000, "9" * 30, "\0", "²"])
def test_number_of_no_pending_change_opens_the_form_as_it_stands(curator, number):
    project = make_project("Rice seeds")
    response = curator.get(change_url(project), {"pending": number})
    assert response.context["adminform"].form.initial["title"] == "Rice seeds"


@pytest.mark.parametrize("asked", [PARTNERS, ACCOUNTS])
def test_autocomplete_of_a_nul_has_no_results_and_asks_for_none(admin_client, asked, values_asked):
    make_agency()
    response = admin_client.get(f"/admin/autocomplete/?term=%00&{asked}")
    assert response.json() == {"results": [], "pagination": {"more": False}}
    assert [value for value in values_asked if "\0" in value] == []


def test_autocomplete_of_a_thousand_words_has_no_results(curator):
    make_agency()
    response = curator.get(f"/admin/autocomplete/?term={'a+' * 1_000}&{PARTNERS}")
    assert response.json() == {"results": [], "pagination": {"more": False}}


@pytest.mark.parametrize("name", ["agency", "correction", "formerslug", "importbatch", "pendingchange", "theme"])
def test_list_searched_for_a_thousand_words_is_empty(curator, name):
    make_agency()
    response = curator.get(f"/admin/cooperation/{name}/?q={'a+' * 1_000}")
    assert list(response.context["cl"].result_list) == []


@pytest.mark.parametrize("query", ["duplicatepair/?record_type=%00", "formerslug/?record_type=%00", "agency/?q=%00"])
def test_list_filtered_by_a_nul_is_empty_and_asks_for_none(curator, query, values_asked):
    make_agency()
    response = curator.get(f"/admin/cooperation/{query}")
    assert list(response.context["cl"].result_list) == []
    assert [value for value in values_asked if "\0" in value] == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["story/", "merge/", "undo/{edit}/", "history/", "change/", "delete/"])
def test_staff_without_rights_do_not_learn_whether_there_is_a_record(client, method, page):
    with editing(Edit.Kind.FORM) as edit:
        project = make_project("Rice seeds", publication_status="draft")
    client.force_login(User.objects.create_user("mere.tuilagi", is_staff=True))
    end = page.format(edit=edit.pk)

    answers = [
        getattr(client, method)(f"/admin/cooperation/project/{number}/{end}") for number in (project.pk, project.pk + 1)
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("page", ["change/", "history/", "delete/"])
@pytest.mark.parametrize("make", DESK_ROWS, ids=["correction", "pair", "former address", "import", "pending change"])
def test_staff_without_rights_do_not_learn_whether_there_is_a_case(client, make, page):
    row = make()
    client.force_login(User.objects.create_user("mere.tuilagi", is_staff=True))
    address = f"/admin/cooperation/{row._meta.model_name}/{{}}/{page}"

    answers = [client.get(address.format(number)) for number in (row.pk, row.pk + 1)]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_who_may_view_records_and_not_merge_them_does_not_ask_for_one_there(client):
    user = User.objects.create_user("mere.tuilagi", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_project"))
    client.force_login(user)
    number = make_project("Rice seeds").pk

    answers = [client.get(f"/admin/cooperation/project/{each}/merge/") for each in (number, number + 1)]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_former_ids_of_records_that_the_reader_may_not_see_are_left_out(client):
    for record_type in ("project", "agency"):
        FormerSlug.objects.create(record_type=record_type, slug=f"old-{record_type}", current=f"new-{record_type}")
    user = User.objects.create_user("mere.tuilagi", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_formerslug", "view_agency"]))
    client.force_login(user)
    hidden = FormerSlug.objects.get(record_type="project")

    listed = client.get("/admin/cooperation/formerslug/")
    opened = client.get(change_url(hidden), follow=True)

    assert [str(row) for row in listed.context["cl"].result_list] == ["old-agency → new-agency"]
    # Not among the choices of the filter either.
    assert [word for word in ("old-project", "new-project", "record_type=project") if word in text_of(listed)] == []
    assert [word for word in ("old-project", "new-project") if word in text_of(opened)] == []


def text_of(response):
    return response.content.decode()
