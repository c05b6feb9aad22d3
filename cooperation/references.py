"""The facts of a record beside the sources that back or dispute them, numbered in reading order."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext

from cooperation.models.partial_date import PARTIAL_DATE, PartialDateField, format_partial_date
from cooperation.models.source import FURTHER, fact_label
from cooperation.models.web_address import WebAddressField

# Shown at the head of a page rather than in its list of facts.
HEADING_FACTS = ("name", "title", "summary", "text")


@dataclass(frozen=True)
class Item:
    """One value of a fact: its text, and the address that it leads to, if any."""

    text: str
    url: str = ""


@dataclass
class Claim:
    """What other sources say of a fact: the value, the numbers of the sources, and remarks on them."""

    text: str
    numbers: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Fact:
    """A fact as a page shows it. `items` is empty when the registry does not know it."""

    name: str
    label: str
    items: list[Item]
    numbers: list[int]
    notes: list[str]
    others: list[Claim]


class References:
    """Numbers the sources of one record in the order in which its facts and parts are asked for.

    The record must come from `for_detail()`, so that nothing here asks the database again.
    """

    def __init__(self, record):
        self.record = record
        self.sources = []
        self._asked = set()
        self._citations = defaultdict(list)
        for citation in record.citations.all():
            self._citations[citation.fact].append(citation)

    def number(self, source):
        if source not in self.sources:
            self.sources.append(source)
        return self.sources.index(source) + 1

    def fact(self, name):
        """The `Fact` of that name, each claim with its numbers."""
        self._asked.add(name)
        found = self.record._meta.get_field(name)
        stored = _stored_text(self.record, found)
        numbers, notes, others = [], [], {}
        for citation in self._citations[name]:
            number = self.number(citation.source)
            if _agree(stored, citation.value):
                _add(numbers, number)
                _add(notes, citation.note)
            else:
                text = _shown_text(found, citation.value)
                claim = others.setdefault(text, Claim(text))
                _add(claim.numbers, number)
                _add(claim.notes, citation.note)
        if name == getattr(self.record, "ADDRESS", None) and self.record.is_broken:
            notes.append(gettext("Did not answer on %(date)s") % {"date": date_format(self.record.checked_on, "j F Y")})
        label = fact_label(type(self.record), name)
        return Fact(name, label, _items(self.record, found), numbers, notes, list(others.values()))

    def key_facts(self):
        """The facts for the list of a detail page: those known, and those whose absence must be said."""
        record = self.record
        fields = {each.name for each in (*record._meta.fields, *record._meta.many_to_many)}
        names = [name for name in record.FACTS if name in fields and name not in HEADING_FACTS]
        facts = [self.fact(name) for name in names if not self._is_hidden(name)]
        return [fact for fact in facts if fact.items or fact.others or fact.name in record.EXPECTED_FACTS]

    def mark(self, parts):
        """The rows in `parts` as a list, each with `numbers`: that of its source, or none."""
        rows = list(parts)
        for row in rows:
            row.numbers = [self.number(row.source)] if row.source else []
        return rows

    def claims_on(self, part_name):
        """Further claims about the parts called `part_name`, as `Claim`s."""
        self._asked.add(part_name)
        return [
            Claim(
                format_partial_date(citation.value),
                [self.number(citation.source)],
                [citation.note] if citation.note else [],
            )
            for citation in self._citations[part_name]
        ]

    def further(self):
        """Statements that no field holds, then whatever else is cited and was not asked for, as `Claim`s.

        To be asked for last, so that no source of the record is missing from its page.
        """
        claims = self.claims_on(FURTHER)
        for fact in self.record.FACTS:
            if fact in self._asked or fact not in self._citations:
                continue
            if self._is_hidden(fact):
                # The value would name the record that the public may not see; the source alone does not.
                for citation in self._citations[fact]:
                    self.number(citation.source)
                continue
            label = capfirst(fact_label(type(self.record), fact))
            for claim in self.claims_on(fact):
                claim.text = f"{label}: {claim.text}" if claim.text else label
                claims.append(claim)
        return claims

    def _is_hidden(self, fact):
        """Whether the fact is a link to a record that the public may not see."""
        found = self.record._meta.get_field(fact)
        return (
            found.many_to_one and getattr(self.record, found.attname) is not None and getattr(self.record, fact) is None
        )


def count_sources(records):
    """`{id: number of distinct sources}` for records of one model: two queries and one more for each kind of part."""
    records = list(records)
    if not records:
        return {}
    model = type(records[0])
    sources = defaultdict(set)
    for relation_name in ("citations", *model.SOURCED_PARTS):
        rows = model._meta.get_field(relation_name).related_model
        found = rows.objects.filter(**{f"{rows.owner}__in": records}, source__isnull=False)
        for record_id, source_id in found.values_list(rows.owner, "source"):
            sources[record_id].add(source_id)
    return {record.pk: len(sources[record.pk]) for record in records}


def backed_by(source):
    """`[(record, [what of it]), ...]`: the public records that rest on `source`, one query for each kind of row."""
    facts = defaultdict(list)
    for relation in source._meta.related_objects:
        rows = relation.related_model
        found = rows.objects.of_published().filter(source=source).select_related(rows.owner)
        for row in found:
            record = getattr(row, rows.owner)
            is_citation = hasattr(row, "fact")
            _add(facts[record], fact_label(type(record), row.fact) if is_citation else row._meta.verbose_name)
    return sorted(facts.items(), key=lambda pair: (pair[0]._meta.verbose_name_plural, str(pair[0])))


def _add(values, value):
    if value and value not in values:
        values.append(value)


def _stored_text(record, found):
    """The record's own value as a citation would write it. None for what is no single value."""
    if found.auto_created or found.many_to_many:
        return None
    value = getattr(record, found.name)
    if found.many_to_one:
        return value.public_id if value else ""
    if isinstance(found, models.BooleanField):
        return "yes" if value else "no"
    if isinstance(found, models.DecimalField):
        return f"{value.normalize():f} {_currency(record, found)}" if value is not None else ""
    return "" if value is None else str(value)


