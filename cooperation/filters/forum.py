"""What can be asked of the forums."""

from django.utils.translation import gettext_lazy as _

from cooperation.filters.base import PUBLISHED, CodesFilter, RecordFilterSet, codes_of
from cooperation.models import Country, Forum, Membership, Theme


class ForumFilterSet(RecordFilterSet):
    SEARCHED = ("name", "acronym", "name_es", "name_pt", "name_fr", "former_names", "slug", "summary")
    ORDERS = {"name": (_("Name"), ("name", "id")), "newest": (_("Newest change"), ("-updated", "-id"))}

    kind = CodesFilter("kind", label=_("Kind"), choices=Forum.Kind.choices)
    region = CodesFilter("reach", label=_("Regions"), choices=Forum.Reach.choices)
    member = CodesFilter(
        method="with_member",
        label=_("Present member"),
        choices=codes_of(Country, "iso3", "name", memberships__forum__publication_status=PUBLISHED),
        help_text=_("Members and associate members; observers and former members do not count."),
    )
    theme = CodesFilter(
        "themes__code",
        label=_("Theme"),
        choices=codes_of(Theme, "code", "name", forums__publication_status=PUBLISHED),
    )

    class Meta:
        model = Forum
        fields = []

    def with_member(self, queryset, name, countries):
        return queryset.filter(pk__in=Membership.objects.present().filter(country__iso3__in=countries).values("forum"))
