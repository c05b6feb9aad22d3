"""What can be asked of the countries."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.facets import NOTHING, Bitmaps, Index, Own, Rows
from cooperation.filters.base import RecordFilterSet
from cooperation.filters.kinds import CodesFilter, YearFilter
from cooperation.filters.options import Codes
from cooperation.filters.partners import project_counts
from cooperation.models import Country, Forum, Membership, PortalRegion, Subregion

REGION, SUBREGION, INCOME = Own("portal_region"), Own("subregion"), Own("income_group")
GROUPS = {"sids": Own("sids"), "ldc": Own("ldc"), "lldc": Own("lldc")}
GROUP_CHOICES = [
    ("sids", _("Small island developing States")),
    ("ldc", _("Least developed countries")),
    ("lldc", _("Landlocked developing countries")),
]
PRESENT_MEMBERS = Rows(Membership, "country", ("forum",), Membership.as_of())
FORUMS = Codes(Forum, "slug", "name", ("acronym",))


def groups(filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
    return {name: filterset.index.bitmaps(own).get(True, NOTHING) for name, own in GROUPS.items()}


def forums_of_members(filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
    """Map each forum to the countries that belong to it: today, or as of the year that is asked."""
    if "as_of" not in asked:
        return filterset.index.bitmaps(PRESENT_MEMBERS)
    members = Rows(Membership, "country", ("forum",), Membership.as_of(asked["as_of"]))
    return {forum: filterset.index.of_ids(ids) for forum, ids in members.read()}


def by_number_of_projects(index: Index) -> list[int]:
    """List the ids of all countries: most projects first, then by name."""
    counts = project_counts()
    names = Country.objects.order_by("name", "id").values_list("pk", flat=True)
    return sorted(names, key=lambda country: -counts.get(country, 0))


class CountryFilterSet(RecordFilterSet):
    ORDERS = {
        "name": (_("Name"), ("name", "id")),
        "projects": (_("Number of projects"), by_number_of_projects),
    }

    region = CodesFilter(REGION, label=_("Region"), choices=PortalRegion.choices)
    subregion = CodesFilter(SUBREGION, label=_("M49 subregion"), choices=Subregion.choices)
    group = CodesFilter(groups, sources=tuple(GROUPS.values()), label=_("Group"), choices=GROUP_CHOICES)
    income = CodesFilter(INCOME, label=_("Income group"), choices=Country.IncomeGroup.choices)
    member_of = CodesFilter(
        forums_of_members,
        sources=(PRESENT_MEMBERS,),
        group="membership",
        label=_("Member of"),
        choices=FORUMS,
        help_text=_("Members and associate members, today or as of the year below."),
    )
    as_of = YearFilter(
        group="membership",
        label=_("Member as of (year)"),
        help_text=_("Who joined on no recorded date counts from the foundation of the forum on."),
    )

    class Meta:
        model = Country
        fields = ()
