"""The columns that the fields of a model make by themselves."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cooperation.exports.meanings import MEANINGS
from cooperation.exports.table import Batch, Column, Kind, among, public_code
from cooperation.models import Country, PublicRecord, Record, Source
from cooperation.models.partial_date import PartialDateField
from cooperation.models.source import RowOfRecord
from cooperation.models.web_address import WebAddressField

SAME_IN_WORDS = _("The same in words.")
SAME_ORDER = _("The same in words, in the same order.")

# A name for people, which may be translated when it is shown.
Words = str | Promise
# The values of a column. Of what type they are follows from its `Kind`.
ColumnValues = Callable[[Batch], Sequence[Any]]
# The codes and the names of several things, in the same order.
CodesAndNames = tuple[list[str], list[str]]


def columns_of(model: type[models.Model], *names: str) -> tuple[Column, ...]:
    """Make the columns of some fields of `model`: a code is followed by its label, a link by the name it leads to."""
    return tuple(column for name in names for column in field_columns(model._meta.get_field(name)))


def field_columns(field: Any) -> list[Column]:
    if field.many_to_many:
        return many_columns(field)
    if field.is_relation:
        return [source_column(field)] if field.related_model is Source else link_columns(field)
    if field.choices:
        return choice_columns(field)
    return [Column(field.name, field.verbose_name, meaning_of(field), kind_of(field), own_values(field.attname))]


def own_values(attname: str) -> ColumnValues:
    return lambda batch: batch.own(attname)


def meaning_of(field: Any) -> Words:
    """Say what a reader of the data must know; where nothing is written for readers, what curators are told."""
    name = field.model._meta.model_name
    return MEANINGS.get(f"{name}.{field.name}") or MEANINGS.get(field.name) or field.help_text


def kind_of(field: "models.Field[Any, Any]") -> Kind:
    kinds = (
        (PartialDateField, Kind.PARTIAL_DATE),
        (WebAddressField, Kind.ADDRESS),
        (models.DateTimeField, Kind.TIME),
        (models.DateField, Kind.DATE),
        (models.DecimalField, Kind.AMOUNT),
        (models.BooleanField, Kind.YES_NO),
        (models.IntegerField, Kind.NUMBER),
    )
    return next((kind for field_class, kind in kinds if isinstance(field, field_class)), Kind.TEXT)


def choice_columns(field: Any) -> list[Column]:
    """Make the column of a code, and that of what it means in words."""
    return coded(field.name, field.verbose_name, meaning_of(field), own_values(field.attname), field.flatchoices)


def coded(
    name: str, label: Words, meaning: Words, values: ColumnValues, choices: Iterable[tuple[str, Words]]
) -> list[Column]:
    """Make the column of a code with one of `choices`, and that of its label."""
    allowed = tuple(choices)

    def labels(batch: Batch) -> list[str]:
        words = {code: str(label) for code, label in allowed}
        return [words.get(code, "") for code in codes(batch)]

    def codes(batch: Batch) -> Sequence[str]:
        return batch.once(name, lambda: values(batch))

    return [
        Column(name, label, meaning, Kind.CODE, codes, allowed),
        Column(f"{name}_label", format_lazy(_("{} (in words)"), label), SAME_IN_WORDS, Kind.TEXT, labels),
    ]


def link_columns(field: Any) -> list[Column]:
    """Make the columns of the public id of what is linked, and of its name; nothing of a record that is not public."""

    def part(place: int) -> ColumnValues:
        def values(batch: Batch) -> list[str]:
            linked = batch.own(field.attname)
            names = batch.names(field.related_model, linked)
            return [names[each][place] if each else "" for each in linked]

        return values

    meaning = meaning_of(field) or _("The public id of its record.")
    if field.related_model is Country:
        meaning = format_lazy("{} {}", meaning_of(field), _("ISO 3166-1 alpha-3 code."))
    return [
        Column(field.name, field.verbose_name, meaning, Kind.CODE, part(0)),
        Column(f"{field.name}_name", named(field.verbose_name), SAME_IN_WORDS, Kind.TEXT, part(1)),
    ]


def named(label: Words) -> Promise:
    return format_lazy(_("{} (name)"), label)


def many_columns(field: Any) -> list[Column]:
    """Make the columns of the codes and names of all that is linked, in the order of its vocabulary."""
    through, owner, target = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()

    def pairs(batch: Batch) -> list[CodesAndNames]:
        joined, known = batch.joined(through, owner, target), batch.known[field]
        names = batch.vocabulary(field.related_model)
        place = {each: number for number, each in enumerate(names)}
        for text in {*joined} - known.keys():
            ids = sorted(map(int, text.split(",")), key=place.__getitem__) if text else []
            known[text] = ([names[each][0] for each in ids], [names[each][1] for each in ids])
        return [known[text] for text in joined]

    return pair_columns(field.name, field.verbose_name, meaning_of(field), pairs)


def list_columns(
    name: str,
    label: Words,
    meaning: Words,
    model: type[models.Model],
    linked: Callable[[Batch], Sequence[Sequence[int]]],
) -> list[Column]:
    """Make the columns of the codes and names of several rows of `model`, each once, in the order of `linked(batch)`.

    That gives a list of ids for each row; only what is public is named.
    """

    def pairs(batch: Batch) -> list[CodesAndNames]:
        lists = linked(batch)
        names = batch.names(model, {each for ids in lists for each in ids})
        nothing: CodesAndNames = ([], [])
        public = [[names[each] for each in dict.fromkeys(ids)] if ids else () for ids in lists]
        return [
            ([code for code, _name in row if code], [name for code, name in row if code]) if row else nothing
            for row in public
        ]

    return pair_columns(name, label, meaning, pairs)


def pair_columns(
    name: str, label: Words, meaning: Words, pairs: Callable[[Batch], list[CodesAndNames]]
) -> list[Column]:
    """Make the columns of the codes and of the names. `pairs(batch)` gives (codes, names) for each row."""

    def part(number: int) -> ColumnValues:
        return lambda batch: [pair[number] for pair in batch.once((name, "pairs"), lambda: pairs(batch))]

    return [
        Column(name, label, meaning, Kind.LIST, part(0)),
        Column(f"{name}_names", named(label), SAME_ORDER, Kind.LIST, part(1)),
    ]


def lines_column(field: Any) -> Column:
    """Make the column of a text that holds one value on each line, as a list."""

    def values(batch: Batch) -> list[list[str]]:
        return [text.splitlines() if text else [] for text in batch.own(field.attname)]

    return Column(field.name, field.verbose_name, meaning_of(field), Kind.LIST, values)


def source_column(field: Any) -> Column:
    """Make the column of the public id of a source. The source of a row of a published record is public by that."""

    def values(batch: Batch) -> list[str]:
        linked = batch.own(field.attname)
        names = batch.names(Source, linked)
        return [names[each][0] if each else "" for each in linked]

    return Column(
        field.name,
        field.verbose_name,
        _("The public id of the source that states this row; empty: no source yet."),
        Kind.CODE,
        values,
    )


def id_columns(model: type[PublicRecord]) -> tuple[Column, Column]:
    """Make the columns of the public id of a record, and of the address of its page."""
    detail = f"{model._meta.model_name}_detail"

    def addresses(batch: Batch) -> list[str]:
        before, _x, after = reverse(detail, args=["0"]).rpartition("0")
        start = batch.site + before
        return [start + each + after for each in batch.own(model.PUBLIC_ID)]

    return (
        Column("id", _("public id"), MEANINGS[f"{model._meta.model_name}.id"], Kind.CODE, own_values(model.PUBLIC_ID)),
        Column("url", _("page"), _("The address of its page on the portal."), Kind.ADDRESS, addresses),
    )


def owner_column(model: type[models.Model], owner: str) -> Column:
    """Make the column of the public id of the record that a row belongs to."""
    field: Any = model._meta.get_field(owner)

    def values(batch: Batch) -> list[str]:
        ids = batch.own(field.attname)
        codes = dict(
            field.related_model.objects.filter(pk__in=among({*ids})).values_list("pk", public_code(field.related_model))
        )
        return [codes[each] for each in ids]

    return Column(
        owner, field.verbose_name, _("The public id of the record that this row belongs to."), Kind.CODE, values
    )


def record_columns(model: type[PublicRecord]) -> tuple[Column, ...]:
    """Make the columns that every record ends with: the editors’ note, its sources, and how fresh it is."""

    def sources(batch: Batch) -> list[list[str]]:
        names = ("citations", *getattr(model, "SOURCED_PARTS", ()))
        relations: list[Any] = [model._meta.get_field(name) for name in names]
        parts: list[type[RowOfRecord]] = [relation.related_model for relation in relations]
        joined = zip(*(batch.joined(part, part.owner, "source") for part in parts), strict=True)
        texts = [",".join(filter(None, each)) for each in joined]
        ids = {*",".join(filter(None, texts)).split(",")} - {""}
        known = batch.names(Source, map(int, ids))
        slugs = {each: known[int(each)][0] for each in ids}
        return [sorted({slugs[each] for each in text.split(",")}) if text else [] for text in texts]

    sourced = Column("sources", _("sources"), _("The public ids of the sources it rests on."), Kind.LIST, sources)
    if not issubclass(model, Record):
        return (*columns_of(model, "note"), sourced)
    return (*columns_of(model, "note"), sourced, *columns_of(model, "confirmed_on", "created", "updated"))
