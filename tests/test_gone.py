"""A form whose record was deleted or merged while it was open keeps what was entered, and can be sent again."""

import pytest
from django.contrib.auth.models import User

from cooperation.duplicates import merge
from cooperation.history import delete_row, undo
from cooperation.models import Edit, Fund, Project, editing
from tests.admin_form import Form
from tests.admin_records import change_url
from tests.builders import make_fund, make_project
from tests.crawl import Page

pytestmark = pytest.mark.django_db

GONE = "Nothing was saved: this record was deleted or merged while its form was open."


def luis():
    return User.objects.get_or_create(username="luis.vega")[0]


def draft(make, **fields):
    with editing(Edit.Kind.PROGRAM):
        return make(publication_status="draft", **fields)


def delete(record):
    with editing(Edit.Kind.FORM, by=luis(), reason="Entered twice.") as edit:
        delete_row(type(record).objects.get(pk=record.pk))
    return edit


@pytest.mark.slow
def test_entries_into_a_deleted_record_are_shown_and_nothing_is_saved(curator):
    project = draft(make_project, partners=[("provider", "THA"), ("beneficiary", "CHL")])
    data = Form(curator.get(change_url(project))).data
    edit = delete(project)

    response = curator.post(change_url(project), data | {"title": "Rice seeds\nfor the delta", "status": "completed"})

    text = Page(response.content.decode()).text
    assert (response.status_code, Project.objects.count()) == (409, 0)
    assert GONE in text
    assert "luis.vega" in text
    assert "Entered twice." in text
    assert "Rice seeds for the delta" in text
    assert "Activity status Completed" in text
    assert "Role: Provider; Country or area: Thailand" in text
    assert Edit.objects.latest("pk") == edit


@pytest.mark.slow
def test_entries_are_sent_again_when_the_record_is_there_again(curator):
    fund = draft(make_fund)
    data = Form(curator.get(change_url(fund))).data | {"summary": "It pays for\ntwo exchanges a year."}
    edit = delete(fund)
    kept = Form(curator.post(change_url(fund), data)).data
    undo(edit, luis(), "It was the other one.")

    outdated = curator.post(change_url(fund), kept)
    read = Form(outdated).data
    saved = curator.post(change_url(fund), read | {"_read": read["_version"]})

    assert (outdated.status_code, saved.status_code) == (409, 302)
    assert Fund.objects.get().summary == "It pays for\ntwo exchanges a year."


@pytest.mark.slow
def test_record_that_became_part_of_another_leads_to_that_one(curator):
    keep, drop = draft(make_fund, slug="fealac-fund"), draft(make_fund, slug="fealac-fund-2")
    data = Form(curator.get(change_url(drop))).data
    merge(keep, drop, [], luis(), "One fund.")

    page = Page(curator.post(change_url(drop), data | {"summary": "It pays."}).content.decode())

    assert GONE in page.text
    assert f"It has become part of “{keep}”." in page.text
    assert change_url(keep) in page.links


def test_record_that_never_was_is_not_found(curator):
    data = Form(curator.get(change_url(draft(make_fund)))).data
    assert curator.post("/admin/cooperation/fund/999999/change/", data).status_code == 404


def test_who_may_not_change_records_learns_nothing_of_one_that_is_gone(client):
    fund = draft(make_fund)
    delete(fund)
    client.force_login(User.objects.create_user("visitor", is_staff=True))
    assert client.post(change_url(fund), {"name": "Taken over"}).status_code == 403
