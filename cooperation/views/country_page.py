"""What the page of a country shows: both sides of its role, its partners on a map, its forums, and what is missing."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.filters.sides import GIVING, RECEIVING
from cooperation.models import Agency, Country, Fund, Milestone, Project
from cooperation.pictures.champions import OF_COUNTRIES
from cooperation.pictures.dual_role import OTHER_ROLES, dual_role
from cooperation.pictures.gaps import gaps_of
from cooperation.pictures.memberships import membership_scale
from cooperation.pictures.tile_map import tile_map
from cooperation.views.generic import list_address, related

THEMES_IN_SIGHT = 8
RECORDS_IN_SIGHT = 4


@dataclass(frozen=True)
class Side:
    """A side of the dual role: in how many projects, where they are listed, and `[(role, number, address), ...]`."""

    title: str
    number: int
    url: str
    roles: list


def projects_in(country, roles):
    """The address of the projects in which a country has one of some roles."""
    return list_address(Project, country=country.iso3, role=[role.value for role in roles])


def rows_of(role, roles):
    return [(each.label, role.by_role[each], projects_in(role.country, [each])) for each in roles]


def sides_of(role):
    """`[Side, Side]`, what it gives and what it receives, of a `DualRole`."""
    return [
        Side(title, number, projects_in(role.country, roles), rows_of(role, roles))
        for title, number, roles in ((_("Gives"), role.gives, GIVING), (_("Receives"), role.receives, RECEIVING))
    ]


def partner_map(role):
    """The map of the partners of a country; a tile leads to the projects in which both take part."""
    most = Country.objects.filter(pk=max(role.shared, key=role.shared.get, default=None)).first()
    sentence = _("No partner country is recorded yet.")
    if most:
        text = ngettext(
            "The number of projects that each country has together with %(country)s; most with %(most)s, %(number)s.",
            "The number of projects that each country has together with %(country)s; most with %(most)s, %(number)s.",
            role.shared[most.pk],
        )
        sentence = text % {"country": role.country, "most": most, "number": role.shared[most.pk]}
    return tile_map(
        _("Its partners"),
        sentence,
        role.shared,
        lambda partner: list_address(Project, country=[role.country.iso3, partner.iso3], country_match="all"),
        together,
        here=(role.country.pk,),
    )


def together(number):
    text = ngettext("%(number)s project together", "%(number)s projects together", number)
    return text % {"number": number}


def read_lead(country):
    """What stands above the key facts."""
    role = dual_role(country)
    return {
        "role": role,
        "sides": sides_of(role),
        "other_roles": rows_of(role, OTHER_ROLES),
        "map": partner_map(role),
        "themes": [
            (name, number, list_address(Project, country=country.iso3, theme=code))
            for code, name, number in role.themes[:THEMES_IN_SIGHT]
        ],
        "theme_count": len(role.themes),
    }


def beginning(membership):
    """Where the bar of a membership begins, those of no known date last."""
    return membership.joined or membership.forum.established or "9999", str(membership.forum), membership.pk


def read_sections(country, references):
    """What stands between the key facts and the sources."""
    memberships = sorted(country.memberships.of_published().select_related("forum"), key=beginning)
    roles = country.forum_roles.of_published().select_related("forum", "source").order_by("role", "start", "id")
    hosted = country.hosted_meetings.of_published().held().select_related("forum").order_by("-date", "-id")
    return {
        "scale": membership_scale(memberships, timezone.now().year),
        "forum_roles": references.mark(roles.filter(OF_COUNTRIES)),
        "seats": references.mark(roles.exclude(OF_COUNTRIES)),
        "hosted": list(hosted),
        "projects": related(Project, RECORDS_IN_SIGHT, country=country.iso3),
        "agencies": related(Agency, RECORDS_IN_SIGHT, country=country.iso3),
        "funds": related(Fund, RECORDS_IN_SIGHT, country=country.iso3),
        "milestones": related(Milestone, RECORDS_IN_SIGHT, country=country.iso3),
        "gaps": [
            (gap.sentence, list_address(Project, **gap.query) if gap.query else "")
            for gap in gaps_of(country, memberships)
        ],
    }
