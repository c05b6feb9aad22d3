"""What one row of a table would make of the record, or of the part of one, that it means."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cooperation.history import Step
from cooperation.imports.cells import LinksWidget, PartsColumn, says_nothing, text_of
from cooperation.imports.resources import MAY_WAIT
from cooperation.models import Membership, Record


@dataclass
class Writing:
    """A record or a part as it is to be, not yet saved.

    `old` are the values, by the names of their columns, that change in a row that the registry has; `many` the keys
    that many-to-many fields are to have, where they change, and `had` those that they have. `version` is that of the
    record at the time of the plan.
    """

    row: models.Model
    is_new: bool
    old: dict = field(default_factory=dict)
    many: dict = field(default_factory=dict)
    had: dict = field(default_factory=dict)
    parts: list = field(default_factory=list)
    owner: object = None  # the `Writing` of the record that a part belongs to

    @property
    def does_something(self):
        return bool(self.is_new or self.old or self.many or self.parts)

    def steps(self):
        """The same as `Step`s of the history, which can say it in words; first that of the row itself."""
        model, pk = type(self.row), self.row.pk or 0
        if self.is_new and self.owner is None:
            names = [each.attname for each in model._meta.concrete_fields if each.editable and each.name not in UNTOLD]
            new = {name: value for name in names if (value := getattr(self.row, name)) not in ("", None)}
            nothing = dict.fromkeys(new, "") | dict.fromkeys(self.many, frozenset())
            found = [Step(model, pk, 0, nothing, new | self.many)]
        elif self.is_new:
            names = [name for name in PARTS_TOLD if hasattr(self.row, name) and name != f"{self.row.owner}_id"]
            found = [Step(model, pk, 0, None, {name: getattr(self.row, name) for name in names} | self.many)]
        else:
            new = {name: getattr(self.row, name) for name in self.old}
            before = self.old if self.owner is None else told(self.row, self.old)
            after = new if self.owner is None else told(self.row, new)
            found = [Step(model, pk, 0, before | self.had, after | self.many)]
        return found + [step for part in self.parts for step in part.steps()]


# Of a new record, what its row says.
UNTOLD = ("id", "publication_status", "version")
# Of a part, what tells it from others, in the order in which it is told.
PARTS_TOLD = (
    "role",
    "fact",
    "kind",
    "country_id",
    "agency_id",
    "organisation",
    "edition",
    "date",
    "title",
    "url",
    "joined",
    "left",
    "designation",
    "start",
    "end",
    "city",
    "outcome",
    "value",
    "source_id",
    "note",
)


def told(row, values):
    """What tells a part from others, with these values in it."""
    names = [name for name in PARTS_TOLD if hasattr(row, name) and name != f"{row.owner}_id"]
    return {name: values.get(name, getattr(row, name)) for name in [*names, *values]}


def read_record(table, cells, record, held_many, held_parts, reading):
    """The `Writing` that the cells of a row make of `record`, which is new or held by the registry.

    `held_many(name)` gives the keys that it has, `held_parts(model)` its parts.
    """
    is_new = record.pk is None
    writing = Writing(record, is_new)
    read_fields(table, cells, writing, held_many, reading)
    for name, column in table.fields.items():
        if isinstance(column, PartsColumn) and name in cells and not says_nothing(cells[name], reading):
            for part in column.read_parts(text_of(cells[name]), name, reading, record):
                held = [*held_parts(type(part)), *(each.row for each in writing.parts)]
                if not any(says_the_same(part, other) for other in held) and is_sound(part, name, reading):
                    writing.parts.append(Writing(part, is_new=True, owner=writing))
    return writing


def is_sound(part, column, reading):
    """Whether a form would take the part; only an address comes from the file as it stands there."""
    if not hasattr(part, "url"):
        return True
    for _name, sentence in faults(part, None, ()):
        reading.remarks.append((column, _("“%(part)s” is left out: %(why)s") % {"part": part, "why": sentence}))
        return False
    return True


def says_the_same(part, other):
    """Whether a part that a list in one cell tells of is there already, perhaps with more said about it."""
    if type(part) is not type(other):
        return False
    if isinstance(part, Membership):
        return part.country_id == other.country_id and not other.left
    told = [name for name in ("url", "role", "country_id", "agency_id", "organisation") if getattr(part, name, None)]
    return all(same(getattr(part, name), getattr(other, name)) for name in told)


def same(one, other):
    return one.casefold() == other.casefold() if isinstance(one, str) and isinstance(other, str) else one == other


def read_part(table, cells, part, held_many, reading, owner):
    """The `Writing` that the cells of a row make of `part`, whose record is that of the `Writing` `owner`."""
    writing = Writing(part, part.pk is None, owner=owner)
    read_fields(table, cells, writing, held_many, reading)
    return writing


def read_fields(table, cells, writing, held_many, reading):
    """Read the cells into the row of `writing`, note what changes, and what no form would take."""
    row = writing.row
    columns = {name: table.fields[name] for name in cells if name in table.fields and table.fields[name].attribute}
    read = {column.attribute for column in columns.values() if not isinstance(column.widget, LinksWidget)}
    read |= set(table.AMOUNT)
    before = {name: getattr(row, name) for name in read}
    many = table.read(row, {name: cells[name] for name in [*columns, *EXTRA_CELLS] if name in cells}, reading)
    if not writing.is_new:
        writing.old = {name: value for name, value in before.items() if value != getattr(row, name)}
    for name, keys in many.items():
        had = frozenset() if writing.is_new else frozenset(held_many(name))
        # A list of others may leave out what a curator knows.
        keys = keys if reading.is_own else keys | had
        if keys != had:
            writing.many[name], writing.had[name] = keys, had
    if writing.is_new or writing.old:
        failed = {name for name, _sentence in reading.errors}
        reading.errors += faults(row, None if writing.is_new else set(writing.old), failed)
        if not failed:
            reading.errors += table.what_is_wrong(row)
    waiting = [name for name in MAY_WAIT if writing.is_new and isinstance(row, Record) and not getattr(row, name, "-")]
    for name in waiting:
        label = capfirst(row._meta.get_field(name).verbose_name)
        sentence = _("%(field)s: not stated. Choose it before the record is published.")
        reading.remarks.append((name, sentence % {"field": label}))


# Columns that others look at though they are read by none themselves.
EXTRA_CELLS = ("parent",)


def faults(row, changed, failed):
    """`(field, sentence)` of what no form would take in the changed fields of a row, or with None in all of them.

    `failed` are those that could not be read. Nothing is asked of the database: links come from it.
    """
    excluded = {field.name for field in row._meta.fields if field.is_relation or field.name in failed}
    if changed is not None:
        excluded |= {field.name for field in row._meta.fields if field.attname not in changed}
    if isinstance(row, Record):  # a draft may wait for them
        excluded |= {name for name in MAY_WAIT if not getattr(row, name, "-")}
    try:
        row.clean_fields(exclude=excluded)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            yield name, messages[0]
