"""Two to four records of one type side by side, fact by fact."""

from collections import Counter
from dataclasses import dataclass

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperation.filters import ProjectFilterSet, projects_of
from cooperation.filters.sides import GIVING, RECEIVING
from cooperation.models import Country, Forum, Membership, PartnerRole, Project
from cooperation.pictures.dual_role import dual_role
from cooperation.pictures.pulse import read_pulses
from cooperation.references import Item, References, fact_label

# Names and codes are never the same, so that to compare them says nothing.
NEVER_THE_SAME = (
    "name_es",
    "name_pt",
    "name_fr",
    "acronym",
    "other_names",
    "former_names",
    "iso2",
    "m49",
    "official_id",
    "iati_identifier",
    "website",
)
THEMES_IN_SIGHT = 5


class Outcome(models.TextChoices):
    SAME = "same", gettext_lazy("same")
    DIFFERS = "differs", gettext_lazy("differs")
    NOT_KNOWN = "not_known", gettext_lazy("not known of all")


@dataclass(frozen=True)
class Cell:
    """What one record says of a fact. `others` is what further sources say, in words."""

    items: list
    is_unsourced: bool = False
    others: tuple = ()


@dataclass(frozen=True)
class Row:
    """A fact of each record, in the order of the records."""

    label: str
    cells: list

    @property
    def outcome(self):
        """Two known values that differ, differ; to be the same, all must be known."""
        known = [sorted(item.text for item in cell.items) for cell in self.cells if cell.items]
        if any(each != known[0] for each in known):
            return Outcome.DIFFERS
        return Outcome.SAME if len(known) == len(self.cells) else Outcome.NOT_KNOWN


@dataclass(frozen=True)
class Shared:
    """Something that all of the records have in common: a sentence, where it leads, and what it names."""

    sentence: str
    url: str = ""
    items: tuple = ()


@dataclass(frozen=True)
class Comparison:
    records: list
    rows: list
    shared: list

    @property
    def sentence(self):
        """“Of 14 facts 5 are the same, 7 differ, 2 are not known of all”, in words."""
        counts = Counter(row.outcome for row in self.rows)
        words = {"all": len(self.rows), **{outcome.value: counts[outcome] for outcome in Outcome}}
        text = _("Of %(all)s facts %(same)s are the same, %(differs)s differ, %(not_known)s are not known of all.")
        return text % words

    @property
    def table(self):
        """`[(row, [(short name of the record, its cell), ...]), ...]`."""
        names = [getattr(record, "acronym", "") or str(record) for record in self.records]
        return [(row, list(zip(names, row.cells, strict=True))) for row in self.rows]


def compare(records):
    """The `Comparison` of public records of one type, which come from `for_detail()`."""
    add_rows, find_shared = PARTS[type(records[0])]
    return Comparison(records, [*add_rows(records), *fact_rows(records)], list(find_shared(records)))


def fact_rows(records):
    """A row for each key fact that one of the records has or should have."""
    model = type(records[0])
    facts = [{fact.name: fact for fact in References(record).key_facts()} for record in records]
    names = [name for name in model.FACTS if any(name in each for each in facts) and name not in NEVER_THE_SAME]
    return [Row(capfirst(fact_label(model, name)), [_cell(each.get(name)) for each in facts]) for name in names]


def _cell(fact):
    if fact is None:
        return Cell([])
    return Cell(fact.items, bool(fact.items) and not fact.numbers, tuple(claim.text for claim in fact.others))


def _row(label, items_of_each):
    return Row(capfirst(str(label)), [Cell(items or [Item(_("none"))]) for items in items_of_each])


def projects_address(**query):
    return f"{reverse('project_list')}?{urlencode(query, doseq=True)}"


def country_rows(countries):
    roles = [dual_role(country) for country in countries]

    def number(label, count, named):
        """A row of numbers of projects, each of which leads to its list."""
        address = [projects_address(country=each.country.iso3, role=[role.value for role in named]) for each in roles]
        return _row(label, [[Item(str(count(each)), url)] for each, url in zip(roles, address, strict=True)])

    yield number(_("Projects in which it gives"), lambda role: role.gives, GIVING)
    yield number(_("Projects in which it receives"), lambda role: role.receives, RECEIVING)
    for each in PartnerRole:
        if any(role.by_role[each] for role in roles):
            yield number(each.label, lambda role, each=each: role.by_role[each], [each])
    yield _row(_("Partner countries"), [[Item(str(len(role.shared)))] for role in roles])
    yield _row(
        _("Most frequent themes"),
        [
            [
                Item(f"{name} ({count})", projects_address(country=role.country.iso3, theme=code))
                for code, name, count in role.themes[:THEMES_IN_SIGHT]
            ]
            for role in roles
        ],
    )
    present = Counter(Membership.objects.of_published().present().values_list("country", flat=True))
    yield _row(_("Forums of which it is a member"), [[Item(str(present[country.pk]))] for country in countries])


