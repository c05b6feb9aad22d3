"""What stands at the address of a record that was withdrawn."""

import json
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from cooperation.exports.files import record_formats
from cooperation.models import PUBLIC_RECORDS, Edit, FormerSlug, Project, Record, editing
from tests import builders
from tests.crawl import Page
from tests.records import make_record

pytestmark = pytest.mark.django_db

every_publishable_type = pytest.mark.parametrize(
    "model", [model for model in PUBLIC_RECORDS if issubclass(model, Record)], ids=lambda model: model._meta.model_name
)
REASON = "The ministry says that it never took place."


def take(record, status, reason="", by=None):
    with editing(Edit.Kind.STEP, reason=reason, by=by) as edit:
        record.publication_status = status
        record.save()
    return edit


def withdraw(record, reason=REASON):
    edit = take(record, "withdrawn", reason, User.objects.create_user("zanzibar"))
    Edit.objects.filter(pk=edit.pk).update(made=datetime(2026, 11, 2, 8, 30, tzinfo=UTC))
    return edit


def addresses_of(model, public_id):
    """The page of a record, and the record in each format."""
    stem = f"{model._meta.model_name}_detail"
    names = [stem, *(f"{stem}_{each.suffix}" for each in record_formats(model))]
    return [reverse(name, args=[public_id]) for name in names]


@every_publishable_type
def test_withdrawn_record_says_when_and_why_on_every_surface_and_nothing_else_of_itself(client, model):
    record = make_record(model, summary="Zanzibarine summary", note="Zanzibarine note")
    title = str(record)
    withdraw(record)
    for address in addresses_of(model, record.slug):
        answer = client.get(address)
        text = answer.content.decode()
        assert (answer.status_code, answer["Cache-Control"], "ETag" in answer) == (410, "no-cache", False), address
        assert (REASON in text, "2 November 2026" in text, record.slug in text) == (True, True, True), address
        assert [word for word in (title, "anzibar") if word in text] == [], address


def test_page_of_a_withdrawn_record_shows_ways_out(client):
    project = builders.make_project("Mango trees")
    withdraw(project)
    page = Page(client.get("/projects/mango-trees/").content.decode())
    assert "Record withdrawn" in page.text
    assert "The record mango-trees was withdrawn on 2 November 2026." in page.text
    assert [link for link in ("/projects/", "/search/", "/") if link not in page.links] == []


def test_program_is_told_as_a_problem_that_it_can_read(client):
    withdraw(builders.make_project("Mango trees"))
    answer = client.get("/projects/mango-trees.json")
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content) == {
        "type": "about:blank",
        "title": "Gone",
        "status": 410,
        "detail": "The record “mango-trees” was withdrawn on 2 November 2026.",
        "id": "mango-trees",
        "withdrawn": "2026-11-02T08:30:00Z",
        "reason": REASON,
    }


@pytest.mark.slow
@every_publishable_type
def test_record_that_was_withdrawn_and_is_a_draft_again_is_not_there(client, model):
    record = make_record(model)
    withdraw(record)
    take(record, "draft")
    assert {client.get(address).status_code for address in addresses_of(model, record.slug)} == {404}
    take(record, "published")
    assert {client.get(address).status_code for address in addresses_of(model, record.slug)} == {200}


@every_publishable_type
def test_former_address_of_a_withdrawn_record_says_so_without_the_present_one(client, model):
    record = make_record(model)
    first = record.slug
    record.slug = "zanzibarine-address"
    record.save()
    withdraw(record)
    for address in addresses_of(model, first):
        answer = client.get(address)
        text = answer.content.decode()
        assert (answer.status_code, REASON in text, "zanzibarine" in text) == (410, True, False)


def test_last_withdrawal_counts(client):
    project = builders.make_project("Mango trees")
    take(project, "withdrawn", "It was entered twice.")
    take(project, "draft")
    take(project, "published")
    withdraw(project)
    with editing(Edit.Kind.FORM, reason="A reason of the desk"):
        project.title = "Mangoes"
        project.save()
    text = client.get("/projects/mango-trees/").content.decode()
    assert [REASON in text, "entered twice" in text, "A reason of the desk" in text] == [True, False, False]


def test_withdrawal_of_which_no_reason_is_known_says_so(client):
    Project.objects.filter(pk=builders.make_project("Mango trees").pk).update(publication_status="withdrawn")
    assert "Reason not recorded" in Page(client.get("/projects/mango-trees/").content.decode()).text
    assert "No reason is on record." in client.get("/projects/mango-trees.bib").content.decode()
    assert client.get("/projects/mango-trees.json").json()["reason"] is None


def test_reason_cannot_bring_markup_into_the_page(client):
    withdraw(builders.make_project("Mango trees"), "<script>alert(1)</script>")
    assert "<script>alert" not in client.get("/projects/mango-trees/").content.decode()


def test_address_of_a_record_that_became_part_of_another_leads_there(client):
    builders.make_project("Rice seeds")
    FormerSlug.remember("project", "mango-trees", "rice-seeds")
    answer = client.get("/projects/mango-trees/")
    assert (answer.status_code, answer["Location"]) == (301, "/projects/rice-seeds/")


@pytest.mark.slow
def test_withdrawn_record_is_in_no_list_and_no_map_of_the_site(client):
    withdraw(builders.make_project("Mango trees"))
    for address in ("/projects/", "/projects.json", "/projects.atom", "/search/?q=mango", "/sitemap-project.xml"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "mango-trees" not in answer.content.decode(), address
