"""What a project says in every format."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.exports.columns.parts import citation_table, names_someone, part_table
from cooperation.exports.fields import coded, columns_of, id_columns, list_columns, record_columns
from cooperation.exports.table import Batch, Column, Kind, Table, fetch
from cooperation.models import (
    Agency,
    Country,
    Document,
    Participation,
    PartnerRole,
    Project,
    ProjectCitation,
    Scope,
    scope_of,
)

PARTNER = ("role", "country", "agency", "organisation")
PartnerValues = tuple[str, int | None, int | None, str]


def partners(batch: Batch) -> list[Sequence[PartnerValues]]:
    """Read the values of `PARTNER` of each partner, one list for each project."""
    found = batch.linked(Participation, "project", *PARTNER)
    return [found.get(row, ()) for row in batch.own("id")]


def countries(batch: Batch) -> list[list[int]]:
    return batch.once("countries", lambda: [[each[1] for each in row if each[1]] for row in partners(batch)])


def agencies(batch: Batch) -> list[list[int]]:
    return batch.once("agencies", lambda: [[each[2] for each in row if each[2]] for row in partners(batch)])


def organisations(batch: Batch) -> list[list[str]]:
    named = [[partner[3] for partner in each if partner[3]] for each in partners(batch)]
    return [list(dict.fromkeys(each)) if each else each for each in named]


def scopes(batch: Batch) -> list[str]:
    regions, known = batch.known["regions"], batch.known["scope"]
    if not regions:
        regions.update(fetch(Country.objects.order_by(), "pk", "portal_region"))

    def scope(ids: tuple[int, ...]) -> str:
        if ids not in known:
            known[ids] = scope_of({regions[each] for each in ids}).value
        found: str = known[ids]
        return found

    return [scope(tuple(ids)) for ids in countries(batch)]


class Remembered(dict[Any, Any]):
    """What `make(key)` gives, worked out when a key is first asked for: the same few partners come again and again."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make = make

    def __missing__(self, key: Any) -> Any:
        self[key] = self.make(key)
        return self[key]


def partners_in_words(batch: Batch) -> list[list[str]]:
    """“Pivotal partner: Thailand”, in the order of roles. The agency speaks for its country."""
    # Both are filled further by later batches.
    country_names = batch.names(Country, {each for ids in countries(batch) for each in ids})
    agency_names = batch.names(Agency, {each for ids in agencies(batch) for each in ids})
    known = batch.known["partners_in_words"]
    if not known:
        roles = list(PartnerRole)
        labels = {role.value: str(role.label) for role in roles}

        def in_words(partner: PartnerValues) -> str:
            role, country, agency, organisation = partner
            name = agency_names[agency][1] if agency else ""
            name = name or organisation or (country_names[country][1] if country else "")
            return f"{labels[role]}: {name}" if name else ""

        known["words"] = Remembered(in_words).__getitem__
        known["place"] = Remembered(lambda partner: roles.index(partner[0])).__getitem__
    words, place = known["words"], known["place"]
    # Sorting keeps the order in which partners of one role were entered.
    return [list(filter(None, map(words, sorted(each, key=place)))) if each else [] for each in partners(batch)]


ProjectColumns = Table(
    Project,
    "projects",
    _("Projects"),
    (
        *id_columns(Project),
        *columns_of(Project, "title", "official_id", "iati_identifier", "summary", "modality"),
        *coded(
            "scope",
            _("scope"),
            _("Interregional when the partner countries lie in both regions. Worked out from them."),
            scopes,
            Scope.choices,
        ),
        *columns_of(Project, "status", "start", "end", "budget_amount", "budget_currency", "forum", "fund"),
        *columns_of(Project, "themes", "goals", "instruments"),
        *list_columns(
            "partner_countries",
            _("partner countries"),
            _("The countries that take part, in whatever role: ISO 3166-1 alpha-3 codes."),
            Country,
            countries,
        ),
        *list_columns(
            "partner_agencies",
            _("partner agencies"),
            _("The public ids of the agencies that take part."),
            Agency,
            agencies,
        ),
        Column(
            "partner_organisations",
            _("partner organisations"),
            _("Bodies that take part and have no record here."),
            Kind.LIST,
            organisations,
        ),
        Column(
            "partners_in_words",
            _("partners (in words)"),
            _("Every partner with its role. One row for each stands in the table “partners”."),
            Kind.LIST,
            partners_in_words,
        ),
        *record_columns(Project),
    ),
    parts=(
        part_table(
            Participation,
            "partners",
            _("Partners of projects"),
            "role",
            "country",
            "agency",
            "organisation",
            "organisation_ref",
            "organisation_type",
            "start",
            "end",
            "source",
            "note",
            where=names_someone("country", "organisation"),
        ),
        part_table(
            Document,
            "documents",
            _("Documents of projects"),
            "title",
            "url",
            "category",
            "language",
            "source",
            "note",
        ),
        citation_table(ProjectCitation),
    ),
)
