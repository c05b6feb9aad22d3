"""A word is planted in every text of every row. The public sees those of published records, and no other one.

What is planted is read from the models: a new field, part or table is covered without a change here. What is private
in published records, and what takes no word, is named, so that a new field of either kind has to be named as well.
"""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from cooperation.models import (
    PUBLIC_RECORDS,
    Citation,
    Country,
    Edit,
    Goal,
    Instrument,
    PastRow,
    Project,
    Record,
    Theme,
    editing,
)
from tests.admin_records import MAKE_RECORD
from tests.planting import (
    Planted,
    addresses_of,
    read_surface,
    seen,
    tables_beside_the_registry,
    texts_without_a_word,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PUBLISHABLE = [model for model in PUBLIC_RECORDS if issubclass(model, Record)]
# What has no draft: it may be seen as soon as it is there.
ALWAYS_PUBLIC = [Country, Theme, Goal, Instrument]

# Fields of published records that nobody outside sees: how an address on the web answered when it was tested.
PRIVATE = {f"{name}.check_detail" for name in ("Agency", "Document", "Forum", "Fund", "Source")}

# Codes of two to four letters or digits, and names of facts and of record types, which nobody writes as a text.
TAKE_NO_WORD = {
    *(f"{model.__name__}.fact" for model in Citation.__subclasses__()),
    *(f"{name}.record_type" for name in ("Correction", "DuplicatePair", "FormerSlug", "ImportBatch", "PendingChange")),
    *("Country.iso2", "Country.iso3", "Country.m49", "Document.language", "Fund.size_currency", "Instrument.aid_type"),
    *("Participation.organisation_type", "Project.budget_currency"),
}
LISTS = [reverse(f"{model._meta.model_name}_list") for model in PUBLIC_RECORDS]


@pytest.fixture
def planted(db):
    """A registry with a filled record of each type and status, and all that curators and the portal keep beside it."""
    planted = Planted()
    author = planted.row("beside", User, is_staff=True)
    planted.hidden, planted.published = [], []
    for model in ALWAYS_PUBLIC:
        planted.fill("always public", MAKE_RECORD[model](0))
    for model in PUBLISHABLE:
        for status in ("draft", "in_review"):
            with editing(Edit.Kind.FORM, by=author):
                planted.hidden.append(planted.record(status, model, status))
        with editing(Edit.Kind.FORM, by=author):
            record = planted.record("draft of a published one", model, "draft")
        with editing(Edit.Kind.STEP, by=author):
            record.publication_status = "published"
            planted.fill_whole("published", record)
        planted.published.append(record)
    for edit in Edit.objects.all():
        planted.fill("beside", edit)
    for model in tables_beside_the_registry():
        if issubclass(model, PastRow):
            model.objects.update(**planted.texts("beside", model, own=True))
        elif model not in (User, Edit):
            for record in planted.published[:1] + planted.hidden[:1]:
                pair = {"first_id": record.pk, "second_id": record.pk + 1}
                planted.row("beside", model, record_type=record._meta.model_name, record_id=record.pk, **pair)
    return planted


def withdraw(planted):
    """Withdraw all that is published."""
    for record in planted.published:
        with editing(Edit.Kind.STEP) as edit:
            record.publication_status = "withdrawn"
            record.save()
        planted.fill("reason", edit)


def test_public_sees_every_text_of_published_records_and_no_other(client, planted):
    answers = read_surface(client, planted.hidden + planted.published)
    assert {"/countries/THA/", "/projects/project-beside-the-fund-draft/", "/data/projects.csv"} <= answers.keys()
    found = seen(answers)

    may_be_seen = set(planted.words("published", "always public"))
    assert [(*planted.named([word]), address) for word, address in found.items() if word not in may_be_seen] == []
    assert planted.named(set(planted.words("published")) - found.keys()) == PRIVATE


def test_nothing_is_seen_of_records_once_they_are_withdrawn_but_their_ids_and_why(client, planted):
    # From now on these pages are kept.
    pages = [address for record in planted.published for address in addresses_of(record)]
    assert {client.get(address).status_code for address in (*LISTS, *pages)} == {200}
    withdraw(planted)

    found = seen(read_surface(client, planted.hidden + planted.published)).keys() - planted.words("always public")

    assert found <= set(planted.words("published", "reason"))
    assert planted.named(found) == {"Edit.reason", *(f"{model.__name__}.slug" for model in PUBLISHABLE)}


def test_no_hidden_word_is_found_and_none_is_suggested(client, planted):
    hidden = [word for word, (kind, _field) in planted.places.items() if kind not in ("published", "always public")]
    found = {word for word in hidden if client.get("/search.json", {"q": word}).json()["count"]}
    told = seen({word: client.get("/search/", {"q": near_miss(word)}) for word in hidden})

    assert (found, told.keys() & set(hidden)) == (set(), set())


def test_word_of_a_published_title_is_found_and_suggested(client, planted):
    project = next(record for record in planted.published if isinstance(record, Project))
    assert client.get("/search.json", {"q": project.title}).json()["count"] == 1
    assert seen({"": client.get("/search/", {"q": near_miss(project.title)})}).keys() == {project.title}


def near_miss(word):
    """A word that is not planted and differs from a planted one in its last letter."""
    return f"{word[:-1]}z"


def test_texts_that_take_no_word_are_these():
    assert texts_without_a_word() == TAKE_NO_WORD
