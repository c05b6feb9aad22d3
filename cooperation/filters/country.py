"""What can be asked of the countries."""

from django.utils.translation import gettext_lazy as _

from cooperation.filters.base import GROUP_CHOICES, CodesFilter, RecordFilterSet, codes_of, in_groups
from cooperation.models import Country, Forum, Membership, PortalRegion, Subregion


class CountryFilterSet(RecordFilterSet):
    SEARCHED = ("name", "name_es", "name_pt", "name_fr", "iso3", "iso2", "m49")
    ORDERS = {
        "name": (_("Name"), ("name", "id")),
        "projects": (_("Number of projects"), ("-project_count", "name", "id")),
    }

    region = CodesFilter("portal_region", label=_("Region"), choices=PortalRegion.choices)
    subregion = CodesFilter("subregion", label=_("M49 subregion"), choices=Subregion.choices)
    group = CodesFilter(method="with_group", label=_("Group"), choices=GROUP_CHOICES)
    income = CodesFilter("income_group", label=_("Income group"), choices=Country.IncomeGroup.choices)
    member_of = CodesFilter(
        method="of_forum",
        label=_("Present member of"),
        choices=codes_of(Forum, "slug", "name", memberships__isnull=False),
    )

    class Meta:
        model = Country
        fields = []

    def with_group(self, queryset, name, groups):
        return in_groups(queryset, groups)

    def of_forum(self, queryset, name, forums):
        return queryset.filter(pk__in=Membership.objects.present().filter(forum__slug__in=forums).values("country"))
