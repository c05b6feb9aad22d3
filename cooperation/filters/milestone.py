"""What can be asked of the milestones."""

from django.utils.translation import gettext_lazy as _

from cooperation.filters.base import PUBLISHED, CodesFilter, PeriodForm, RecordFilterSet, YearFilter, codes_of
from cooperation.models import Country, Forum, Milestone, PortalRegion


class MilestoneFilterSet(RecordFilterSet):
    SEARCHED = ("title", "summary", "city", "slug", "note")
    ORDERS = {
        "oldest": (_("Oldest first"), ("date", "id")),
        "latest": (_("Latest first"), ("-date", "-id")),
    }

    forum = CodesFilter(
        "forum__slug",
        label=_("Forum"),
        choices=codes_of(Forum, "slug", "name", milestones__publication_status=PUBLISHED),
    )
    country = CodesFilter(
        "country__iso3",
        label=_("Country of the place"),
        choices=codes_of(Country, "iso3", "name", milestones__publication_status=PUBLISHED),
    )
    region = CodesFilter("country__portal_region", label=_("Region of the place"), choices=PortalRegion.choices)
    year_from = YearFilter(label=_("From (year)"))
    year_to = YearFilter(label=_("To (year)"))

    class Meta:
        model = Milestone
        fields = []
        form = PeriodForm

    def filter_queryset(self, queryset):
        asked = self.form.cleaned_data
        queryset = super().filter_queryset(queryset)
        if asked["year_from"]:
            queryset = queryset.filter(date__gte=f"{asked['year_from']:04d}")
        if asked["year_to"]:
            queryset = queryset.filter(date__lte=f"{asked['year_to']:04d}-12-31")
        return queryset
