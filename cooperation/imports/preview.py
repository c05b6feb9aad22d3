"""What an import would do, as curators see it before anything is written: the same for tables and for IATI."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperation import changes
from cooperation.duplicates import NEAR, Likeness, nearest_of_all
from cooperation.imports.carry_out_iati import carry_out
from cooperation.imports.carry_out_tables import carry_out_tables
from cooperation.imports.iati_file import MOST_BYTES as MOST_BYTES_OF_IATI
from cooperation.imports.iati_file import examine
from cooperation.imports.known import read_known
from cooperation.imports.plan_iati import Outcome, plan
from cooperation.imports.plan_tables import plan_tables
from cooperation.imports.planned_row import CREATE, SKIP, UPDATE
from cooperation.imports.raw_file import UnreadableFileError
from cooperation.imports.read_iati import read_activities
from cooperation.imports.table_file import MOST_BYTES as MOST_BYTES_OF_TABLES
from cooperation.imports.table_file import read_sheets
from cooperation.models import Agency, Forum, Project, Source

IATI = "iati"
# What a file may hold, by the record type of its batch.
MODELS = {"project": Project, "agency": Agency, "forum": Forum, "source": Source, IATI: Project}
OUTCOMES = {
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "error": gettext_lazy("error"),
    "skipped": gettext_lazy("skipped"),
}
OUTCOMES_OF_IATI = {
    Outcome.NEW: "new",
    Outcome.CHANGED: "changed",
    Outcome.UNCHANGED: "unchanged",
    # Activities that cannot be taken, each with its reason.
    Outcome.SKIPPED: "error",
}
# Seconds for which a preview is kept: a large file takes some seconds to plan, and has many pages to be looked at.
KEPT = 900


@dataclass
class PreviewRow:
    """One row or activity of the file. `outcome` is one of `OUTCOMES`.

    `reasons` are `(header, sentence)`, `changes` `(label, old, new)`, `duplicates` the `Nearest` records, the most
    alike first. `cells` are `(header, cell)` as they stand in the file, of rows that cannot be taken. `record` is the
    public id of the record that is made or changed, of which several rows may tell; `choices` what may be chosen for
    the row beside nothing.
    """

    sheet: str
    line: int
    title: str
    outcome: str
    reasons: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    remarks: list = field(default_factory=list)
    duplicates: list = field(default_factory=list)
    choice: str = ""
    cells: list = field(default_factory=list)
    record: str = ""
    choices: tuple = ()

    @property
    def key(self):
        """Under which a choice for this row is kept."""
        return f"{self.sheet}:{self.line}"

    @property
    def outcome_in_words(self):
        return OUTCOMES[self.outcome]

    @property
    def asks_for_a_choice(self):
        return bool(self.duplicates or self.choice)


@dataclass
class Preview:
    """All rows, in the order of the file. `headers` are `HeaderUse`, `problems` and `remarks` sentences on the file.

    `planned` is what `carry_out_preview` takes. New records are drafts, unless their `model` knows none.
    """

    model: type
    rows: list
    headers: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    remarks: list = field(default_factory=list)
    planned: object = None

    @property
    def counts(self):
        """`{outcome: number}`, of all outcomes."""
        numbers = Counter(row.outcome for row in self.rows)
        return {outcome: numbers[outcome] for outcome in OUTCOMES}

    @cached_property
    def fingerprint(self):
        """Differs when anything of what would be done differs."""
        digest = hashlib.sha256()
        for row in self.rows:
            values = [value for _label, old, new in row.changes for value in (old, new)]
            digest.update("\x1f".join([row.key, row.outcome, row.title, *values, "\x1e"]).encode())
        return digest.hexdigest()[:32]


def most_bytes(record_type):
    return MOST_BYTES_OF_IATI if record_type == IATI else MOST_BYTES_OF_TABLES


def read_preview(batch, may_publish):
    """The `Preview` of an `ImportBatch` against the registry as it is now.

    `may_publish` says whether records that the public sees may be changed. Raises `UnreadableFileError`.
    """
    if not batch.content:
        raise UnreadableFileError(_("The content of this file is no longer kept. Upload it again."))
    if batch.record_type == IATI:
        return preview_of_iati(bytes(batch.content), batch.choices, may_publish)
    return preview_of_tables(batch, may_publish)


def shown_preview(batch, may_publish):
    """The same, without what is to be written, kept for as long as neither the registry nor a choice changes."""
    chosen = hashlib.sha256(repr((changes.current(), batch.choices, may_publish)).encode()).hexdigest()
    key = f"import-preview:{batch.pk}:{chosen}"
    preview = cache.get(key) if batch.pk and batch.content else None
    if preview is None:
        preview = replace(read_preview(batch, may_publish), planned=None)
        if batch.pk and preview.fingerprint:  # which is worked out here, and kept with it
            cache.set(key, preview, KEPT)
    return preview


def preview_of_tables(batch, may_publish):
    sheets = read_sheets(bytes(batch.content), batch.file_name)
    planned = plan_tables(MODELS[batch.record_type], sheets, batch.choices, may_publish=may_publish)
    places = {sheet.name: place for place, sheet in enumerate(sheets)}
    cells = {(sheet.name, row.line): (sheet.headers, row.cells) for sheet in sheets for row in sheet.rows}
    rows = [
        PreviewRow(
            row.sheet,
            row.line,
            row.title,
            row.outcome,
            [(str(header), str(sentence)) for header, sentence in row.reasons],
            [(str(label), str(old), str(new)) for label, old, new in row.changes],
            duplicates=list(row.duplicates),
            choice=row.choice,
            record=record_of(row.writing),
            choices=choices_of(row),
            cells=with_headers(*cells[row.sheet, row.line]) if row.outcome == "error" else [],
        )
        for row in planned.rows
    ]
    for sheet in sheets:
        for fault in sheet.faults:
            reasons, read = [("", fault.sentence)], with_headers(sheet.headers, fault.cells)
            rows.append(PreviewRow(sheet.name, fault.line, first_text(fault.cells), "error", reasons, cells=read))
    rows.sort(key=lambda row: (places[row.sheet], row.line))
    remarks = [
        _("Sheet “%(name)s”: %(remark)s") % {"name": sheet.name, "remark": remark} if len(sheets) > 1 else remark
        for sheet in sheets
        for remark in sheet.remarks
    ]
    headers = [in_this_language(use) for use in planned.headers]
    remarks += planned.remarks
    return Preview(MODELS[batch.record_type], rows, headers, planned.problems, remarks, planned)


def in_this_language(use):
    """A `HeaderUse` whose texts are settled, so that it can be kept."""
    choices = tuple((column, str(label)) for column, label in use.choices)
    return replace(use, label=str(use.label), remark=str(use.remark), choices=choices)


def record_of(writing):
    return (writing.owner or writing).row.slug if writing else ""


def choices_of(row):
    """What a curator may choose for a `PlannedRow`: of parts, only whether they are taken."""
    if row.outcome == "unchanged":
        return ()
    if row.writing and row.writing.owner:
        return (SKIP,)
    alike = dict.fromkeys(f"{UPDATE}{near.record.slug}" for near in row.duplicates)
    if row.choice.startswith(UPDATE):
        alike[row.choice] = None
    return (CREATE, *alike, SKIP)


def with_headers(headers, cells):
    """`[(header, cell), ...]`; cells beyond the last header have none."""
    return list(zip([*headers, *[""] * (len(cells) - len(headers))], cells, strict=False))


def first_text(cells):
    return next((str(cell) for cell in cells if cell is not None), "")


def preview_of_iati(content, choices, may_publish):
    verdict = examine(content)
    if not verdict.is_accepted:
        raise UnreadableFileError(verdict.sentence, verdict.line)
    known = read_known()
    planned = plan(read_activities(verdict.tree, known), known)
    alike = duplicates_of(planned)
    chosen = choices.get("rows", {})
    rows, carried_out = [], []
    for activity in planned:
        row = row_of_activity(activity, alike.get(activity.activity.line, []))
        if activity.outcome is Outcome.CHANGED and activity.held.project.is_published and not may_publish:
            row.outcome = "error"
            row.reasons = [("", _("its record is published, and only who may publish changes it"))]
        elif row.outcome in ("new", "changed") and chosen.get(row.key) == SKIP:
            row.outcome, row.choice = "skipped", SKIP
        else:
            carried_out.append(activity)
        rows.append(row)
    return Preview(Project, rows, remarks=[verdict.sentence], planned=carried_out)


def row_of_activity(planned, duplicates):
    activity = planned.activity
    row = PreviewRow("", activity.line, planned.title, OUTCOMES_OF_IATI[planned.outcome])
    row.reasons = [("", planned.reason)] if planned.reason else []
    row.changes = [(str(change.label), change.old, change.new) for change in planned.changes]
    row.remarks = [remark.sentence for remark in planned.remarks]
    row.duplicates, row.record = duplicates, planned.slug
    row.choices = (SKIP,) if row.outcome in ("new", "changed") else ()
    if row.outcome == "error":
        row.cells = [("iati-identifier", activity.identifier), ("title", planned.title)]
    return row


def duplicates_of(planned):
    """`{line: [Nearest, ...]}` of the new activities that are like a record of the registry."""
    new = [row.activity for row in planned if row.outcome is Outcome.NEW]
    found = nearest_of_all([likeness_of_activity(activity) for activity in new])
    return {
        activity.line: near
        for activity, each in zip(new, found, strict=True)
        if (near := [nearest for nearest in each if nearest.score >= NEAR])
    }


def likeness_of_activity(activity):
    countries = sorted({partner.country for partner in activity.partners if partner.country})
    dates = [activity.fields.get(name) or "" for name in ("start", "end")]
    return Likeness(Project, (activity.title,), "", (activity.identifier,), (), tuple(countries), *dates)


def carry_out_preview(preview, batch, by):
    """Write what the preview says, all of it or nothing, and give the `Edit`.

    Raises `ImportRefusedError`.
    """
    if batch.record_type == IATI:
        return carry_out(preview.planned, by=by, what=batch.file_name)
    return carry_out_tables(preview.planned, by, batch.file_name)


def what_it_does(preview):
    """“120 new drafts, 3 changed records”; "" if nothing would be written."""
    new = len({row.record for row in preview.rows if row.outcome == "new"})
    changed = len({row.record for row in preview.rows if row.outcome == "changed"})
    words = []
    if new:
        in_words = (
            ngettext("%(number)s new draft", "%(number)s new drafts", new)
            if hasattr(preview.model, "publication_status")
            else ngettext("%(number)s new record", "%(number)s new records", new)
        )
        words.append(in_words % {"number": f"{new:,}"})
    if changed:
        in_words = ngettext("%(number)s changed record", "%(number)s changed records", changed)
        words.append(in_words % {"number": f"{changed:,}"})
    return ", ".join(words)


def what_it_leaves(preview):
    """What happens to the rows with errors, in a sentence; "" if there are none."""
    number = preview.counts["error"]
    words = ngettext(
        "%(number)s row with an error will be left out: correct it in the file, and import the file again.",
        "%(number)s rows with errors will be left out: correct them in the file, and import the file again.",
        number,
    )
    return words % {"number": f"{number:,}"} if number else ""