def _agree(stored, said):
    """Whether a source that says `said` backs the stored value. A less precise date backs a more precise one."""
    if not said or stored is None or said.casefold() == stored.casefold():
        return True
    both_dates = PARTIAL_DATE.fullmatch(stored) and PARTIAL_DATE.fullmatch(said)
    return bool(both_dates) and (stored.startswith(said) or said.startswith(stored))


def _shown_text(found, said):
    """A value that a source gives, as a reader would see it in that field."""
    if isinstance(found, PartialDateField):
        return format_partial_date(said)
    if isinstance(found, models.BooleanField):
        return {"yes": gettext("Yes"), "no": gettext("No")}.get(said, said)
    if isinstance(found, models.DecimalField):
        return _amount_text(*said.rpartition(" ")[::2])
    return str(dict(found.flatchoices).get(said, said)) if not found.is_relation else said


def _currency(record, found):
    return getattr(record, found.name.replace("_amount", "_currency"))


def _amount_text(amount, currency):
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return f"{amount} {currency}".strip()
    decimals = 0 if value == value.to_integral_value() else 2
    return f"{currency} {number_format(value, decimal_pos=decimals, force_grouping=True)}"


def _items(record, found):
    """What the record says of a fact, as `Item`s; the record's own `<fact>_text` property wins."""
    value = getattr(record, found.name)
    if found.many_to_many:
        return [Item(str(each), each.get_absolute_url()) for each in value.all()]
    if value in (None, ""):
        return []
    if found.many_to_one:
        return [Item(str(value), value.get_absolute_url())]
    if hasattr(record, f"{found.name}_text"):
        return [Item(str(getattr(record, f"{found.name}_text")))]
    if isinstance(found, models.DecimalField):
        return [Item(_amount_text(value, _currency(record, found)))]
    if isinstance(found, WebAddressField):
        return [Item(value.partition("://")[2].rstrip("/"), value)]
    if isinstance(found, models.BooleanField):
        return [Item(gettext("Yes") if value else gettext("No"))]
    return [Item(_shown_text(found, line)) for line in str(value).splitlines()]
