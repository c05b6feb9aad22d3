"""The columns that the fields of a model make by themselves."""

from django.db import models
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cooperation.exports.meanings import MEANINGS
from cooperation.exports.table import Column, Kind, among, public_code
from cooperation.models import Country, Record, Source
from cooperation.models.partial_date import PartialDateField
from cooperation.models.web_address import WebAddressField

SAME_IN_WORDS = _("The same in words.")
SAME_ORDER = _("The same in words, in the same order.")


def columns_of(model, *names):
    """The columns that some fields of `model` make: a code is followed by its label, a link by the name it leads to."""
    return tuple(column for name in names for column in field_columns(model._meta.get_field(name)))


def field_columns(field):
    if field.many_to_many:
        return many_columns(field)
    if field.is_relation:
        return [source_column(field)] if field.related_model is Source else link_columns(field)
    if field.choices:
        return choice_columns(field)
    return [Column(field.name, field.verbose_name, meaning_of(field), kind_of(field), own_values(field.attname))]


def own_values(attname):
    return lambda batch: batch.own(attname)


def meaning_of(field):
    """What a reader of the data must know; where nothing is written for readers, what curators are told."""
    name = field.model._meta.model_name
    return MEANINGS.get(f"{name}.{field.name}") or MEANINGS.get(field.name) or field.help_text


def kind_of(field):
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


def choice_columns(field):
    """A code, and what it means in words."""
    return coded(field.name, field.verbose_name, meaning_of(field), own_values(field.attname), field.flatchoices)


def coded(name, label, meaning, values, choices):
    """The column of a code with one of `choices`, and that of its label."""
    choices = tuple(choices)

    def labels(batch):
        words = {code: str(label) for code, label in choices}
        return [words.get(code, "") for code in codes(batch)]

    def codes(batch):
        return batch.once(name, lambda: values(batch))

    return [
        Column(name, label, meaning, Kind.CODE, codes, choices),
        Column(f"{name}_label", format_lazy(_("{} (in words)"), label), SAME_IN_WORDS, Kind.TEXT, labels),
    ]


def link_columns(field):
    """The public id of what is linked, and its name; nothing of a record that is not public."""

    def part(place):
        def values(batch):
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


def named(label):
    return format_lazy(_("{} (name)"), label)


def many_columns(field):
    """The codes of everything that is linked, in the order of its vocabulary, and the names in the same order."""
    through, owner, target = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()

    def pairs(batch):
        joined, known = batch.joined(through, owner, target), batch.known[field]
        names = batch.vocabulary(field.related_model)
        place = {each: number for number, each in enumerate(names)}
        for text in {*joined} - known.keys():
            ids = sorted(map(int, text.split(",")), key=place.get) if text else []
            known[text] = ([names[each][0] for each in ids], [names[each][1] for each in ids])
        return [known[text] for text in joined]

    return pair_columns(field.name, field.verbose_name, meaning_of(field), pairs)


def list_columns(name, label, meaning, model, linked):
    """The codes and the names of several rows of `model`, each once, in the order of `linked(batch)`.

    That gives a list of ids for each row; only what is public is named.
    """

    def pairs(batch):
        lists = linked(batch)
        names = batch.names(model, {each for ids in lists for each in ids})
        nothing = ([], [])
        public = [[names[each] for each in dict.fromkeys(ids)] if ids else () for ids in lists]
        return [
            ([code for code, _name in row if code], [name for code, name in row if code]) if row else nothing
            for row in public
        ]

    return pair_columns(name, label, meaning, pairs)


def pair_columns(name, label, meaning, pairs):
    """The columns of the codes and of the names. `pairs(batch)` gives (codes, names) for each row."""

    def part(number):
        return lambda batch: [pair[number] for pair in batch.once((name, "pairs"), lambda: pairs(batch))]

    return [
        Column(name, label, meaning, Kind.LIST, part(0)),
        Column(f"{name}_names", named(label), SAME_ORDER, Kind.LIST, part(1)),
    ]


def lines_column(field):
    """A text that holds one value on each line, as a list."""

    def values(batch):
        return [text.splitlines() if text else [] for text in batch.own(field.attname)]

    return Column(field.name, field.verbose_name, meaning_of(field), Kind.LIST, values)


def source_column(field):
    """The public id of a source. The source of a row of a published record is public by that."""

    def values(batch):
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


def id_columns(model):
    """The public id of a record, and the address of its page."""
    detail = f"{model._meta.model_name}_detail"

    def addresses(batch):
        before, _x, after = reverse(detail, args=["0"]).rpartition("0")
        start = batch.site + before
        return [start + each + after for each in batch.own(model.PUBLIC_ID)]

    return (
        Column("id", _("public id"), MEANINGS[f"{model._meta.model_name}.id"], Kind.CODE, own_values(model.PUBLIC_ID)),
        Column("url", _("page"), _("The address of its page on the portal."), Kind.ADDRESS, addresses),
    )


def owner_column(model, owner):
    """The public id of the record that a row belongs to."""
    field = model._meta.get_field(owner)

    def values(batch):
        ids = batch.own(field.attname)
        codes = dict(
            field.related_model.objects.filter(pk__in=among({*ids})).values_list("pk", public_code(field.related_model))
        )
        return [codes[each] for each in ids]

    return Column(
        owner, field.verbose_name, _("The public id of the record that this row belongs to."), Kind.CODE, values
    )


def record_columns(model):
    """What every record ends with: the editors’ note, its sources, and how fresh it is."""

    def sources(batch):
        parts = [model._meta.get_field(relation).related_model for relation in ("citations", *model.SOURCED_PARTS)]
        joined = zip(*(batch.joined(part, part.owner, "source") for part in parts), strict=True)
        texts = [",".join(filter(None, each)) for each in joined]
        ids = {*",".join(filter(None, texts)).split(",")} - {""}
        names = batch.names(Source, map(int, ids))
        slugs = {each: names[int(each)][0] for each in ids}
        return [sorted({slugs[each] for each in text.split(",")}) if text else [] for text in texts]

    sourced = Column("sources", _("sources"), _("The public ids of the sources it rests on."), Kind.LIST, sources)
    if not issubclass(model, Record):
        return (*columns_of(model, "note"), sourced)
    return (*columns_of(model, "note"), sourced, *columns_of(model, "confirmed_on", "created", "updated"))
