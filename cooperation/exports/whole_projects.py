"""Projects with all that belongs to them, as the public may see it: for formats that tell everything in one place.

Parts and what they point to are read as plain values: instances with their prefetched parts took three times as long.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from cooperation.models import (
    Agency,
    Country,
    Document,
    Forum,
    Fund,
    Goal,
    Instrument,
    Participation,
    Project,
    Scope,
    Theme,
    scope_of,
)

_Row = TypeVar("_Row")


class Named(Protocol):
    """A row of `read_names`."""

    pk: int
    name: str


class CountryNames(Named, Protocol):
    iso3: str
    iso2: str
    subregion: str
    portal_region: str


class SlugAndName(Named, Protocol):
    """A forum or a fund."""

    slug: str


class AgencyNames(SlugAndName, Protocol):
    kind: str
    iati_id: str


class ThemeNames(Named, Protocol):
    code: str
    crs_codes: str


class GoalNames(Named, Protocol):
    number: int


class InstrumentNames(Named, Protocol):
    code: str
    aid_type: str


class DocumentRow(Protocol):
    project: int
    title: str
    url: str
    category: str
    language: str


@dataclass(frozen=True)
class Partner:
    """A row of `Participation`, of which something is public."""

    role: str
    country: CountryNames | None
    agency: AgencyNames | None
    organisation: str
    organisation_ref: str
    organisation_type: str
    start: str
    end: str

    @property
    def names_someone(self) -> bool:
        """Whether a reader may learn who it is. An agency that is not public has been left out."""
        return bool(self.country or self.agency or self.organisation)

    @property
    def name(self) -> str:
        if self.agency:
            return self.agency.name
        return self.organisation or (self.country.name if self.country else "")


@dataclass(frozen=True)
class WholeProject:
    """A project with its parts in the order in which they were entered, and its vocabularies in that of their codes.

    `forum` and `fund` are None where there is none that is public.
    """

    project: Project
    forum: SlugAndName | None
    fund: SlugAndName | None
    partners: list[Partner]
    documents: list[DocumentRow]
    themes: list[ThemeNames]
    goals: list[GoalNames]
    instruments: list[InstrumentNames]

    @property
    def scope(self) -> Scope:
        """The `Scope` of the project, from its partner countries."""
        return scope_of({partner.country.portal_region for partner in self.partners if partner.country})


@dataclass(frozen=True)
class Names:
    """What projects point to, public records only, as {id: row}."""

    countries: dict[int, CountryNames]
    agencies: dict[int, AgencyNames]
    forums: dict[int, SlugAndName]
    funds: dict[int, SlugAndName]
    themes: dict[int, ThemeNames]
    goals: dict[int, GoalNames]
    instruments: dict[int, InstrumentNames]


def read_names() -> Names:
    return Names(
        countries=rows(Country.objects, "iso3", "iso2", "name", "subregion", "portal_region"),
        agencies=rows(Agency.objects.published(), "slug", "name", "kind", "iati_id"),
        forums=rows(Forum.objects.published(), "slug", "name"),
        funds=rows(Fund.objects.published(), "slug", "name"),
        themes=rows(Theme.objects.order_by("code"), "code", "name", "crs_codes"),
        goals=rows(Goal.objects.order_by("number"), "number", "name"),
        instruments=rows(Instrument.objects.order_by("code"), "code", "name", "aid_type"),
    )


def rows(records: Any, *columns: str) -> dict[int, Any]:
    return {row.pk: row for row in records.values_list("pk", *columns, named=True)}


def whole_projects(ids: Sequence[int], names: Names) -> list[WholeProject]:
    """Read the public projects among `ids` as `WholeProject`, in the order of `ids`, in six queries."""
    partners, documents = partners_of(ids, names), documents_of(ids)
    themes = chosen(Project.themes.through, "theme", ids, names.themes)
    goals = chosen(Project.goals.through, "goal", ids, names.goals)
    instruments = chosen(Project.instruments.through, "instrument", ids, names.instruments)
    wholes = {
        project.pk: WholeProject(
            project,
            forum=names.forums.get(project.forum_id),
            fund=names.funds.get(project.fund_id),
            partners=partners[project.pk],
            documents=documents[project.pk],
            themes=themes[project.pk],
            goals=goals[project.pk],
            instruments=instruments[project.pk],
        )
        for project in Project.objects.published().filter(pk__in=ids).order_by()
    }
    return [wholes[pk] for pk in ids if pk in wholes]


def partners_of(ids: Sequence[int], names: Names) -> Mapping[int, list[Partner]]:
    partners: defaultdict[int, list[Partner]] = defaultdict(list)
    texts = ("organisation", "organisation_ref", "organisation_type", "start", "end")
    found = Participation.objects.filter(project__in=ids).order_by("pk")
    for project, role, country, agency, *values in found.values_list("project", "role", "country", "agency", *texts):
        partner = Partner(role, names.countries.get(country), names.agencies.get(agency), *values)
        if partner.names_someone:
            partners[project].append(partner)
    return partners


def documents_of(ids: Sequence[int]) -> Mapping[int, list[DocumentRow]]:
    documents: defaultdict[int, list[DocumentRow]] = defaultdict(list)
    found = Document.objects.filter(project__in=ids).exclude(url="").order_by("pk")
    for document in found.values_list("project", "title", "url", "category", "language", named=True):
        documents[document.project].append(document)
    return documents


def chosen(link: type[Any], column: str, ids: Sequence[int], names: Mapping[int, _Row]) -> Mapping[int, list[_Row]]:
    """Read what of a vocabulary was chosen for some projects, in the order of `names`."""
    keys: defaultdict[int, set[int]] = defaultdict(set)
    for project, key in link.objects.filter(project__in=ids).values_list("project", column):
        keys[project].add(key)
    return defaultdict(
        list, {project: [row for key, row in names.items() if key in own] for project, own in keys.items()}
    )
