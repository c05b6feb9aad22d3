"""A form that was opened some versions ago, carried over to what stands now, and both compared."""

import re
from dataclasses import dataclass, field

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import QueryDict

from cooperation.admin.entered import entered
from cooperation.admin.sent_form import VERSION, bind, opened, rehearse_form, repeated
from cooperation.history import differences_since, steps_of_edits
from cooperation.history.wording import field_of, join
from cooperation.models import Edit


@dataclass(frozen=True)
class Line:
    """A field, or a whole row, in words: as the form was opened, as it stands now, as the form would have it.

    `edit` is who changed it since; None where nobody else did. `yours` is None where the author of the form left it
    alone: then it stays as it stands now.
    """

    label: str
    opened: str
    now: str
    edit: Edit | None
    yours: str | None
    is_conflict: bool = False


@dataclass
class Comparison:
    """`data` is the form carried over; nothing can be said of what changed since a version that nobody knows."""

    data: QueryDict
    lines: list
    has_conflicts: bool
    is_version_known: bool


def compare(model_admin, request, record, version):
    """The form that `request` posts, opened at `version` (a text), as a `Comparison` with what stands now."""
    is_known = version.isascii() and version.isdigit() and len(version) < 10
    rebased = rebase(model_admin, request, record, int(version)) if is_known else Rebased(request.POST.copy())
    carried = repeated(request, method="POST", POST=rebased.data)
    own = {difference.key: difference for difference in own_differences(model_admin, carried, record)}
    lines = []
    for theirs in rebased.theirs:
        mine = own.pop(theirs.key, None)
        lines.append(
            Line(
                theirs.label,
                theirs.old,
                theirs.new,
                rebased.made_by.get(theirs.key),
                mine and mine.new,
                theirs.key in rebased.conflicts,
            )
        )
    lines += [Line(mine.label, mine.old, mine.old, None, mine.new) for mine in own.values()]
    return Comparison(rebased.data, lines, bool(rebased.conflicts), is_known)


def own_differences(model_admin, request, record):
    """`[Difference, ...]` of what saving the form would change; where it has a mistake, of what was entered."""
    differences = rehearse_form(model_admin, request, stored(model_admin, request, record))
    if differences is None:
        return entered(*bind(model_admin, request, stored(model_admin, request, record)))
    return differences


def stored(model_admin, request, record):
    """The record as it is stored, to be bound to a form, which changes it."""
    return model_admin.get_object(request, str(record.pk))


@dataclass
class Rebased:
    """`data` has the entries of its author, and what stands now wherever the author left alone what others changed.

    `theirs` is what changed since, `made_by` tells by `Difference.key` in which edit. `conflicts` are the keys of what
    both changed, and differently.
    """

    data: QueryDict
    theirs: list = field(default_factory=list)
    made_by: dict = field(default_factory=dict)
    conflicts: set = field(default_factory=set)


def rebase(model_admin, request, record, version):
    """The form that `request` posts, opened when `record` had `version`, as `Rebased`."""
    theirs, edits = differences_since(record, version)
    edits = list(edits)
    steps = steps_of_edits(edits, record) if edits else []
    rebased = Rebased(request.POST.copy(), theirs, made_by(steps, edits))
    if not steps:
        return rebased
    now, formsets_now = bind(model_admin, opened(request), record)
    of_parts = {}
    for step in join(steps):
        if step.model is not type(record):
            of_parts.setdefault(step.model, {})[str(step.pk)] = step
        elif step.before and step.after:
            settle(rebased, now, step)
    for formset in formsets_now:
        if formset.model in of_parts:
            settle_rows(rebased, formset, of_parts[formset.model])
    rebased.data[VERSION] = str(record.version)
    return rebased


def made_by(steps, edits):
    """`{key of a difference: the newest Edit that made it}`."""
    by_id = {edit.pk: edit for edit in edits}
    found = {}
    for step in sorted(steps, key=lambda each: each.edit):
        names = [field_of(step.model, column).name for column in step.changed] or [""]
        found |= {(step.model, step.pk, name): by_id[step.edit] for name in names}
    return found


