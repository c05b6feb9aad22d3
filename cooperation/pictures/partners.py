"""Where the partners of projects lie, on the tile map."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.filters.partners import project_counts
from cooperation.filters.sides import GIVING, RECEIVING
from cooperation.models import Country
from cooperation.pictures.tile_map import class_map, tile_map


def map_of_all_projects():
    """The number of public projects of each country; a tile leads to these projects."""
    return tile_map(
        _("Countries by number of projects"),
        _("Each tile is a country or area; its number is that of the projects in which it is a partner."),
        project_counts(),
        address=lambda country: f"{reverse('project_list')}?country={country.iso3}",
        wording=lambda number: ngettext("%(number)s project", "%(number)s projects", number) % {"number": number},
    )


def map_of_partners(participations):
    """Who gives and who receives among the countries of one project, or None where no country is a partner."""
    roles = {}
    for part in participations:
        if part.country_id:
            roles.setdefault(part.country_id, set()).add(part.role)
    if not roles:
        return None
    return class_map(
        _("Partners on the map"),
        _("Countries that take part, by what they do. The table of partners says more."),
        {country: side_of(taken) for country, taken in roles.items()},
        [
            ("gives", _("Gives")),
            ("both", _("Gives and receives")),
            ("receives", _("Receives")),
            ("other", _("Takes part in another role")),
        ],
        address=Country.get_absolute_url,
    )


def side_of(roles):
    """“gives”, “receives” or “both” of a partner in these roles, or “other”."""
    gives, receives = bool(roles & {*GIVING}), bool(roles & {*RECEIVING})
    if gives and receives:
        return "both"
    return "gives" if gives else "receives" if receives else "other"
