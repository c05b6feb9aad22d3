"""What can be asked of the milestones."""

from django.utils.translation import gettext_lazy as _

from cooperation.facets import Own
from cooperation.filters.base import PeriodForm, RecordFilterSet
from cooperation.filters.kinds import CodesFilter, YearFilter, year_of
from cooperation.filters.options import Codes
from cooperation.models import Country, Forum, Milestone, PortalRegion

YEAR = year_of("year_of_event", "date")


class MilestoneFilterSet(RecordFilterSet):
    ORDERS = {
        "oldest": (_("Oldest first"), ("date", "id")),
        "latest": (_("Latest first"), ("-date", "-id")),
    }

    forum = CodesFilter(
        Own("forum"), label=_("Forum"), choices=Codes(Forum, "slug", "name", ("acronym",)), in_words=True
    )
    country = CodesFilter(
        Own("country"), label=_("Country of the place"), choices=Codes(Country, "iso3", "name"), in_words=True
    )
    region = CodesFilter(Own("country__portal_region"), label=_("Region of the place"), choices=PortalRegion.choices)
    year_from = YearFilter(YEAR, label=_("From (year)"))
    year_to = YearFilter(YEAR, from_then_on=False, label=_("To (year)"))

    class Meta:
        model = Milestone
        fields = ()
        form = PeriodForm
