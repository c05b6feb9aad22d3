"""What an activity in a file would change in the record that the registry holds of it, in words and as a `Writing`.

An activity of our own says everything that the public may see of a record, and so replaces it. What other publishers
say is taken over where they say something, and removes nothing: a curator may know more.
"""

from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperation.imports.compare_parts import (
    Parts,
    compare_documents,
    compare_foreign_partners,
    compare_own_partners,
    document_in_words,
    partner_in_words,
)
from cooperation.imports.iati_content import out_of_order
from cooperation.models import Document, Participation, Project, format_partial_date

VOCABULARIES = ("themes", "goals", "instruments")
BUDGET = ("budget_amount", "budget_currency")
DATES = ("start", "end")


@dataclass(frozen=True)
class Change:
    """A change in words. `old` or `new` is "" where there is nothing."""

    label: str
    old: str
    new: str


@dataclass
class Writing:
    """What is to be written. Empty where nothing changes.

    Fields are as in `ReadActivity.fields`, vocabularies `{vocabulary: codes chosen of it}`.
    """

    fields: dict = field(default_factory=dict)
    vocabularies: dict = field(default_factory=dict)
    partners: Parts = field(default_factory=Parts)
    documents: Parts = field(default_factory=Parts)

    def __bool__(self):
        return bool(self.fields or self.vocabularies or self.partners or self.documents)


def compare(activity, held, known):
    """The `Writing` that makes `held` what the activity says. The activity is remarked on where it does not prevail."""
    return Writing(
        fields=compare_fields(activity, held, known),
        vocabularies=compare_vocabularies(activity, held),
        partners=(compare_own_partners if activity.is_own else compare_foreign_partners)(activity, held, known),
        documents=compare_documents(activity, held),
    )


def compare_fields(activity, held, known):
    """`{name: new value}` of the fields that change."""
    new = {}
    for name, value in activity.fields.items():
        old = held.value(name)
        if value == old or (activity.is_own and is_hidden(name, old, known)):
            continue
        if name == "modality" and not value:  # without which no record can be published
            continue
        if old and name in activity.foreign_language:
            what = _("The registry keeps its own words, since those of the file are not in English")
            activity.remark(activity.line, what, label_of(name))
        else:
            new[name] = value
    start, end = (new.get(name, held.value(name)) for name in DATES)
    if not activity.is_own and out_of_order(start, end):
        dates = [new.pop(name) for name in DATES if name in new]
        activity.remark(activity.line, _("A date does not go with that in the registry and was left out"), dates)
    return new


def is_hidden(name, slug, known):
    """Whether the registry has a forum or fund there of which the public, and so the file, does not know."""
    rows = {"forum": known.forums, "fund": known.funds}.get(name)
    return bool(rows and slug) and not rows[slug].is_public


def compare_vocabularies(activity, held):
    """`{name: codes}` of the vocabularies from which something else is chosen."""
    # A sector may stand for several themes, of which curators keep the one that fits.
    themes = {theme for meant in activity.themes if activity.is_own or not meant & held.themes for theme in meant}
    new = {"themes": themes, "goals": activity.goals, "instruments": activity.instruments}
    if not activity.is_own:
        new = {name: codes | getattr(held, name) for name, codes in new.items()}
    return {name: codes for name, codes in new.items() if codes != getattr(held, name)}


def changes_in_words(writing, held, known):
    """`[Change, ...]` of a record that the registry has."""
    changes = []
    for name, value in writing.fields.items():
        if name not in BUDGET:
            changes.append(
                Change(
                    label_of(name), value_in_words(name, held.value(name), known), value_in_words(name, value, known)
                )
            )
    if writing.fields.keys() & set(BUDGET):
        old = [held.value(name) for name in BUDGET]
        new = [writing.fields.get(name, before) for name, before in zip(BUDGET, old, strict=True)]
        changes.append(Change(label_of("budget_amount"), amount_in_words(*old), amount_in_words(*new)))
    for name, codes in writing.vocabularies.items():
        rows = getattr(known, name)
        old, new = (", ".join(sorted(rows[code].name for code in chosen)) for chosen in (getattr(held, name), codes))
        changes.append(Change(label_of(name), old, new))
    for parts, model, rows, in_words in (
        (writing.partners, Participation, held.partners, lambda row: partner_in_words(row, known)),
        (writing.documents, Document, held.documents, document_in_words),
    ):
        label = str(model._meta.verbose_name)
        changes += [Change(label, in_words(rows[pk]), in_words(row)) for pk, row in parts.changed.items()]
        changes += [Change(label, "", in_words(row)) for row in parts.added]
        changes += [Change(label, in_words(rows[pk]), "") for pk in parts.removed]
    return changes


def label_of(name):
    return str(Project._meta.get_field(name).verbose_name)


def value_in_words(name, value, known):
    if value in ("", None):
        return ""
    if name in ("forum", "fund"):
        return {"forum": known.forums, "fund": known.funds}[name][value].name
    if name in DATES:
        return format_partial_date(value)
    if name == "confirmed_on":
        return date_format(value, "j F Y")
    return str(dict(Project._meta.get_field(name).flatchoices).get(value, value))


def amount_in_words(amount, currency):
    return "" if amount is None else f"{currency} {amount:,.2f}"
