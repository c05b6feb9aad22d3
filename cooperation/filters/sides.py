"""The two sides of a project: the countries that give, and those that receive."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pyroaring import BitMap

from cooperation.facets import NOTHING, Bitmaps, Index, union
from cooperation.filters.base import RecordFilterSet
from cooperation.filters.country import REGION, SUBREGION, CountryFilterSet
from cooperation.filters.kinds import CodesFilter
from cooperation.filters.options import Codes, Several
from cooperation.filters.partners import COUNTRIES_IN_ROLES, countries_in
from cooperation.models import Country, PartnerRole, PortalRegion, Subregion

GIVING = (PartnerRole.PROVIDER, PartnerRole.PIVOTAL, PartnerRole.FACILITATING, PartnerRole.BOTH)
RECEIVING = (PartnerRole.BENEFICIARY, PartnerRole.BOTH)
# The roles that one may choose to count: on each side all but those that belong to the other one only.
MAY_GIVE = [role for role in PartnerRole if role not in RECEIVING or role in GIVING]
MAY_RECEIVE = [role for role in PartnerRole if role not in GIVING or role in RECEIVING]
COUNTRIES = Codes(Country, "iso3", "name", ("name_es", "name_pt", "name_fr", "other_names", "iso3"))
PLACES = Several((PortalRegion.choices, Subregion.choices, COUNTRIES))


class SideFilter(CodesFilter):
    """The places on one side of a project, in the roles that its role filter asks for, or in `default_roles`."""

    def __init__(self, name: str, default_roles: tuple[str, ...], **kwargs: Any) -> None:
        self.side, self.role_name = name, f"{name}_role"
        self.default_roles = default_roles
        sources = (COUNTRIES_IN_ROLES,)
        super().__init__(self.places, choices=PLACES, sources=sources, group=name, is_offered=False, **kwargs)

    def roles(self, asked: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(asked.get(self.role_name) or self.default_roles)

    def places(self, filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
        """Map each country id, or code of a region or subregion, to the projects that it stands on this side of."""
        roles = self.roles(asked)
        if roles != self.default_roles:
            return by_place(filterset.index, roles)
        return filterset.index.derived(("by_place", roles), lambda index: by_place(index, roles))

    def all_countries(self, filterset: RecordFilterSet) -> dict[int, BitMap]:
        """Map the id of each country to its projects on this side, whichever places are asked."""
        return countries_in(filterset.index, self.roles(filterset.asked))

    def countries(self, filterset: RecordFilterSet) -> dict[int, BitMap]:
        """Map the id of each country in the places that are asked to its projects on this side."""
        found = self.all_countries(filterset)
        chosen = countries_of(filterset, self.side)
        return found if chosen is None else {key: found[key] for key in found.keys() & chosen}


class SideRoleFilter(CodesFilter):
    """Roles that count as one side: of the places chosen, by whose filter they are then applied, or of any country."""

    def __init__(self, name: str, roles: Iterable[PartnerRole], **kwargs: Any) -> None:
        self.side = name
        sources = (COUNTRIES_IN_ROLES,)
        choices = [(role.value, role.label) for role in roles]
        super().__init__(self.of_side, choices=choices, sources=sources, group=name, **kwargs)

    def of_side(self, filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
        """Map each role to the projects in which one of the places that are asked, or any country, has it."""
        chosen = countries_of(filterset, self.side) if self.side in asked else None
        found = dict.fromkeys(PartnerRole.values, NOTHING)
        for (country, role), bitmap in filterset.index.bitmaps(COUNTRIES_IN_ROLES).items():
            if country is not None and (chosen is None or country in chosen):
                found[role] = found[role] | bitmap
        return found

    def restriction(self, filterset: RecordFilterSet, roles: Collection[str]) -> BitMap | None:
        return None if self.side in filterset.asked else super().restriction(filterset, roles)


def partners_in(countries: Bitmaps, projects: Mapping[int, BitMap]) -> Bitmaps:
    """Map each value to the `projects` of its `countries`: a bitmap of these for each value."""
    index = CountryFilterSet().index
    return {
        value: union(projects[each] for each in index.ids_of(bitmap).tolist() if each in projects)
        for value, bitmap in countries.items()
    }


def by_place(index: Index, roles: Collection[str]) -> Bitmaps:
    countries, projects = CountryFilterSet().index, countries_in(index, roles)
    return {
        **projects,
        **partners_in(countries.bitmaps(REGION), projects),
        **partners_in(countries.bitmaps(SUBREGION), projects),
    }


def countries_of(filterset: RecordFilterSet, name: str) -> set[int] | None:
    """List the ids of the countries in the places that are asked of a `SideFilter`; None when it is not asked."""
    if name not in filterset.asked:
        return None
    index = CountryFilterSet().index
    found: set[int] = set()
    areas = {**index.bitmaps(REGION), **index.bitmaps(SUBREGION)}
    for key in filterset.keys(filterset.filters[name], filterset.asked[name]):
        found |= set(index.ids_of(areas[key]).tolist()) if key in areas else {key}
    return found
