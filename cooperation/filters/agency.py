"""What can be asked of the agencies."""

from django.utils.translation import gettext_lazy as _

from cooperation.filters.base import PUBLISHED, REGION_CHOICES, CodesFilter, RecordFilterSet, codes_of
from cooperation.models import Agency, AgencyRole, Country


class AgencyFilterSet(RecordFilterSet):
    SEARCHED = ("name", "acronym", "native_name", "former_names", "slug", "summary")
    ORDERS = {"name": (_("Name"), ("name", "id")), "newest": (_("Newest change"), ("-updated", "-id"))}

    country = CodesFilter(
        "country__iso3",
        label=_("Country"),
        choices=codes_of(Country, "iso3", "name", agencies__publication_status=PUBLISHED),
    )
    region = CodesFilter("country__portal_region", label=_("Region"), choices=REGION_CHOICES)
    kind = CodesFilter("kind", label=_("Kind"), choices=Agency.Kind.choices)
    role = CodesFilter(
        "roles__role", label=_("Role in cooperation"), choices=AgencyRole._meta.get_field("role").choices
    )

    class Meta:
        model = Agency
        fields = []