def shared_by_countries(countries):
    codes = [country.iso3 for country in countries]
    together = {"country": codes, "country_match": "all"}
    number = ProjectFilterSet(together).count
    text = ngettext("%(number)s project in which all take part", "%(number)s projects in which all take part", number)
    yield Shared(text % {"number": number}, projects_address(**together) if number else "")
    members = Membership.objects.of_published().present().filter(country__in=countries)
    # At most one open membership of a country in a forum.
    in_all = Counter(members.values_list("forum", flat=True))
    forums = Forum.objects.published().filter(pk__in=[pk for pk, found in in_all.items() if found == len(countries)])
    text = ngettext(
        "%(number)s forum of which all are members", "%(number)s forums of which all are members", len(forums)
    )
    yield _named(forums, text)
    partners = set.intersection(*(set(projects_of(country)[1]) for country in countries))
    text = ngettext(
        "%(number)s country that is a partner of each", "%(number)s countries that are partners of each", len(partners)
    )
    yield Shared(text % {"number": len(partners)})


def forum_rows(forums):
    pulses = read_pulses(forums, timezone.now().date())
    found = [pulses[forum.pk] for forum in forums]
    yield _row(_("State"), [[Item(str(each.verdict.label))] for each in found])
    yield Row(_("Last meeting"), [Cell([Item(each.ago)] if each.last_meeting else []) for each in found])
    yield Row(
        _("Meetings in the last five years"),
        [Cell([Item(str(each.recent))] if each.recent is not None else []) for each in found],
    )
    yield _row(_("Projects in execution"), [[Item(str(each.running), each.running_address)] for each in found])
    yield _row(_("Funds"), [[Item(str(fund), fund.get_absolute_url()) for fund in each.funds] for each in found])
    yield Row(_("Members recorded"), [Cell([Item(str(len(ids)))] if ids else []) for ids in _members(forums)])


def shared_by_forums(forums):
    in_common = set.intersection(*_members(forums))
    countries = Country.objects.filter(pk__in=in_common)
    number = len(countries)
    text = ngettext(
        "%(number)s country that is a member of each", "%(number)s countries that are members of each", number
    )
    yield _named(countries, text)


def _members(forums):
    """`[{id of a member country of today, ...}, ...]`, one set for each forum. One query."""
    rows = Membership.objects.present().filter(forum__in=forums).values_list("forum", "country")
    found = {forum.pk: set() for forum in forums}
    for forum, country in rows:
        found[forum].add(country)
    return list(found.values())


def project_rows(projects):
    yield _row(_("Scope"), [[Item(str(project.scope.label))] for project in projects])
    by_role = [dict(project.partners_by_role) for project in projects]
    for role in PartnerRole:
        if any(role.label in each for each in by_role):
            yield _row(role.label, [[_partner(part) for part in each.get(role.label, [])] for each in by_role])


def _partner(part):
    """A partner as an item: the agency, else the organisation, else the country."""
    record = part.agency or (None if part.organisation else part.country)
    return Item(str(record), record.get_absolute_url()) if record else Item(part.organisation)


def shared_by_projects(projects):
    countries = [{part.country for part in project.participations.all() if part.country} for project in projects]
    partners = sorted(set.intersection(*countries), key=lambda country: country.name)
    text = ngettext(
        "%(number)s country that takes part in all", "%(number)s countries that take part in all", len(partners)
    )
    yield _named(partners, text)
    themes = sorted(set.intersection(*(set(project.themes.all()) for project in projects)), key=str)
    yield _named(themes, ngettext("%(number)s theme of all", "%(number)s themes of all", len(themes)))


def _named(records, text):
    return Shared(
        text % {"number": len(records)}, items=tuple(Item(str(each), each.get_absolute_url()) for each in records)
    )


PARTS = {
    Country: (country_rows, shared_by_countries),
    Forum: (forum_rows, shared_by_forums),
    Project: (project_rows, shared_by_projects),
}
