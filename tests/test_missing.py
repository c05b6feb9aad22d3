"""A record that is not public answers exactly as one that does not exist, byte for byte, wherever it is asked for.

One that was withdrawn says so (410): tests/test_withdrawn.py.
"""

import pytest
from django.urls import reverse

from cooperation.exports.files import record_formats
from cooperation.models import PUBLIC_RECORDS, Correction, Milestone, Record
from tests.records import make_record

pytestmark = pytest.mark.django_db

every_publishable_type = pytest.mark.parametrize(
    "model", [model for model in PUBLIC_RECORDS if issubclass(model, Record)], ids=lambda model: model._meta.model_name
)
every_hidden_status = pytest.mark.parametrize("status", ["draft", "in_review"])

# What no two answers share, whatever they are about.
OF_ONE_ANSWER = {"Date", "X-Request-ID"}


def all_of(client, method, address, **sent):
    """All that somebody can see of an answer: its status, its headers and every byte of its body."""
    answer = client.generic(method, address, **sent)
    headers = {name: value for name, value in answer.items() if name not in OF_ONE_ANSWER}
    return answer.status_code, headers, dict(answer.cookies), answer.content


def addresses_of(model, public_id):
    """Every address that names a record: its page, its files, and what takes in a report of a mistake."""
    stem = model._meta.model_name
    files = [f"{stem}_detail_{each.suffix}" for each in record_formats(model)]
    names = [f"{stem}_detail", f"{stem}_report", f"{stem}_report_thanks", *files]
    return [reverse(name, args=[public_id]) for name in names]


def unlike(client, method, model, public_id, **sent):
    """The addresses at which `public_id` does not answer as an id of the same length that never was one."""
    missing = "x" * len(public_id)
    pairs = zip(addresses_of(model, public_id), addresses_of(model, missing), strict=True)
    return [
        address
        for address, other in pairs
        if all_of(client, method, address, **sent) != all_of(client, method, other, **sent)
    ]


@every_publishable_type
@every_hidden_status
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
def test_hidden_record_answers_as_if_it_did_not_exist(client, model, status, method):
    record = make_record(model, publication_status=status)
    assert unlike(client, method, model, record.slug) == []


@every_publishable_type
@every_hidden_status
def test_address_of_a_hidden_record_is_not_found(client, model, status):
    record = make_record(model, publication_status=status)
    assert {client.get(address).status_code for address in addresses_of(model, record.slug)} == {404}


@every_publishable_type
@every_hidden_status
def test_former_id_of_a_hidden_record_answers_as_if_it_had_never_been_one(client, model, status):
    record = make_record(model)
    former = record.slug
    record.slug, record.publication_status = "present-address", status
    record.save()
    assert unlike(client, "GET", model, former) == []


@every_publishable_type
def test_report_about_a_draft_is_answered_as_one_about_no_record_and_not_kept(client, model):
    record = make_record(model, publication_status="draft")
    sent = {"data": "what=The+year+is+wrong.", "content_type": "application/x-www-form-urlencoded"}
    assert unlike(client, "POST", model, record.slug, **sent) == []
    assert Correction.objects.count() == 0


@pytest.mark.parametrize("end", ["/", ".json", ".bib", ".ris"])
def test_former_address_of_milestones_leads_on_whatever_is_there(client, end):
    milestone = make_record(Milestone, publication_status="draft")
    missing = "x" * len(milestone.slug)
    answers = [all_of(client, "GET", f"/timeline/{public_id}{end}") for public_id in (milestone.slug, missing)]
    assert str(answers[0]).replace(milestone.slug, missing) == str(answers[1])


@pytest.mark.slow
@every_publishable_type
@pytest.mark.parametrize(
    "address", ["/projects/", "/projects.json", "/projects.csv", "/flows/", "/timeline.json", "/compare/"]
)
def test_id_of_a_draft_in_a_query_is_answered_as_one_of_no_record(client, model, address):
    record = make_record(model, publication_status="draft")
    missing = "x" * len(record.slug)
    answers = [
        all_of(client, "GET", f"{address}?{model._meta.model_name}={public_id}") for public_id in (record.slug, missing)
    ]
    for _status, headers, *_rest in answers:
        headers.pop("ETag", None)  # the digest of an address, which is another one
        headers.pop("Last-Modified", None)  # within a second of a change: this moment
    assert str(answers[0]).replace(record.slug, missing) == str(answers[1])
