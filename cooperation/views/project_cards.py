"""The cards of projects, made from plain values in a fixed number of narrow queries.

Counts are free, so that drawing the cards is what a list of projects costs. Instances with their prefetched parts took
four times as long.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, ngettext

from cooperation import changes
from cooperation.models import (
    Agency,
    Country,
    Document,
    Participation,
    PartnerRole,
    PortalRegion,
    Project,
    ProjectCitation,
    Theme,
)
from cooperation.templatetags.records import period

CHIP = '<a class="chip chip--{}" href="{}">{}</a>'
PLAIN_CHIP = '<span class="chip">{}</span>'
BOTH_SHORES = {PortalRegion.ASIA_PACIFIC.value, PortalRegion.LAC.value}


@dataclass
class ProjectCard:
    """What the card of a project says. `partners` are (role, chips as HTML) pairs, `facts` the end of its last line."""

    url: str
    title: str
    heading: str
    summary: str
    note: str
    kind: str
    partners: list
    dates: str
    status: str
    status_text: str
    facts: list


def project_cards(ids):
    """The cards of the public projects among `ids`, in the order of `ids`."""
    names = names_now()
    partners, regions, sources = defaultdict(lambda: defaultdict(list)), defaultdict(set), defaultdict(set)
    columns = ("project", "role", "country", "agency", "organisation", "source")
    for project, role, country, agency, organisation, source in rows_of(Participation, columns, ids):
        regions[project].add(names.regions.get(country))
        sources[project].add(source)
        chip = names.chip(country, agency, organisation)
        if chip:
            partners[project][role].append(chip)
    for model in (ProjectCitation, Document):
        for project, source in rows_of(model, ("project", "source"), ids):
            sources[project].add(source)
    themes = defaultdict(set)
    for project, theme in rows_of(Project.themes.through, ("project", "theme"), ids):
        themes[project].add(theme)
    address = reverse("project_detail", args=["slug"])
    between, roles = gettext("between the regions"), [(role.value, str(role.label)) for role in PartnerRole]
    modalities = {code: str(label) for code, label in Project.Modality.choices}
    statuses = {code: str(label) for code, label in Project.Status.choices}
    cards = {}
    rows = Project.objects.published().filter(pk__in=ids).order_by()
    columns = ("pk", "slug", "title", "summary", "note", "modality", "status", "start", "end", "confirmed_on")
    for project, slug, title, summary, note, modality, status, start, end, confirmed_on in rows.values_list(*columns):
        facts = [name for theme, name in names.themes.items() if theme in themes[project]]
        facts.append(sources_text(len(sources[project] - {None})))
        if confirmed_on:
            facts.append(gettext("confirmed %(date)s") % {"date": date_format(confirmed_on, "F Y")})
        cards[project] = ProjectCard(
            url=address.replace("slug", slug),
            title=title,
            heading=title,
            summary=summary,
            note=note,
            kind=f"{modalities[modality]} · {between}" if regions[project] >= BOTH_SHORES else modalities[modality],
            partners=[
                # Each chip was escaped when it was made.
                (label, mark_safe(" ".join(partners[project][role])))  # noqa: S308  # nosec B308, B703
                for role, label in roles
                if role in partners[project]
            ],
            dates=period(start, end),
            status=status,
            status_text=statuses.get(status, ""),
            facts=facts,
        )
    return [cards[each] for each in ids if each in cards]


def rows_of(model, columns, ids):
    """The rows of `model` that belong to some projects: ids and texts only, in the order in which they were entered."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement(model, columns, len(ids)), ids)
        return cursor.fetchall()


@cache
def statement(model, columns, number):
    """The SQL for `number` projects. To put it together takes Django longer than the database takes to answer it."""
    rows = model._base_manager.filter(project__in=range(number)).order_by("pk").values_list(*columns)
    return rows.query.sql_with_params()[0]


def sources_text(number):
    return ngettext("%(number)s source", "%(number)s sources", number) % {"number": number}


@dataclass(frozen=True)
class Names:
    """What partners, themes and codes are called at a data version, in a language; public agencies only."""

    version: int
    language: str
    countries: dict  # id: chip as HTML
    regions: dict  # id of a country: its region
    agencies: dict  # id, region: chip as HTML
    themes: dict  # id: name, in alphabetical order

    def chip(self, country, agency, organisation):
        """A partner as a chip: the agency, else the organisation, else the country. "" for one that is not public."""
        linked = self.agencies.get((agency, self.regions.get(country, PortalRegion.OTHER)))
        if linked:
            return linked
        return format_html(PLAIN_CHIP, organisation) if organisation else self.countries.get(country, "")


def names_now():
    """The `Names` of now. They are read once for each data version."""
    version, language = changes.current(), get_language()
    if "names" not in _kept or (_kept["names"].version, _kept["names"].language) != (version, language):
        _kept["names"] = read_names(version, language)
    return _kept["names"]


def read_names(version, language):
    countries = list(Country.objects.values_list("pk", "iso3", "name", "portal_region"))
    agencies = [
        (agency, reverse("agency_detail", args=[slug]), acronym, name)
        for agency, slug, acronym, name in Agency.objects.published().values_list("pk", "slug", "acronym", "name")
    ]
    return Names(
        version,
        language,
        countries={
            country: format_html(CHIP, region, reverse("country_detail", args=[iso3]), name)
            for country, iso3, name, region in countries
        },
        regions={country: region for country, _iso3, _name, region in countries},
        agencies={
            (agency, region): format_html(CHIP, region, address, acronym or name)
            for agency, address, acronym, name in agencies
            for region in PortalRegion.values
        },
        themes=dict(Theme.objects.order_by("name").values_list("pk", "name")),
    )


_kept = {}
