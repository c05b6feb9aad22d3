"""The rows of tables of parts: partners, members, meetings, citations, each held against the parts of its record."""

from collections import defaultdict

from django.utils.translation import gettext as _

from cooperation.imports.cells import Reading, text_of
from cooperation.imports.find_records import BATCH, KEY_FIELDS, held_records, links
from cooperation.imports.plan_rows import Writing, read_part
from cooperation.imports.planned_row import CHANGED, ERROR, NEW, SKIP, SKIPPED, settle
from cooperation.models import Membership


class PartPlanner:
    """The rows of parts in a file. `of_records` has planned the rows of records before."""

    def __init__(self, of_records):
        self.of_records = of_records
        self.records, self.parts = {}, {}

    def plan(self, mapped):
        """The rows of tables of parts, each held against the parts of its record."""
        drafts = [(each, row, each.cells(row)) for each in mapped for row in each.sheet.rows]
        owners = [self.owner_of(each, cells) for each, _row, cells in drafts]
        parts = {each.table._meta.model for each in mapped}
        ids = {owner for owner in owners if isinstance(owner, int)}
        records, _many, self.parts = held_records(self.of_records.model, ids, (), parts)
        self.records = records | self.records
        hosts = self.many_of_parts(mapped, self.parts)
        seen = set()
        return [
            self.plan_part(each, row, cells, owner, hosts, seen)
            for (each, row, cells), owner in zip(drafts, owners, strict=True)
        ]

    def many_of_parts(self, mapped, rows):
        """`{(part, pk, name): {key, ...}}` of the many-to-many fields of parts."""
        found = defaultdict(set)
        for table in {each.table.NAME: each.table for each in mapped}.values():
            part = table._meta.model
            ids = [row.pk for (model, _owner), held in rows.items() if model is part for row in held]
            for name in table.many():
                for start in range(0, len(ids), BATCH):
                    for pk, value in links(part, name, ids[start : start + BATCH]):
                        found[part, pk, name].add(value)
        return found

    def owner_of(self, mapped, cells):
        """The key of the record that a part belongs to, or the planned row of one that is new; None for neither."""
        text = text_of(cells[mapped.table.owner()])
        pk = self.of_records.found.at(text)
        if pk or text in self.of_records.new:
            return pk or self.of_records.new[text]
        name = KEY_FIELDS[self.of_records.model][0]
        meant = self.of_records.found.meant({name: text}) if text else []
        return meant[0] if len(meant) == 1 else None

    def plan_part(self, mapped, row, cells, owner, hosts, seen):
        table = mapped.table
        planned = self.of_records.planned(mapped, row)
        owner_text = text_of(cells[table.owner()])
        planned.title = owner_text
        if planned.choice == SKIP:
            planned.outcome = SKIPPED
            return planned
        if owner is None:
            sentence = _("The registry has no record “%(id)s”, or several that are called so.")
            planned.refuse(mapped.header(table.owner()), sentence % {"id": owner_text})
            return planned
        pk = owner if isinstance(owner, int) else None
        if pk and self.of_records.found.is_withdrawn(pk):
            planned.refuse("", _("Its record “%(slug)s” was withdrawn.") % {"slug": self.of_records.found.slug_of[pk]})
        elif pk is None and owner.outcome == ERROR:
            planned.refuse("", _("Its record in line %(line)s cannot be imported.") % {"line": owner.line})
        elif pk is None and owner.writing is None:
            planned.outcome = SKIPPED
        if planned.outcome:
            return planned
        of_record = Writing(self.records[pk], is_new=False) if pk else owner.writing
        part = self.part_meant(mapped, cells, pk)
        reading = Reading(self.of_records.names, mapped.is_own, mapped.orders)
        writing = read_part(table, cells, part, lambda name: hosts[type(part), part.pk, name], reading, of_record)
        planned.title = self.title_of_part(of_record.row, owner_text)
        key = (table.NAME, pk or owner_text, part.pk or tuple(getattr(part, name) for name in table.KEY))
        if key in seen and not reading.errors:
            planned.refuse("", _("A row before it says the same."))
        seen.add(key)
        settle(planned, mapped, writing, reading, self.of_records.is_closed(pk))
        if planned.outcome == NEW and pk:
            planned.outcome = CHANGED  # of a record that the registry has
        return planned

    def title_of_part(self, record, text):
        return getattr(record, "title", None) or getattr(record, "name", None) or text

    def part_meant(self, mapped, cells, pk):
        """The part that a row means: one that the record has, or a new one."""
        table = mapped.table
        of_record = {f"{table.owner()}_id": pk} if pk else {}
        part = table._meta.model(**of_record)
        fields = {name: cell for name, cell in cells.items() if name in table.fields}
        table.read(part, fields, Reading(self.of_records.names, orders=mapped.orders))
        held = self.parts.get((type(part), pk), ()) if pk else ()
        key = [getattr(part, name) for name in table.KEY]
        for other in held:
            if [getattr(other, name) for name in table.KEY] == key:
                return other
        for other in held:  # of an agency that is not public, our files do not tell
            if mapped.is_own and [self.as_told(other, name) for name in table.KEY] == key:
                return other
        if isinstance(part, Membership):
            of_country = [other for other in held if other.country_id == part.country_id and not other.left]
            if len(of_country) == 1 and not part.left:
                return of_country[0]
        return table._meta.model(**of_record)

    def as_told(self, part, name):
        value = getattr(part, name)
        related = part._meta.get_field(name.removesuffix("_id")).related_model if name.endswith("_id") else None
        return None if related and self.of_records.names.is_hidden(related, value) else value
