"""Former addresses lead on, but nobody keeps that: a merge can be undone, and an id changed back."""

import pytest
from django.urls import reverse

from cooperation.duplicates import merge
from cooperation.exports.files import record_formats
from cooperation.history import undo
from cooperation.models import Agency, Forum, Fund, Milestone, Project, Source
from tests import builders
from tests.records import make_record

pytestmark = pytest.mark.django_db


def addresses_of(model, public_id):
    """The page of a record, and the record in each format."""
    stem = f"{model._meta.model_name}_detail"
    names = [stem, *(f"{stem}_{each.suffix}" for each in record_formats(model))]
    return [reverse(name, args=[public_id]) for name in names]


def redirects(client, addresses):
    """`[(status, where to, how long it may be kept), ...]`."""
    answers = [client.get(address) for address in addresses]
    return [(each.status_code, each.headers.get("Location"), each.headers.get("Cache-Control")) for each in answers]


@pytest.mark.slow
@pytest.mark.parametrize("model", [Agency, Forum, Fund, Milestone, Project, Source])
def test_merged_record_leads_to_the_kept_one_until_the_merge_is_undone(client, ana, model):
    keep, drop = make_record(model, 0), make_record(model, 1)
    kept, former = addresses_of(model, keep.slug), addresses_of(model, drop.slug)
    edit = merge(keep, drop, [], ana, "They are one.")
    assert redirects(client, former) == [(301, address, "no-cache") for address in kept]
    undo(edit, ana, "They are two.")
    assert {client.get(address).status_code for address in former} == {200}


@pytest.mark.slow
def test_changed_id_leads_to_the_present_one_until_it_is_changed_back(client):
    project = builders.make_project("Mango trees")
    for slug, former in (("mangoes", "mango-trees"), ("mango-trees", "mangoes")):
        project.slug = slug
        project.save()
        present = addresses_of(Project, slug)
        assert redirects(client, addresses_of(Project, former)) == [(301, address, "no-cache") for address in present]
        assert {client.get(address).status_code for address in present} == {200}


@pytest.mark.parametrize(
    ("former", "present"),
    [
        ("/countries/tha/", "/countries/THA/"),
        ("/countries/tha.json", "/countries/THA.json"),
        ("/timeline/bandung-1955/", "/milestones/bandung-1955/"),
        ("/timeline/bandung-1955.bib", "/milestones/bandung-1955.bib"),
        ("/projects", "/projects/"),
    ],
)
def test_every_other_redirect_is_asked_for_again(client, former, present):
    builders.make_country("THA")
    builders.make_milestone(slug="bandung-1955")
    assert redirects(client, [former]) == [(301, present, "no-cache")]
