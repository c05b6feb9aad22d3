"""What can be asked of the agencies."""

from django.utils.translation import gettext_lazy as _

from cooperation.facets import Own, Rows
from cooperation.filters.base import RecordFilterSet
from cooperation.filters.kinds import CodesFilter
from cooperation.filters.options import REGION_CHOICES, Codes
from cooperation.models import Agency, AgencyRole, Country


class AgencyFilterSet(RecordFilterSet):
    ORDERS = {"name": (_("Name"), ("name", "id")), "newest": (_("Newest change"), ("-updated", "-id"))}

    country = CodesFilter(Own("country"), label=_("Country"), choices=Codes(Country, "iso3", "name"), in_words=True)
    region = CodesFilter(Own("country__portal_region"), label=_("Region"), choices=REGION_CHOICES)
    kind = CodesFilter(Own("kind"), label=_("Kind"), choices=Agency.Kind.choices)
    role = CodesFilter(
        Rows(AgencyRole, "agency", ("role",)),
        label=_("Role in cooperation"),
        choices=AgencyRole._meta.get_field("role").flatchoices,
    )

    class Meta:
        model = Agency
        fields = ()
