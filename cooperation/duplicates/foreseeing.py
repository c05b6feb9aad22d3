"""What a merge would do, for the page on which a curator decides it."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cooperation.duplicates.absorbing import EMPTY, in_words
from cooperation.duplicates.merging import former_names, groups_of, refusals, values_after
from cooperation.duplicates.relations import plan_moves, relations_to


@dataclass(frozen=True)
class FieldAfter:
    """One field, or several that a constraint ties, of both records in words.

    `is_open`: a curator chooses. `is_taken`: the value is that of the dropped one. `outcome`: what becomes of it.
    """

    name: str
    label: str
    ours: str
    theirs: str
    is_open: bool
    is_taken: bool
    outcome: str


@dataclass(frozen=True)
class RowAfter:
    """A part or another record that names the dropped one: `what` it is, and what becomes of it in words.

    `model`: the type of the record that it is, or is a part of.
    """

    what: str
    outcome: str
    model: type[Model]


@dataclass(frozen=True)
class Foreseen:
    """`rows` is `{kind of rows: [RowAfter, ...]}`."""

    problems: list[str]
    fields: list[FieldAfter]
    rows: dict[str, list[RowAfter]]


def foresee(keep, drop, from_drop=()):
    """What `merge` would do, as `Foreseen`. Nothing is written."""
    problems = refusals(keep, drop, from_drop)
    fields = [*fields_after(keep, drop, from_drop), *united(keep, drop)]
    return Foreseen(problems, [each for each in fields if each.ours or each.theirs], dict(rows_after(keep, drop)))


def fields_after(keep, drop, from_drop):
    filled = values_after(keep, drop, ())
    for group in groups_of(type(keep)):
        ours, theirs = (", ".join(filter(None, (in_words(each, record) for each in group))) for record in (keep, drop))
        is_same = all(getattr(keep, each.attname) == getattr(drop, each.attname) for each in group)
        is_open = not is_same and bool(ours) and bool(theirs)
        is_taken = any(each.name in from_drop for each in group) or (not ours and group[0].attname in filled)
        if is_same:
            outcome = _("the same")
        elif is_open:
            added = [each for each in group if each.attname in filled and getattr(keep, each.attname) in EMPTY]
            outcome = _("completed: %(values)s") % {"values": ", ".join(in_words(each, drop) for each in added)}
            outcome = outcome if added else ""
        else:
            outcome = _("taken over") if is_taken else _("stays")
        label = ", ".join(str(each.verbose_name) for each in group)
        yield FieldAfter(group[0].name, capfirst(label), ours, theirs, is_open, is_taken, outcome)


def united(keep, drop):
    """What is not chosen between, but holds what both say."""
    if hasattr(keep, "former_names"):
        after = ", ".join(former_names(keep, drop, keep.name).splitlines())
        ours, theirs = (", ".join(record.former_names.splitlines()) for record in (keep, drop))
        label = capfirst(keep._meta.get_field("former_names").verbose_name)
        if after:
            outcome = _("together: %(names)s") % {"names": after}
            yield FieldAfter("former_names", label, ours or "–", theirs, False, False, outcome)
    for field in keep._meta.many_to_many:
        ours, theirs = (", ".join(str(each) for each in getattr(record, field.name).all()) for record in (keep, drop))
        yield FieldAfter(field.name, capfirst(field.verbose_name), ours, theirs, False, False, _("both together"))


def rows_after(keep, drop):
    rows = defaultdict(list)
    for move in plan_moves(keep, drop):
        owner = getattr(move.row, "owner", None)
        what = str(move.row)
        model = move.row._meta.get_field(owner).related_model if owner else type(move.row)
        if owner and owner != move.field.name:
            what = f"{getattr(move.row, owner)}: {what}"
        if move.twin is None:
            outcome = _("moves") if owner == move.field.name else _("names the kept record from now on")
        else:
            outcome = _("is there already: what it says besides is kept as a note or citation")
        rows[str(move.row._meta.verbose_name_plural)].append(RowAfter(what, outcome, model))
    model = type(drop)
    for field in [field for field in relations_to(model) if field.model is model]:
        for child in model._base_manager.filter(**{field.name: drop}).exclude(pk=keep.pk):
            outcome = _("comes below the kept record")
            rows[str(model._meta.verbose_name_plural)].append(RowAfter(str(child), outcome, model))
    return rows
