"""Both sides of the role of a country: what it gives, what it receives, and with whom."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.filters import ProjectFilterSet, projects_of
from cooperation.filters.sides import GIVING, RECEIVING
from cooperation.models import Country, PartnerRole, PortalRegion

OTHER_ROLES = tuple(role for role in PartnerRole if role not in GIVING + RECEIVING)
OTHER_SHORE = {PortalRegion.ASIA_PACIFIC: PortalRegion.LAC, PortalRegion.LAC: PortalRegion.ASIA_PACIFIC}


@dataclass(frozen=True)
class DualRole:
    """Numbers of public projects of a country, each that of the list of projects under the same filters.

    by_role   `{role: number}`, 0 for a role that it has in none
    gives, receives, projects   numbers of projects: in a giving role, in a receiving one, in any
    shared    `{id of a partner country: number of projects in which both take part}`
    shores    `{region: number of partner countries}`
    themes    `[(code, name, number), ...]`, the most frequent first
    """

    country: Country
    by_role: dict
    gives: int
    receives: int
    projects: int
    shared: dict
    shores: Counter
    themes: list

    @property
    def sentence(self):
        """“Thailand takes part in 33 projects, gives in 23, receives in 9; 4 of its 18 partner countries are …”."""
        if not self.projects:
            return _("No project with %(country)s is recorded yet.") % {"country": self.country}
        text = ngettext(
            "%(country)s takes part in %(projects)s project, gives in %(gives)s, receives in %(receives)s; %(with)s.",
            "%(country)s takes part in %(projects)s projects, gives in %(gives)s, receives in %(receives)s; %(with)s.",
            self.projects,
        )
        return text % {
            "country": self.country,
            "projects": self.projects,
            "gives": self.gives,
            "receives": self.receives,
            "with": self.with_whom,
        }

    @property
    def with_whom(self):
        if not self.shared:
            return _("no partner country is recorded")
        if self.country.portal_region not in OTHER_SHORE:
            text = ngettext(
                "of its %(all)s partner country %(asia_pacific)s is in Asia-Pacific, "
                "%(lac)s in Latin America and the Caribbean",
                "of its %(all)s partner countries %(asia_pacific)s are in Asia-Pacific, "
                "%(lac)s in Latin America and the Caribbean",
                len(self.shared),
            )
            shores = {region.value: self.shores[region] for region in OTHER_SHORE}
            return text % {"all": len(self.shared), **shores}
        text = ngettext(
            "%(across)s of its %(all)s partner country is on the other shore",
            "%(across)s of its %(all)s partner countries are on the other shore",
            len(self.shared),
        )
        return text % {"across": self.shores[OTHER_SHORE[self.country.portal_region]], "all": len(self.shared)}


def dual_role(country):
    """The `DualRole` of a country, from the facet index. One query, for the regions of its partners."""
    by_role, shared = projects_of(country)
    filterset = ProjectFilterSet({"country": country.iso3})
    themes = sorted(filterset.values_of("theme")[1], key=lambda theme: -theme.count)
    return DualRole(
        country,
        {role: by_role.get(role.value, 0) for role in PartnerRole},
        number_in(country, GIVING),
        number_in(country, RECEIVING),
        filterset.count,
        shared,
        Counter(Country.objects.filter(pk__in=shared).values_list("portal_region", flat=True)),
        [(theme.code, theme.label, theme.count) for theme in themes],
    )


def number_in(country, roles):
    """The number of public projects in which a country has at least one of some roles."""
    return ProjectFilterSet({"country": country.iso3, "role": [role.value for role in roles]}).count
