"""Words that stand nowhere else, one in every text field of every row, and where they are seen afterwards.

Which fields there are is read from the models, so that a new one is planted without a change here.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import product

from django.apps import apps
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cooperation import sitemaps
from cooperation.exports import publication
from cooperation.exports.files import list_formats, record_formats
from cooperation.history.past import parts_of
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
    PastRow,
    Project,
    Record,
    Source,
    registry_models,
)
from cooperation.models.partial_date import PartialDateField
from tests import builders
from tests.admin_records import add_part
from tests.builders import make_source
from tests.crawl import crawl, whole
from tests.records import BUILDERS, add_parts, cite

WORD = re.compile("zq[bcdfghjk]{4}")
# A text that names something: a fact, a type of record, a counter. It is no text that somebody writes.
NAMES = {"fact", "record_type"}
# Tables that Django and the portal fill by themselves, with names of models and of versions, and with what is encoded.
OWN_TABLES = {"auth.Permission", "contenttypes.ContentType", "cooperation.Change", "cooperation.DataVersion"}
OWN_TABLES |= {"sessions.Session", "cooperation.KnownRight"}
# What no link leads to.
OTHER_ADDRESSES = ["/nowhere/", "/nowhere.json", "/healthz", "/opensearch.xml", "/robots.txt", "/sitemap.xml"]
OTHER_ADDRESSES += [f"/sitemap-{section}.xml" for section in sitemaps.sections()]
SITE = "https://portal.example.org"


class Planted:
    """The planted words: `places` says of each which kind of row it is in, and which field."""

    def __init__(self):
        self.places: dict[str, tuple[str, models.Field]] = {}
        self.sources: dict[Record, Source] = {}
        self.next_words = map("".join, product(["zq"], *["bcdfghjk"] * 4))

    def texts(
        self, kind: str, model: type[models.Model], but: Iterable[str] = (), own: bool = False
    ) -> dict[str, object]:
        """Make a text with a new word for each field of `model` that takes one; of a copy, for its `own` alone."""
        found = {}
        fields = own_fields(model) if own else model._meta.concrete_fields
        for field in fields:
            word = next(self.next_words)
            value = text_for(field, word)
            if value is not None and field.name not in but:
                found[field.name] = value
                self.places[word] = (kind, field)
        return found

    def fill(self, kind: str, row: models.Model) -> None:
        """Put a new word into each text of a row, and save it."""
        texts = self.texts(kind, type(row))
        for name, value in texts.items():
            setattr(row, name, value)
        row.save()
        # A change of an address clears what its test said.
        type(row)._base_manager.filter(pk=row.pk).update(**texts)

    def record(self, kind: str, model: type[Record], status: str) -> Record:
        """Make a record with rows of each kind that belong to it and a source of its own, beside published ones."""
        record = BUILDERS[model](f"{model.__name__} {kind}", publication_status=status)
        source = self.sources[record] = make_source(f"Source of the {model.__name__} {kind}")
        for part in parts_of(model):
            row = add_part(part, record, 0)
            row.source = source
            row.save()
        link_to_published(record, kind)
        self.fill_whole(kind, record)
        return record

    def fill_whole(self, kind: str, record: Record) -> None:
        """Put new words into a record, into what belongs to it, and into its source."""
        for part in parts_of(type(record)):
            for row in part.objects.filter(**{part.owner: record}):
                self.fill(kind, row)
        self.fill(kind, self.sources[record])
        self.fill(kind, record)

    def row(self, kind: str, model: type[models.Model], **given: object) -> models.Model:
        """Make a filled row of a model without a builder, with those `given` values that it has a field for."""
        names = {field.name for field in model._meta.concrete_fields}
        given = {name: value for name, value in given.items() if name in names}
        values = {**self.texts(kind, model, but=given), **given}
        for field in model._meta.concrete_fields:
            if field.name in values or field.has_default() or field.null or field.primary_key:
                continue
            if field.is_relation:
                values[field.name] = field.related_model._base_manager.first()
            elif field.choices:
                values[field.name] = field.choices[0][0]
            elif isinstance(field, models.IntegerField):
                values[field.name] = 1
            elif isinstance(field, models.DateTimeField):
                values[field.name] = timezone.now()
        return model._base_manager.create(**values)

    def words(self, *kinds: str) -> list[str]:
        return [word for word, (kind, _field) in self.places.items() if kind in kinds]

    def named(self, words: Iterable[str]) -> set[str]:
        """Name the fields in which these words are: `Agency.note`."""
        fields = {self.places[word][1] for word in words}
        return {f"{field.model.__name__}.{field.name}" for field in fields}


def text_for(field: models.Field, word: str) -> object:
    """A text with `word` that `field` takes, or None."""
    if field.is_relation or field.choices or field.name in NAMES or isinstance(field, PartialDateField):
        return None
    if isinstance(field, models.URLField):
        return f"https://{word}.example/{word}"
    if isinstance(field, models.EmailField):
        return f"{word}@example.org"
    if isinstance(field, models.CharField | models.TextField):
        return word if (field.max_length or len(word)) >= len(word) else None
    if isinstance(field, models.JSONField):
        return {word: word}
    return word.encode() if isinstance(field, models.BinaryField) else None


def own_fields(model: type[PastRow]) -> list[models.Field]:
    """List what a copy of a row says of itself, beside what it is a copy of."""
    copied = {field.name for field in getattr(model, "tracked_fields", ())}
    return [field for field in model._meta.concrete_fields if field.name not in copied]


def filled_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.label not in OWN_TABLES]


def tables_beside_the_registry() -> list[type[models.Model]]:
    """List what holds no part of the registry: work of curators, copies, accounts, logs."""
    return [model for model in filled_models() if model not in registry_models()]


def texts_without_a_word() -> set[str]:
    """Name the fields with text that take no word, but for choices and dates, which are no text of anybody."""
    found = set()
    for model in filled_models():
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, PartialDateField)
            if is_text and not field.choices and not issubclass(model, PastRow) and text_for(field, "zqbbbb") is None:
                found.add(f"{model.__name__}.{field.name}")
    return found


def plant(model: type[Record], status: str, token: str) -> Record:
    """Make a record of `model` that names `token` in all of its text."""
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


def link_to_published(record: Record, kind: str = "") -> None:
    """Make published records that name `record`, and are named by it, wherever a model lets them."""
    model = type(record)
    beside = f"beside the {model._meta.model_name} {kind}".strip()
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
    named = {"forum": forum, "fund": fund, "country": builders.make_country("THA")}
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


def addresses_of(record: Record) -> list[str]:
    """Every address that names a record: its page, its files, and what takes in a report of a mistake."""
    stem = record._meta.model_name
    files = [f"{stem}_detail_{each.suffix}" for each in record_formats(type(record))]
    names = [f"{stem}_detail", f"{stem}_report", f"{stem}_report_thanks", *files]
    return [reverse(name, args=[record.public_id]) for name in names]


def lists_of_changes() -> Iterator[str]:
    for model in PUBLIC_RECORDS:
        for each in list_formats(model):
            yield reverse(f"{model._meta.model_name}_list_{each.suffix}") + "?updated_since=2020-01-01"


def published_files() -> list[str]:
    """Publish the whole registry as files: their addresses."""
    return [reverse("data_file", args=[name]) for name in publication.publish(SITE).files]


def read_surface(client: Client, records: Iterable[Record]) -> dict[str, HttpResponse]:
    """`{address: answer}` of whatever the public can ask for, the addresses of these records among it."""
    answers = crawl(client)
    own = [address for record in records for address in addresses_of(record)]
    for address in (*own, *lists_of_changes(), *OTHER_ADDRESSES):
        if address not in answers:
            answers[address] = whole(client.get(address))
    for address in published_files():
        answers[address] = whole(client.get(address))
    for address in own:
        answers[f"POST {address}"] = client.post(address, {"what": "It is wrong."})
    return answers


def seen(answers: dict[str, HttpResponse]) -> dict[str, str]:
    """`{word: first address that says it}`, in a header or in the content."""
    found: dict[str, str] = {}
    for address, answer in answers.items():
        told = f"{answer.headers} {answer.content.decode(errors='replace')}".lower()
        for word in WORD.findall(told):
            found.setdefault(word, address)
    return found
