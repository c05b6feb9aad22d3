"""Nothing unpublished shows anywhere, whatever record type it is and whatever names it."""

import pytest
from django.urls import reverse

from cooperation.models import (
    PUBLIC_RECORDS,
    Agency,
    Evidence,
    Forum,
    ForumRole,
    Fund,
    FundManager,
    Lesson,
    Meeting,
    Membership,
    Milestone,
    Participation,
    Project,
    Record,
)
from tests import builders
from tests.crawl import crawl, read
from tests.records import BUILDERS, add_parts, cite, list_url, make_record

pytestmark = pytest.mark.django_db

PUBLISHABLE = [model for model in PUBLIC_RECORDS if issubclass(model, Record)]
every_publishable_type = pytest.mark.parametrize("model", PUBLISHABLE, ids=lambda model: model._meta.model_name)


def plant(model, status, token):
    """An unpublished record of `model` that names `token` in all of its text, linked from published records."""
    texts = {
        field.name: f"{token} {field.name}"
        for field in model._meta.fields
        if field.get_internal_type() in ("CharField", "TextField") and not field.choices and field.max_length != 10
        if field.name in ("title", "name", "acronym", "summary", "note", "text", "former_names", "secretariat", "city")
    }
    source = builders.make_source(f"{token} source", slug=f"{token}-source", publisher=f"{token} press")
    name = texts.pop("title", None) or texts.pop("name")
    record = BUILDERS[model](name, slug=token, publication_status=status, **texts)
    cite(record, "further", source, f"{token} statement")
    add_parts(record, 1)
    return record


def link_to_published(record):
    """Published records that name `record`, and are named by it, wherever a model lets them."""
    model = type(record)
    beside = f"beside the {model._meta.model_name}"
    project = builders.make_project(f"Project {beside}", partners=[("pivotal", "THA")])
    forum = builders.make_forum(f"Forum {beside}", members=["THA"])
    fund = builders.make_fund(f"Fund {beside}")
    agency = builders.make_agency(f"Agency {beside}")
    lesson = builders.make_lesson(f"Lesson {beside}")
    milestone = builders.make_milestone(f"Milestone {beside}")
    shared = builders.make_source("A report that both rest on")
    cite(project, "title", shared)
    cite(record, "further", shared, "Another statement")
    if model is Agency:
        Participation.objects.create(project=project, role="provider", agency=record)
        ForumRole.objects.create(forum=forum, role="host", agency=record)
        FundManager.objects.create(fund=fund, agency=record)
        Agency.objects.filter(pk=agency.pk).update(parent=record)
    if model is Forum:
        Project.objects.filter(pk=project.pk).update(forum=record)
        Fund.objects.filter(pk=fund.pk).update(forum=record)
        Milestone.objects.filter(pk=milestone.pk).update(forum=record)
        Membership.objects.create(forum=record, country=builders.make_country("FJI"))
        ForumRole.objects.create(forum=record, role="chair", country=builders.make_country("COL"), agency=agency)
        meeting = Meeting.objects.create(forum=record, edition="2nd Meeting", date="2025")
        meeting.hosts.add(builders.make_country("THA"))
    if model is Fund:
        Project.objects.filter(pk=project.pk).update(fund=record)
        FundManager.objects.create(fund=record, agency=agency)
    if model is Project:
        Participation.objects.create(project=record, role="beneficiary", country=builders.make_country("THA"))
        Participation.objects.create(project=record, role="funding", agency=agency)
    named = {"forum": forum, "fund": fund, "parent": agency, "country": builders.make_country("THA")}
    for field in model._meta.fields:
        if field.name in named:
            setattr(record, field.name, named[field.name])
    record.save()
    if model is Lesson:
        for position, each in enumerate([project, forum, fund, agency, milestone], 10):
            Evidence.objects.create(
                lesson=record, position=position, shows="It shows.", **{each._meta.model_name: each}
            )
    if model is not Lesson:
        Evidence.objects.create(lesson=lesson, position=1, shows="It shows.", **{model._meta.model_name: record})


