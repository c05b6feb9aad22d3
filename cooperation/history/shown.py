"""What the public may read of the history of a record, and of records that were withdrawn."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from cooperation.history.past import edits_of, owner_of, steps_of_record
from cooperation.history.wording import Words, field_of, join, kind_of, names_of, without_renaming
from cooperation.models import Citation, Edit, FormerSlug, PublicationStatus, Record, Source

# What a reader has no use for.
NOT_SHOWN = {"publication_status", "position"}
# Characters of a value, and lines of a change.
LONGEST, MOST_LINES = 80, 6


@dataclass(frozen=True)
class PublicChange:
    """What changed in a record at once, in sentences; `more` counts those that are left out."""

    made: datetime
    lines: list[str]
    more: int


@dataclass(frozen=True)
class Withdrawal:
    """When and why a record was withdrawn, in the words of who did it; "" where they are not known."""

    made: datetime
    reason: str


def what_changed(record, most=10):
    """`[PublicChange, ...]` of a public record since it was first published, newest first.

    Nothing of it names a person or a record that is not public, and nothing tells what was written while the record was
    not public, but for what it comes to when it is published again.
    """
    edits = {edit.pk: edit for edit in edits_of(record)}
    if all(edit.kind == Edit.Kind.LOADED for edit in edits.values()):
        return []
    groups = list(reversed(public_groups(record, edits)))
    words = PublicWords([step for _edit, steps, _was_away in groups for step in steps], record)
    found = []
    for edit, steps, was_away in groups:
        lines = [_("Published again")] if was_away else []
        lines += [line for step in without_renaming(join(steps)) for line in words.lines(step)]
        if lines:
            found.append(PublicChange(edits[edit].made, lines[:MOST_LINES], len(lines[MOST_LINES:])))
        if len(found) == most:
            break
    return found


def public_groups(record, edits):
    """`[(edit, [Step, ...], whether it was not public before), ...]` of what the public got to see, oldest first.

    What was changed while a record was not public comes with the edit that published it.
    """
    steps = in_order(record, steps_of_record(record), edits)
    has_status = hasattr(record, "publication_status")
    is_public, first, waiting, groups = not has_status, None, [], []
    for edit, of_edit in steps:
        was_public = is_public
        for step in of_edit:
            if has_status and step.model is type(record) and step.after is not None:
                is_public = step.after["publication_status"] == PublicationStatus.PUBLISHED
        waiting += of_edit
        if not is_public:
            continue
        if first is not None and not is_of_beginning(edits[edit], first):
            groups.append((edit, waiting, not was_public))
        first, waiting = first or edits[edit], []
    return groups


def is_of_beginning(edit, first):
    """Whether an edit belongs to how a record came in: a program that brings it in may save its rows one by one."""
    by_program = edit.kind == first.kind == Edit.Kind.PROGRAM
    return edit.kind == Edit.Kind.LOADED or (by_program and edit.made.date() == first.made.date())


def in_order(record, steps, edits):
    """`[(edit, [Step, ...]), ...]` as they came about.

    Numbers of edits tell when each began; where one waited for another, the copies of the record tell which was first.
    """
    of_edits, own = {}, []
    for step in steps:
        if step.edit in edits:
            of_edits.setdefault(step.edit, []).append(step)
            if step.model is type(record) and step.edit not in own:
                own.append(step.edit)
    place = {edit: number for number, edit in enumerate(own)}

    def key(edit):
        if edit in place:
            return (place[edit], 0, edit)
        return (max((place[each] for each in own if each < edit), default=-1), 1, edit)

    return [(edit, of_edits[edit]) for edit in sorted(of_edits, key=key)]


class PublicWords(Words):
    """The words of `Words` without what is not public."""

    def __init__(self, steps, record):
        super().__init__(steps)
        self.record = record

    def names_of(self, model, ids):
        if not issubclass(model, (Record, Source)):
            return names_of(model, ids)
        return {row.pk: str(row) for row in model.objects.published().filter(pk__in=ids)}

    def name(self, model, pk):
        return self.names[model].get(pk, "")

    def lines(self, step):
        """Sentences about a step."""
        if not step.is_known or step.model is FormerSlug or self.is_hidden(step):
            return
        owner = owner_of(step.model)
        if owner is None:
            for name in step.changed:
                yield from self.field(step, field_of(step.model, name), capfirst)
            return
        was_here, is_here = (state is not None and state[owner.attname] == self.record.pk for state in states(step))
        if was_here and is_here:
            for name in step.changed:
                yield from self.field(step, field_of(step.model, name), lambda text: f"{self.whose(step)}: {text}")
        elif is_here:
            yield _("%(kind)s added: %(row)s") % {"kind": kind_of(step.model), "row": self.part(step, step.after)}
        elif was_here:
            yield _("%(kind)s removed: %(row)s") % {"kind": kind_of(step.model), "row": self.part(step, step.before)}

    def is_hidden(self, step):
        """Whether a part names a record that is not public: then nothing is said of it."""
        owner = owner_of(step.model)
        if owner is None:
            return False
        for state in filter(None, states(step)):
            for name, value in state.items():
                field = field_of(step.model, name)
                is_link = field.many_to_one and field is not owner and issubclass(field.related_model, Record)
                if is_link and value and not self.name(field.related_model, value):
                    return True
        return False

    def whose(self, step):
        return f"{kind_of(step.model)} ({self.part(step, step.before)})"

    def part(self, step, state):
        left_out = NOT_SHOWN | {"note"} | self.disputed(step.model)
        told = {name: value for name, value in state.items() if name not in left_out}
        return shortened(self.row(step.model, told, separator=", "))

    def disputed(self, model):
        """What a source says may name a record that is not public: of a citation, only fact and source are told."""
        return {"value"} if issubclass(model, Citation) else set()

    def field(self, step, field, labelled):
        """Sentences about a field that changed."""
        name = getattr(field, "attname", field.name)
        before, after = step.before[name], step.after[name]
        if name in NOT_SHOWN:
            return
        if name == "confirmed_on":
            if after:
                yield _("Confirmed against its sources")
            return
        label = labelled(str(field.verbose_name))
        if isinstance(after, frozenset):
            for sentence, ids in (
                (_("%(label)s, added: %(values)s"), after - before),
                (_("%(label)s, removed: %(values)s"), before - after),
            ):
                values = self.value(field, ids)
                if values:
                    yield sentence % {"label": label, "values": shortened(values)}
            return
        old, new = self.value(field, before), self.value(field, after)
        if old == new:
            return
        is_long = isinstance(field, models.TextField) or max(len(old), len(new)) > LONGEST
        if is_long or name in self.disputed(step.model):
            if not old:
                yield _("%(label)s: added") % {"label": label}
            elif not new:
                yield _("%(label)s: removed") % {"label": label}
            else:
                yield _("%(label)s: reworded") % {"label": label}
            return
        unknown = _("not stated")
        yield f"{label}: {old or unknown} → {new or unknown}"


def states(step):
    return step.before, step.after


def shortened(text):
    return Truncator(text).chars(LONGEST)


def withdrawal(model, public_id):
    """The `Withdrawal` of the record of `model` that is, or once was, at this address; None if it is not withdrawn."""
    if not issubclass(model, Record):
        return None
    withdrawn = model.objects.filter(publication_status=PublicationStatus.WITHDRAWN)
    record = withdrawn.filter(slug=public_id).first()
    if record is None:
        former = FormerSlug.objects.filter(record_type=model._meta.model_name, slug=public_id).first()
        record = former and withdrawn.filter(slug=former.current).first()
    if record is None:
        return None
    status = None
    edit = None
    copies = model.history.model.objects.filter(id=record.pk).order_by("history_id")
    for copied, number in copies.values_list("publication_status", "edit"):
        if copied != status and copied == PublicationStatus.WITHDRAWN:
            edit = number
        status = copied
    edit = edit and Edit.objects.get(pk=edit)
    if edit is None:
        return Withdrawal(record.updated, "")
    return Withdrawal(edit.made, edit.reason if edit.kind == Edit.Kind.STEP else "")