def settle(rebased, now, step, posted_prefix=None):
    """Put what stands now wherever the author of the form left alone what others changed; note what both changed.

    `now` is the form of the row as it stands; the posted one may have another prefix.
    """
    prefix = now.prefix if posted_prefix is None else posted_prefix
    for column in step.changed:
        name = field_of(step.model, column).name
        if name not in now.fields:
            continue
        html_name = f"{prefix}-{name}" if prefix else name
        entry = now.fields[name].widget.value_from_datadict(rebased.data, {}, html_name)
        if not now.fields[name].has_changed(step.before[column], entry):
            rebased.data.setlist(html_name, as_posted(now[name]))
        elif now.fields[name].has_changed(step.after[column], entry):
            rebased.conflicts.add((step.model, step.pk, name))


def as_posted(bound_field):
    """The values that a browser would send for a field that is shown unchanged."""
    widget = getattr(bound_field.field.widget, "widget", bound_field.field.widget)  # without “add another”
    value = bound_field.value()
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    shown = widget.format_value(value)
    if shown is None:
        return []
    return [str(each) for each in shown] if isinstance(shown, list | tuple) else [str(shown)]


def settle_rows(rebased, formset, steps):
    """The same for the rows of one kind. `formset` shows them as they stand, `steps` are `{id: Step}`.

    A row that others deleted goes from the form, too; if its author had changed it, it stays as a new one.
    """
    rows = read_rows(rebased.data, formset.prefix)
    now = {str(form.instance.pk): form for form in formset.initial_forms}
    kept = []
    for row in rows:
        step = steps.get(row.pk)
        if step is None or step.before is None:
            kept.append(row)
        elif step.after is not None and row.pk in now:
            if row.is_deleted:
                rebased.conflicts |= {(step.model, step.pk, field_of(step.model, each).name) for each in step.changed}
            else:
                settle(rebased, now[row.pk], step, f"{formset.prefix}-{row.number}")
                row.read(rebased.data, formset.prefix)
            kept.append(row)
        elif not row.is_deleted and is_touched(rebased.data, formset, row, step):
            rebased.conflicts.add((step.model, step.pk, ""))
            row.pk, row.values["id"] = "", [""]
            kept.append(row)
    if rows:
        write_rows(rebased.data, formset.prefix, kept)


def is_touched(data, formset, row, step):
    """Whether the author of the form changed a row that stood as in `step.before`."""
    for column, before in step.before.items():
        name = field_of(step.model, column).name
        shown = formset.empty_form.fields.get(name)
        if shown is None or name == formset.fk.name:
            continue
        entry = shown.widget.value_from_datadict(data, {}, f"{formset.prefix}-{row.number}-{name}")
        if shown.has_changed(before, entry):
            return True
    return False


@dataclass
class Row:
    """A posted row. `pk` is "" for a new one."""

    number: int
    values: dict
    pk: str = ""

    @property
    def is_deleted(self):
        return DELETION_FIELD_NAME in self.values

    def read(self, data, prefix):
        start = f"{prefix}-{self.number}-"
        self.values = {name.removeprefix(start): data.getlist(name) for name in data if name.startswith(start)}


def read_rows(data, prefix):
    """The posted rows of one kind in their order."""
    form = re.compile(rf"{re.escape(prefix)}-(\d{{1,6}})-(.+)", re.ASCII)
    found = {}
    for name, values in data.lists():
        if match := form.fullmatch(name):
            number = int(match[1])
            found.setdefault(number, Row(number, {})).values[match[2]] = values
    for row in found.values():
        row.pk = (row.values.get("id") or [""])[0]
    return [found[number] for number in sorted(found)]


def write_rows(data, prefix, rows):
    """Number the rows anew: stored ones first, as formsets expect them."""
    for name in [name for name in data if re.fullmatch(rf"{re.escape(prefix)}-\d+-.+", name)]:
        del data[name]
    rows = sorted(rows, key=lambda row: row.pk == "")
    for number, row in enumerate(rows):
        for name, values in row.values.items():
            data.setlist(f"{prefix}-{number}-{name}", values)
    data[f"{prefix}-{INITIAL_FORM_COUNT}"] = str(sum(row.pk != "" for row in rows))
    data[f"{prefix}-{TOTAL_FORM_COUNT}"] = str(len(rows))
