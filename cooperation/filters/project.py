"""What can be asked of the projects."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from cooperation.filters.base import (
    GROUP_CHOICES,
    PUBLISHED,
    REGION_CHOICES,
    UNKNOWN_VALUE,
    CodesFilter,
    PeriodForm,
    RecordFilterSet,
    YearFilter,
    codes_of,
    holds,
    in_groups,
)
from cooperation.models import (
    Agency,
    Country,
    Forum,
    Fund,
    Goal,
    Instrument,
    Participation,
    PartnerRole,
    Project,
    Scope,
    Theme,
)


class ProjectFilterSet(RecordFilterSet):
    SEARCHED = ("title", "official_id", "summary", "slug", "note")
    ORDERS = {
        "newest": (_("Newest change"), ("-updated", "-id")),
        "title": (_("Title"), ("title", "id")),
        "start": (_("Start, latest first"), ("-start", "-id")),
    }

    country = CodesFilter(
        method="jointly",
        label=_("Partner country"),
        choices=codes_of(Country, "iso3", "name", participations__project__publication_status=PUBLISHED),
    )
    country_match = ChoiceFilter(
        method="jointly",
        label=_("Of several countries"),
        choices=[("all", _("all take part"))],
        empty_label=_("any takes part"),
        error_messages={"invalid_choice": UNKNOWN_VALUE},
    )
    role = CodesFilter(
        method="jointly",
        label=_("Role"),
        choices=PartnerRole.choices,
        help_text=_("Of the partner countries chosen above; of any partner when none is chosen."),
    )
    region = CodesFilter(
        "participations__country__portal_region", label=_("Region of a partner"), choices=REGION_CHOICES
    )
    scope = CodesFilter(method="of_scopes", label=_("Scope"), choices=Scope.choices)
    modality = CodesFilter("modality", label=_("Modality"), choices=Project.Modality.choices)
    status = CodesFilter("status", label=_("Activity status"), choices=Project.Status.choices)
    theme = CodesFilter(
        "themes__code",
        label=_("Theme"),
        choices=codes_of(Theme, "code", "name", projects__publication_status=PUBLISHED),
    )
    goal = CodesFilter(
        "goals__number",
        label=_("Sustainable Development Goal"),
        choices=codes_of(Goal, "number", "name", projects__publication_status=PUBLISHED),
    )
    instrument = CodesFilter(
        "instruments__code",
        label=_("Instrument"),
        choices=codes_of(Instrument, "code", "name", projects__publication_status=PUBLISHED),
    )
    forum = CodesFilter(
        "forum__slug", label=_("Forum"), choices=codes_of(Forum, "slug", "name", projects__publication_status=PUBLISHED)
    )
    fund = CodesFilter(
        "fund__slug", label=_("Fund"), choices=codes_of(Fund, "slug", "name", projects__publication_status=PUBLISHED)
    )
    agency = CodesFilter(
        "participations__agency__slug",
        label=_("Partner agency"),
        choices=codes_of(Agency, "slug", "name", participations__project__publication_status=PUBLISHED),
    )
    group = CodesFilter(method="with_group", label=_("Partner belongs to"), choices=GROUP_CHOICES)
    year_from = YearFilter(label=_("Active from (year)"))
    year_to = YearFilter(label=_("Active to (year)"))

    class Meta:
        model = Project
        fields = []
        form = PeriodForm

    def holding(self, word):
        """A project also holds the names of its partners and of its themes."""
        partners = Participation.objects.filter(holds(word, ("country__name", "organisation")))
        agencies = Agency.objects.published().filter(holds(word, ("name", "acronym", "former_names")))
        themes = Theme.objects.filter(holds(word, ("name",)))
        return (
            super().holding(word)
            | Q(pk__in=partners.values("project"))
            | Q(pk__in=Participation.objects.filter(agency__in=agencies).values("project"))
            | Q(pk__in=Project.themes.through.objects.filter(theme__in=themes).values("project"))
        )

    def filter_queryset(self, queryset):
        asked = self.form.cleaned_data
        queryset = super().filter_queryset(queryset)
        if asked["country_match"] == "all":
            for iso3 in asked["country"]:
                queryset = queryset.with_partner([iso3], asked["role"])
        elif asked["country"] or asked["role"]:
            queryset = queryset.with_partner(asked["country"], asked["role"])
        if asked["year_from"] or asked["year_to"]:
            queryset = queryset.active_between(asked["year_from"], asked["year_to"])
        return queryset

    def of_scopes(self, queryset, name, scopes):
        fitting = queryset.none()
        for scope in scopes:
            fitting |= queryset.of_scope(scope)
        return fitting

    def with_group(self, queryset, name, groups):
        countries = in_groups(Country.objects.all(), groups)
        return queryset.filter(pk__in=Project.objects.filter(participations__country__in=countries).values("pk"))
