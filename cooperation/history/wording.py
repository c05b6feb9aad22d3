"""Changes in words, field by field."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cooperation.history.past import Step, edits_of, owner_of, steps_of_edits, steps_of_record
from cooperation.models import Citation, Edit, FormerSlug, format_partial_date
from cooperation.models.partial_date import PartialDateField
from cooperation.models.source import fact_label


@dataclass(frozen=True)
class Difference:
    """One field of a record that changed, or one row of it that was added or removed, in words.

    `label` says which: “End”, “Partner (Provider; Thailand): until”. `old` or `new` is "" where there was nothing.
    `name` is the name of the field; "" when the row as a whole was added or removed.
    """

    model: type
    pk: int
    name: str
    label: str
    old: str
    new: str

    @property
    def key(self):
        return (self.model, self.pk, self.name)


def differences(edits, record=None):
    """`[Difference, ...]` between before and after these edits; with `record`, of it and what belongs to it."""
    return in_words(join(steps_of_edits(edits, record)))


def differences_since(record, version):
    """What others changed in `record` after it had `version`, and `[Edit, ...]` by which, newest first."""
    copies = type(record).history.model.objects.filter(id=record.pk).order_by("history_id")
    first_version = {}
    for edit, its_version in copies.values_list("edit", "version"):
        first_version.setdefault(edit, its_version)
    seen = max((edit for edit, its_version in first_version.items() if its_version <= version), default=0)
    # Numbers of edits are in the order in which they began. An edit that waited for another is told by its version; one
    # that changed nothing but parts has none.
    edits = [
        edit
        for edit in edits_of(record)
        if edit.kind != Edit.Kind.LOADED  # first copies of what was there before
        and (first_version[edit.pk] > version if edit.pk in first_version else edit.pk > seen)
    ]
    return differences(edits, record), edits


def story(record, edits=None):
    """`[(Edit, [Difference, ...]), ...]` of a record, newest first; with `edits`, of these only, in their order."""
    edits = list(edits_of(record)) if edits is None else edits
    steps = {edit.pk: [] for edit in edits}
    for step in steps_of_record(record):
        if step.edit in steps:
            steps[step.edit].append(step)
    words = Words([step for each in steps.values() for step in each])
    return [(edit, in_words(steps[edit.pk], words)) for edit in edits]


def join(steps):
    """The same as one step for each row: from before the first to after the last. Steps come oldest first."""
    joined = {}
    for step in steps:
        first = joined.get((step.model, step.pk), step)
        joined[step.model, step.pk] = Step(step.model, step.pk, step.edit, first.before, step.after, first.is_known)
    return [step for step in joined.values() if step.before != step.after]


def in_words(steps, words=None):
    words = words or Words(steps)
    return [difference for step in without_renaming(steps) for difference in words.of_step(step)]


def without_renaming(steps):
    """The steps without the former addresses that come of another public id, which says it all."""
    renamed = {step.model._meta.model_name for step in steps if "slug" in step.changed}
    return [
        step
        for step in steps
        if step.model is not FormerSlug or (step.after or step.before)["record_type"] not in renamed
    ]


class Words:
    """What the values in some steps are called. Names are read once for all."""

    def __init__(self, steps):
        wanted = defaultdict(set)
        for step in steps:
            for state in (step.before, step.after):
                for name, value in (state or {}).items():
                    related = field_of(step.model, name).related_model
                    if related and value:
                        wanted[related] |= value if isinstance(value, frozenset) else {value}
        self.names = {model: self.names_of(model, ids) for model, ids in wanted.items()}

    def names_of(self, model, ids):
        return names_of(model, ids)

    def of_step(self, step):
        kind = kind_of(step.model)
        if not step.is_known and step.before is None and step.after is not None:
            return []
        if step.before is None or step.after is None:
            old, new = (self.row(step.model, state) if state else "" for state in (step.before, step.after))
            return [Difference(step.model, step.pk, "", kind, old, new)] if old or new else []
        found = []
        for name in step.changed:
            field = field_of(step.model, name)
            label = self.label(step, field)
            old, new = (self.value(field, state[name]) for state in (step.before, step.after))
            found.append(Difference(step.model, step.pk, field.name, label, old, new))
        return found

    def label(self, step, field):
        if owner_of(step.model) is None:
            return capfirst(field.verbose_name)
        return f"{kind_of(step.model)} ({self.row(step.model, step.before, most=3)}): {field.verbose_name}"

    def row(self, model, state, most=None, separator="; "):
        """A row as one text: its name, or, where it is a part of a record, what is stated in it."""
        if model is FormerSlug:
            return f"{state['slug']} → {state['current']}"
        owner = owner_of(model)
        if owner is None:
            return called(state)
        told = []
        # What the row is comes before where it is from.
        for name, value in sorted(state.items(), key=lambda each: each[0] in ("source_id", "note")):
            field = field_of(model, name)
            if field.name == owner.name:
                continue
            if isinstance(field, models.BooleanField):
                told.append(str(field.verbose_name) if value else "")
            elif isinstance(field, models.IntegerField) and value is not None:
                told.append(f"{field.verbose_name} {value}")
            elif issubclass(model, Citation) and name == "fact":
                told.append(fact_in_words(owner.related_model, value))
            else:
                told.append(self.value(field, value))
        return separator.join([text for text in told if text][:most])

    def value(self, field, value):
        if value in ("", None, frozenset()):
            return ""
        if isinstance(value, frozenset):
            return ", ".join(sorted(filter(None, (self.name(field.related_model, each) for each in value))))
        if field.is_relation:
            return self.name(field.related_model, value)
        return value_in_words(field, value)

    def name(self, model, pk):
        return self.names[model].get(pk) or _("a deleted record (%(number)s)") % {"number": pk}


def value_in_words(field, value):
    """What a field that names no other row holds, as a reader would write it."""
    if value in ("", None):
        return ""
    if issubclass(field.model, Citation) and field.name == "fact":
        return fact_in_words(owner_of(field.model).related_model, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, PartialDateField):
        return format_partial_date(value)
    if isinstance(field, models.DateTimeField):
        return date_format(value, "j F Y H:i")
    if isinstance(field, models.DateField):
        return date_format(value, "j F Y")
    if isinstance(field, models.DecimalField):
        return number_format(value, decimal_pos=2, use_l10n=True, force_grouping=True)
    return str(value)


def kind_of(model):
    """“Partner”, “Member”: what a row of `model` is."""
    return capfirst(model._meta.verbose_name)


def called(state):
    """The name in the values of a record."""
    return str(state.get("title") or state.get("name") or "")


def fact_in_words(model, fact):
    return str(capfirst(fact_label(model, fact))) if fact in model.FACTS else fact


def field_of(model, name):
    """The field that a value of a step belongs to, by the name of its column or by its own."""
    return fields_by_column(model)[name]


@cache
def fields_by_column(model):
    return {getattr(field, "attname", field.name): field for field in (*model._meta.fields, *model._meta.many_to_many)}


def names_of(model, ids):
    """`{id: name}` of rows; of those that are gone, as they were last called."""
    names = {pk: str(row) for pk, row in model._base_manager.in_bulk(list(ids)).items()}
    for copy in model.history.model.objects.filter(id__in=ids - names.keys()).order_by("history_id"):
        names[copy.id] = called(vars(copy))
    return names


def name_of(record):
    """What a record is called, or was last called when it is gone."""
    return names_of(type(record), {record.pk}).get(record.pk, "")