@pytest.mark.slow
@pytest.mark.any_database
@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_unpublished_record_is_on_no_public_page(client, status):
    """One of each type, and no two of them share a word by which they could be found."""
    hidden = {f"zanzibarine{model._meta.model_name}": model for model in PUBLISHABLE}
    records = [plant(model, status, token) for token, model in hidden.items()]
    for record in records:
        link_to_published(record)
    pages = crawl(client)
    assert {"/countries/THA/", "/projects/project-beside-the-fund/"} <= set(pages)
    leaks = [(token, address) for address, page in pages.items() for token in hidden if token in said(address, page)]
    assert leaks == []
    gone = 410 if status == "withdrawn" else 404
    assert {record.get_absolute_url(): client.get(record.get_absolute_url()).status_code for record in records} == {
        record.get_absolute_url(): gone for record in records
    }


def said(address, page):
    return page.content.decode() + address


@pytest.mark.slow
@every_publishable_type
def test_unpublished_record_is_found_by_no_words(client, model):
    link_to_published(plant(model, "draft", "zanzibarine"))
    for listed in PUBLIC_RECORDS:
        page = read(client, f"{list_url(listed)}?q=zanzibarine")
        assert f"0 {listed._meta.verbose_name_plural}" in page.text


@every_publishable_type
def test_source_of_an_unpublished_record_alone_is_not_public(client, model):
    plant(model, "draft", "zanzibarine")
    assert client.get(reverse("source_detail", args=["zanzibarine-source"])).status_code == 404


@every_publishable_type
def test_withdrawing_a_record_takes_it_off_the_list(client, model):
    record = make_record(model)
    assert str(record) in read(client, list_url(model)).text
    record.publication_status = "withdrawn"
    record.save()
    assert str(record) not in read(client, list_url(model)).text


@every_publishable_type
def test_changed_slug_leads_to_the_present_address_for_ever(client, model):
    record = make_record(model)
    first = record.get_absolute_url()
    for slug in ("second-address", "third-address"):
        record.slug = slug
        record.save()
    for address in (first, first.replace(first.split("/")[-2], "second-address")):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (301, record.get_absolute_url())


@every_publishable_type
def test_former_address_of_a_withdrawn_record_says_that_it_was_withdrawn(client, model):
    record = make_record(model)
    first = record.get_absolute_url()
    record.slug, record.publication_status = "second-address", "withdrawn"
    record.save()
    answer = client.get(first)
    assert (answer.status_code, "second-address" in answer.content.decode()) == (410, False)


@pytest.mark.slow
def test_partner_that_is_no_more_than_an_unpublished_agency_leaves_no_empty_place(client):
    agency = builders.make_agency("Zanzibarine agency", publication_status="draft", country=None)
    project, forum, fund = builders.make_project(), builders.make_forum(), builders.make_fund()
    Participation.objects.create(project=project, role="facilitating", agency=agency)
    ForumRole.objects.create(forum=forum, role="convener", agency=agency)
    FundManager.objects.create(fund=fund, agency=agency)
    assert "Facilitating partner:" not in read(client, "/projects/").text
    assert "No partner is stated in the sources." in read(client, project.get_absolute_url()).text
    assert "Convener" not in read(client, forum.get_absolute_url()).text
    assert "Managed by Not stated in the sources" in read(client, fund.get_absolute_url()).text
    assert "Managed by:" not in read(client, "/funds/").text


def test_citation_of_a_link_to_an_unpublished_record_shows_its_source_but_not_its_value(client):
    forum = builders.make_forum("Zanzibarine forum", slug="zanzibarine", publication_status="draft")
    project = builders.make_project(forum=forum)
    cite(project, "forum", builders.make_source("Annual report"), "zanzibarine")
    page = read(client, project.get_absolute_url())
    assert "Annual report." in page.text
    assert "zanzibarine" not in page.text.lower()
