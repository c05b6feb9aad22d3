"""What becomes of a record, of its sources and of what names it when it is not public; all texts: test_leaks.py."""

import pytest
from django.urls import reverse

from cooperation.models import (
    PUBLIC_RECORDS,
    ForumRole,
    FundManager,
    Participation,
    Record,
)
from tests import builders
from tests.crawl import read
from tests.records import cite, list_url, make_record

pytestmark = pytest.mark.django_db

PUBLISHABLE = [model for model in PUBLIC_RECORDS if issubclass(model, Record)]
every_publishable_type = pytest.mark.parametrize("model", PUBLISHABLE, ids=lambda model: model._meta.model_name)


@every_publishable_type
def test_source_of_an_unpublished_record_alone_is_not_public(client, model):
    cite(make_record(model, publication_status="draft"), "further", builders.make_source(slug="zanzibarine-source"))
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
