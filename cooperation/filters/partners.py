"""The partner countries of projects, in bitmaps: what several FilterSets ask for."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from pyroaring import BitMap

from cooperation import facets
from cooperation.facets import Index, Rows, union
from cooperation.models import Country, Participation, Project

# The order of the list of projects.
NEWEST_CHANGE = ("-updated", "-id")
COUNTRIES_IN_ROLES = Rows(Participation, "project", ("country", "role"))


def by_country(index: Index) -> dict[int, BitMap]:
    """Map the id of each country to its projects, in whatever role."""
    return index.derived("by_country", lambda index: _united(index, place=0))


def countries_in(index: Index, roles: Collection[str] | None) -> dict[int, BitMap]:
    """Map the id of each country to the projects in which it has one of these roles, or any role if none is given."""
    if not roles:
        return by_country(index)
    bound = index.bitmaps(COUNTRIES_IN_ROLES)
    countries = {country for country, role in bound if role in roles and country is not None}
    return {country: union(bound[country, role] for role in roles if (country, role) in bound) for country in countries}


def by_role(index: Index) -> dict[str, BitMap]:
    """Map each role to the projects that have a partner in it, of whatever kind that partner is."""
    return index.derived("by_role", lambda index: _united(index, place=1))


def _united(index: Index, place: int) -> dict[Any, BitMap]:
    groups: defaultdict[Any, list[BitMap]] = defaultdict(list)
    for country_and_role, bitmap in index.bitmaps(COUNTRIES_IN_ROLES).items():
        groups[country_and_role[place]].append(bitmap)
    return {key: union(bitmaps) for key, bitmaps in groups.items() if key is not None}


def project_counts() -> dict[int, int]:
    """Count the public projects of each country, by its id."""
    return {country: len(bitmap) for country, bitmap in by_country(_index()).items()}


def projects_of(country: Country) -> tuple[dict[str, int], dict[int, int]]:
    """Count the public projects of a country by role, and those that it shares with each other country, by its id."""
    index = _index()
    by_role = {
        role: len(bitmap)
        for (partner, role), bitmap in index.bitmaps(COUNTRIES_IN_ROLES).items()
        if partner == country.pk
    }
    own = by_country(index).get(country.pk, facets.NOTHING)
    shared = {other: own.intersection_cardinality(bitmap) for other, bitmap in by_country(index).items()}
    return by_role, {other: number for other, number in shared.items() if number and other != country.pk}


def _index() -> Index:
    return facets.index_of(Project, NEWEST_CHANGE, (COUNTRIES_IN_ROLES,))
