"""Projects with all that belongs to them, as the public may see it: for formats that tell everything in one place.

Parts and what they point to are read as plain values: instances with their prefetched parts took three times as long.
"""

from collections import defaultdict
from dataclasses import dataclass

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
    Theme,
    scope_of,
)


@dataclass(frozen=True)
class Partner:
    """A row of `Participation`. `country` and `agency` have the columns that `read_names` reads, or are None."""

    role: str
    country: tuple | None
    agency: tuple | None
    organisation: str
    organisation_ref: str
    organisation_type: str
    start: str
    end: str

    @property
    def names_someone(self):
        """Whether a reader may learn who it is. An agency that is not public has been left out."""
        return bool(self.country or self.agency or self.organisation)

    @property
    def name(self):
        if self.agency:
            return self.agency.name
        return self.organisation or self.country.name


@dataclass(frozen=True)
class WholeProject:
    """A project with its parts in the order in which they were entered, and its vocabularies in that of their codes.

    `forum` and `fund` are None where there is none that is public.
    """

    project: Project
    forum: tuple | None
    fund: tuple | None
    partners: list
    documents: list
    themes: list
    goals: list
    instruments: list

    @property
    def scope(self):
        """The `Scope` of the project, from its partner countries."""
        return scope_of({partner.country.portal_region for partner in self.partners if partner.country})


@dataclass(frozen=True)
class Names:
    """What projects point to, public records only, as {id: row}."""

    countries: dict
    agencies: dict
    forums: dict
    funds: dict
    themes: dict
    goals: dict
    instruments: dict


def read_names():
    return Names(
        countries=rows(Country.objects, "iso3", "iso2", "name", "subregion", "portal_region"),
        agencies=rows(Agency.objects.published(), "slug", "name", "kind", "iati_id"),
        forums=rows(Forum.objects.published(), "slug", "name"),
        funds=rows(Fund.objects.published(), "slug", "name"),
        themes=rows(Theme.objects.order_by("code"), "code", "name", "crs_codes"),
        goals=rows(Goal.objects.order_by("number"), "number", "name"),
        instruments=rows(Instrument.objects.order_by("code"), "code", "name", "aid_type"),
    )


def rows(records, *columns):
    return {row.pk: row for row in records.values_list("pk", *columns, named=True)}


def whole_projects(ids, names):
    """The public projects among `ids` as `WholeProject`, in the order of `ids`, in six queries."""
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


def partners_of(ids, names):
    partners = defaultdict(list)
    texts = ("organisation", "organisation_ref", "organisation_type", "start", "end")
    found = Participation.objects.filter(project__in=ids).order_by("pk")
    for project, role, country, agency, *values in found.values_list("project", "role", "country", "agency", *texts):
        partner = Partner(role, names.countries.get(country), names.agencies.get(agency), *values)
        if partner.names_someone:
            partners[project].append(partner)
    return partners


def documents_of(ids):
    documents = defaultdict(list)
    found = Document.objects.filter(project__in=ids).exclude(url="").order_by("pk")
    for document in found.values_list("project", "title", "url", "category", "language", named=True):
        documents[document.project].append(document)
    return documents


def chosen(link, column, ids, names):
    """What of a vocabulary was chosen for some projects: `{project: [row, ...]}` in the order of `names`."""
    keys = defaultdict(set)
    for project, key in link.objects.filter(project__in=ids).values_list("project", column):
        keys[project].add(key)
    return defaultdict(
        list, {project: [row for key, row in names.items() if key in own] for project, own in keys.items()}
    )
