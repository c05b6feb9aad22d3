"""What can be asked of the funds."""

from django.utils.translation import gettext_lazy as _

from cooperation.facets import Own, Rows
from cooperation.filters.base import RecordFilterSet
from cooperation.filters.kinds import CodesFilter
from cooperation.filters.options import Codes
from cooperation.models import Agency, Contribution, Country, Forum, Fund, FundManager


class FundFilterSet(RecordFilterSet):
    ORDERS = {"name": (_("Name"), ("name", "id")), "newest": (_("Newest change"), ("-updated", "-id"))}

    forum = CodesFilter(
        Own("forum"), label=_("Forum"), choices=Codes(Forum, "slug", "name", ("acronym",)), in_words=True
    )
    agency = CodesFilter(
        Rows(FundManager, "fund", ("agency",)),
        label=_("Managed by"),
        choices=Codes(Agency, "slug", "name", ("acronym",)),
        in_words=True,
    )
    country = CodesFilter(
        Rows(Contribution, "fund", ("country",)), label=_("Contributor"), choices=Codes(Country, "iso3", "name")
    )

    class Meta:
        model = Fund
        fields = ()
