"""What would become of one row of a table, as the curators are shown it."""

from dataclasses import dataclass, field

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cooperation.imports.plan_rows import Writing

NEW, CHANGED, UNCHANGED, ERROR, SKIPPED = "new", "changed", "unchanged", "error", "skipped"
SKIP, CREATE, UPDATE = "skip", "create", "update:"


@dataclass
class PlannedRow:
    """What would become of one row.

    `reasons` are `(header, sentence)`: why it is an error, or what was left out of it. `changes` are `(label, old,
    new)` in words, `duplicates` the `Nearest` records of one that is new, `choice` what somebody has chosen for it.
    `writing` is what is to be written.
    """

    sheet: str
    line: int
    title: str = ""
    outcome: str = ""
    reasons: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    duplicates: list = field(default_factory=list)
    choice: str = ""
    writing: Writing | None = None

    def refuse(self, header, sentence):
        self.outcome = ERROR
        self.reasons.append((header, sentence))


def settle(planned, mapped, writing, reading, is_closed):
    """Give a row its outcome, once it was read."""
    for column, sentence in reading.errors:
        header = mapped.header(column)
        if not header and column in mapped.table.fields:
            sentence = f"{capfirst(mapped.table.fields[column].label)}: {sentence}"
        planned.refuse(header, sentence)
    planned.reasons += [(mapped.header(column), sentence) for column, sentence in reading.remarks]
    if planned.outcome:
        return
    if not writing.does_something:
        planned.outcome = UNCHANGED
    elif is_closed:
        planned.refuse("", _("Its record is published: only who may publish may change it by an import."))
    else:
        planned.outcome = NEW if writing.is_new else CHANGED
        planned.writing = writing
