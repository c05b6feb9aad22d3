"""The page of the champions: the countries that carry forums."""

from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.filters.wording import each_of
from cooperation.models import ForumRole
from cooperation.pictures.champions import champions
from cooperation.pictures.tile_map import tile_map


def champions_page(request):
    """Who began, called, hosted and chaired which forums, and keeps their secretariats."""
    found = champions()
    return TemplateResponse(
        request,
        "cooperation/champions.html",
        {
            "champions": found,
            "roles": [role.label for role in ForumRole.Role],
            "lead": lead_in_words(found),
            "map": tile_map(
                _("Who carries forums"),
                _("The number of forums that each country carries, in whatever role. A tile leads to its row."),
                {each.country.pk: len(each.carried) for each in found},
                lambda country: f"#{country.iso3}",
                in_forums,
            ),
        },
    )


def in_forums(number):
    return ngettext("%(number)s forum", "%(number)s forums", number) % {"number": number}


def lead_in_words(found):
    """Say it: “83 countries carry forums, 21 of them at least one between the regions. Chile carries most …: 3”."""
    if not found:
        return _("No country is recorded with a role in a forum or as host of a meeting yet.")
    text = ngettext(
        "%(number)s country carries forums, %(between)s of them at least one between the regions.",
        "%(number)s countries carry forums, %(between)s of them at least one between the regions.",
        len(found),
    )
    first = text % {"number": len(found), "between": sum(each.between > 0 for each in found)}
    most = found[0].between
    if not most:
        return first
    names = [str(each.country) for each in found if each.between == most]
    text = ngettext(
        "Most forums between the regions are carried by %(names)s: %(number)s.",
        "Most forums between the regions are carried by %(names)s: %(number)s each.",
        len(names),
    )
    return f"{first} {text % {'names': each_of(names), 'number': most}}"
