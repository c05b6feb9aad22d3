"""The rows of records: which record each means, and what it would make of it."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext as _

from cooperation.imports.cells import PartsColumn, Reading, text_of
from cooperation.imports.find_records import KEY_FIELDS, MOST_OF_ONE_NAME, differ, held_records, strong_keys, weak_keys
from cooperation.imports.plan_rows import read_record
from cooperation.imports.planned_row import CREATE, SKIP, SKIPPED, UPDATE, PlannedRow, settle
from cooperation.imports.registry_names import Names
from cooperation.imports.table_headers import ID
from cooperation.imports.tables import TABLES
from cooperation.models import PublicationStatus, Source


@dataclass
class Draft:
    """A row on its way to its plan. `said` is what tells which record it means, `pk` that record if there is one."""

    planned: PlannedRow
    mapped: object
    cells: dict
    said: dict = field(default_factory=dict)
    pk: int | None = None
    slug: str = ""


class RecordPlanner:
    """The rows of records in a file held against the registry."""

    def __init__(self, model, found, choices, may_publish):
        self.model, self.found, self.choices, self.may_publish = model, found, choices, may_publish
        self.names = Names()
        self.new = {}  # public id: the `PlannedRow` of a record that is new
        self.records = {}  # primary key: the record as it would be
        self.parts, self.many = defaultdict(list), defaultdict(set)

    def plan(self, mapped):
        drafts = [self.begin(each, row) for each in mapped for row in each.sheet.rows]
        self.refuse_repeated(drafts)
        wanted = {draft.pk for draft in drafts if draft.pk and not draft.planned.outcome}
        table = TABLES[self.model]()
        is_read = any(
            isinstance(table.fields[name], PartsColumn) for each in mapped for name in each.places if name != ID
        )
        self.records, self.many, self.parts = held_records(
            self.model, wanted, table.many(), [part._meta.model for part in table.PARTS] if is_read else ()
        )
        for draft in drafts:
            if not draft.planned.outcome:
                self.finish(draft)
        return [draft.planned for draft in drafts]

    def planned(self, mapped, row):
        name = mapped.sheet.name
        return PlannedRow(name, row.line, choice=self.choices.get(f"{name}:{row.line}", ""))

    def begin(self, mapped, row):
        """Find out which record a row means."""
        cells = mapped.cells(row)
        planned = self.planned(mapped, row)
        draft = Draft(planned, mapped, cells, self.said(mapped, cells))
        planned.title = draft.said.get("title") or draft.said.get("name") or text_of(cells.get(ID))
        public_id = text_of(cells.get(ID))
        if planned.choice == SKIP:
            planned.outcome = SKIPPED
        elif planned.choice.startswith(UPDATE):
            self.mean(draft, planned.choice.removeprefix(UPDATE), "")
        elif planned.choice == CREATE:
            pass
        elif public_id:
            self.mean(draft, public_id, mapped.header(ID), may_be_new=mapped.is_own)
        else:
            meant = self.found.meant(draft.said)
            if len(meant) > 1:
                planned.refuse("", self.found.why_several(meant))
            draft.pk = meant[0] if len(meant) == 1 else None
        if draft.pk:
            planned.title = planned.title or str(self.found.slug_of[draft.pk])
        if draft.pk and self.found.is_withdrawn(draft.pk):
            sentence = _("Its record “%(slug)s” was withdrawn.")
            planned.refuse("", sentence % {"slug": self.found.slug_of[draft.pk]})
        return draft

    def said(self, mapped, cells):
        """What a row says of the fields that tell which record it means."""
        found, reading = {}, Reading(self.names, mapped.is_own)
        for attribute in KEY_FIELDS[self.model]:
            name = attribute.removesuffix("_id") if attribute == "country_id" else attribute
            if name in cells:
                try:
                    found[attribute] = mapped.table.fields[name].clean(cells, reading=reading)
                except ValueError:
                    found[attribute] = None  # told when the whole row is read
        return found

    def mean(self, draft, public_id, header, may_be_new=False):
        draft.pk = self.found.at(public_id)
        if draft.pk:
            return
        if not may_be_new:
            sentence = _("The registry has no record “%(id)s”. Leave the cell empty for a record that is new.")
            draft.planned.refuse(header, sentence % {"id": public_id})
            return
        try:
            validate_slug(public_id)
        except ValidationError:
            sentence = _("“%(id)s” is no public id: small letters, digits and hyphens only.")
            draft.planned.refuse(header, sentence % {"id": public_id})
        draft.slug = public_id

    def refuse_repeated(self, drafts):
        """Refuse rows that mean the same record, or a new one of the same name as a row before them."""
        lines, seen = defaultdict(list), defaultdict(list)
        for draft in drafts:
            if draft.planned.outcome:
                continue
            if draft.pk or draft.slug:
                lines[draft.pk or draft.slug].append(draft)
                continue
            keys = [*strong_keys(self.model, draft.said), *weak_keys(self.model, draft.said)]
            before = [each for key in keys for each in seen[key][:MOST_OF_ONE_NAME]]
            earlier = [each for each in before if not differ(each.said, draft.said)]
            if earlier and draft.planned.choice != CREATE:
                sentence = _("The row in line %(line)s means the same. Skip one, or choose to create this one as well.")
                draft.planned.refuse("", sentence % {"line": earlier[0].planned.line})
            for key in keys:
                seen[key].append(draft)
        for repeated in lines.values():
            if len(repeated) > 1:
                numbers = ", ".join(str(draft.planned.line) for draft in repeated[:5]) + (" …" if repeated[5:] else "")
                for draft in repeated:
                    draft.planned.refuse("", _("Several rows mean this record (lines %(lines)s).") % {"lines": numbers})

    def finish(self, draft):
        """Read the row into its record, and plan what comes of it."""
        planned, mapped, pk = draft.planned, draft.mapped, draft.pk
        record = self.records[pk] if pk else self.new_record(draft)
        reading = Reading(self.names, mapped.is_own, mapped.orders)
        writing = read_record(
            mapped.table,
            draft.cells,
            record,
            lambda name: self.many[name, pk],
            lambda part: self.parts[part, pk] if pk else (),
            reading,
        )
        planned.title = str(getattr(record, "title", None) or getattr(record, "name", "")) or planned.title
        settle(planned, mapped, writing, reading, self.is_closed(pk))
        if writing.is_new:
            self.new[record.slug] = planned

    def new_record(self, draft):
        names = ("official_id", "iati_identifier", "iati_id", "acronym")
        other_id = next(filter(None, (draft.said.get(name) for name in names)), "")
        slug = draft.slug or self.found.new_slug(draft.said, other_id)
        self.found.taken.add(slug)
        if self.model is Source:
            return Source(slug=slug)
        return self.model(slug=slug, publication_status=PublicationStatus.DRAFT)

    def is_closed(self, pk):
        """Whether a record is public and may not be changed by who imports."""
        return bool(pk) and self.found.is_published(pk) and not self.may_publish
