"""What can be asked of the funds."""

from django.utils.translation import gettext_lazy as _

from cooperation.filters.base import PUBLISHED, CodesFilter, RecordFilterSet, codes_of
from cooperation.models import Agency, Country, Forum, Fund


class FundFilterSet(RecordFilterSet):
    SEARCHED = ("name", "acronym", "slug", "summary")
    ORDERS = {"name": (_("Name"), ("name", "id")), "newest": (_("Newest change"), ("-updated", "-id"))}

    forum = CodesFilter(
        "forum__slug",
        label=_("Forum"),
        choices=codes_of(Forum, "slug", "name", funds__publication_status=PUBLISHED),
    )
    agency = CodesFilter(
        "managers__agency__slug",
        label=_("Managed by"),
        choices=codes_of(Agency, "slug", "name", managed_funds__fund__publication_status=PUBLISHED),
    )
    country = CodesFilter(
        "contributions__country__iso3",
        label=_("Contributor"),
        choices=codes_of(Country, "iso3", "name", contributions__fund__publication_status=PUBLISHED),
    )

    class Meta:
        model = Fund
        fields = []
