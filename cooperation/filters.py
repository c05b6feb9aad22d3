"""What a reader can ask of each list: one FilterSet per record type.

Keys are the reader's words, values public codes. Within a filter any of the chosen values fits (OR), between filters
all must (AND). A value that a filter does not know makes the form invalid: the list is then empty and says why.
"""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q
from django.utils.text import smart_split
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, MultipleChoiceFilter, NumberFilter

from cooperation.models import (
    Agency,
    AgencyRole,
    Country,
    Forum,
    Fund,
    Goal,
    Instrument,
    Lesson,
    Membership,
    Milestone,
    PartnerRole,
    PortalRegion,
    Project,
    PublicationStatus,
    Scope,
    Source,
    Subregion,
    Theme,
)

PAGE_SIZES = (25, 50, 100)
# A long filter shows this many values; the rest unfolds.
VALUES_IN_SIGHT = 12
# The first filters of a form stand open; the others unfold.
FACETS_OPEN = 3

REGION_CHOICES = [(region.value, region.label) for region in (PortalRegion.ASIA_PACIFIC, PortalRegion.LAC)]
GROUP_CHOICES = [
    ("sids", _("Small island developing States")),
    ("ldc", _("Least developed countries")),
    ("lldc", _("Landlocked developing countries")),
]
PUBLISHED = PublicationStatus.PUBLISHED
UNKNOWN_VALUE = _("“%(value)s” is not a value of this filter.")


class CodesFilter(MultipleChoiceFilter):
    """Any of several codes. `choices` are (code, label) pairs, or a function that reads them, asked once per form."""

    def __init__(self, *args, choices, **kwargs):
        self.choices = choices
        super().__init__(*args, error_messages={"invalid_choice": UNKNOWN_VALUE}, **kwargs)

    def filter(self, qs, value):
        if not value:
            return qs
        # A subquery, since a join with a list of partners would count a record once for each of them.
        fitting = qs.model._default_manager.filter(**{f"{self.field_name}__in": value})
        return qs.filter(pk__in=fitting.values("pk"))


class YearFilter(NumberFilter):
    """A year of four digits. It takes part in the filter of a whole period."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs):
        super().__init__(method="jointly", min_value=1, max_value=9999, **kwargs)

    def get_max_validator(self):
        # The stock one speaks of 1e+50.
        return None


class PagingForm(forms.Form):
    """Order, page and size of a list."""

    sort = forms.ChoiceField(label=_("Sort by"), required=False, error_messages={"invalid_choice": UNKNOWN_VALUE})
    per = forms.TypedChoiceField(
        label=_("Results per page"),
        required=False,
        choices=[(str(size), str(size)) for size in PAGE_SIZES],
        coerce=int,
        empty_value=PAGE_SIZES[0],
        error_messages={"invalid_choice": UNKNOWN_VALUE},
    )
    page = forms.IntegerField(label=_("Page"), required=False, min_value=1)


@dataclass(frozen=True)
class Value:
    """One value that a filter offers."""

    code: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter with the values it offers: those in sight, and those that unfold."""

    name: str
    label: str
    hint: str
    first: list[Value]
    rest: list[Value]
    is_open: bool

    @property
    def rest_is_open(self):
        return any(value.chosen for value in self.rest)


@dataclass(frozen=True)
class Chosen:
    """A filter in force, in words, and the query string of the list without it."""

    label: str
    value: str
    query_without: str


@dataclass(frozen=True)
class Problem:
    """What was wrong with a parameter: its name in words, what was given, why not, and what it takes."""

    label: str
    given: list[str]
    messages: list[str]
    allowed: list[tuple[str, str]]


def public_codes(model, code="slug", label="name"):
    """A function that reads the published records of `model` as (code, label) pairs."""
    return lambda: list(model.objects.published().values_list(code, label).order_by(label))


def used_codes(model, code, label, **used):
    """A function that reads the rows of a vocabulary that are in use as (code, label) pairs."""
    return lambda: list(model.objects.filter(**used).values_list(code, label).order_by(label, code).distinct())


class RecordFilterSet(FilterSet):
    """What all lists share: words, and the description of a form that the page draws.

    `SEARCHED` are the columns that words are looked for in. `ORDERS` maps a code to a label and an ordering that ends
    in a unique column; the first is the order of a list that names none.
    """

    SEARCHED = ()
    ORDERS = {}

    q = CharFilter(method="with_words", label=_("Words"), max_length=200)

    def __init__(self, data=None, queryset=None, **kwargs):
        super().__init__(data, queryset, **kwargs)
        self.paging = PagingForm(self.data)
        self.paging.fields["sort"].choices = [(code, label) for code, (label, _order) in self.ORDERS.items()]

    @property
    def form(self):
        if not hasattr(self, "_form"):
            form = super().form
            for name, each in self.filters.items():
                if isinstance(each, CodesFilter):
                    choices = each.choices() if callable(each.choices) else each.choices
                    form.fields[name].choices = [(str(code), label) for code, label in choices]
        return self._form

    def is_valid(self):
        return super().is_valid() and self.paging.is_valid()

    @property
    def qs(self):
        if not self.is_valid():
            return self.queryset.none()
        order = self.paging.cleaned_data["sort"] or next(iter(self.ORDERS))
        return super().qs.order_by(*self.ORDERS[order][1])

    def with_words(self, queryset, name, text):
        for word in smart_split(text):
            found = Q()
            for column in self.SEARCHED:
                found |= Q(**{f"{column}__icontains": word.strip("\"'")})
            queryset = queryset.filter(found)
        return queryset

    def jointly(self, queryset, name, value):
        """For filters that only mean something together with others; `filter_queryset` applies them."""
        return queryset

    @property
    def facets(self):
        """The filters with values to tick, in order."""
        facets = []
        for name, each in self.filters.items():
            if not isinstance(each, CodesFilter):
                continue
            field = self.form.fields[name]
            given = set(self.data.getlist(name))
            values = [Value(code, label, code in given) for code, label in field.choices]
            values.sort(key=lambda value: not value.chosen)
            first, rest = values[:VALUES_IN_SIGHT], values[VALUES_IN_SIGHT:]
            if values:
                is_open = len(facets) < FACETS_OPEN or any(value.chosen for value in values)
                facets.append(Facet(name, field.label, field.help_text, first, rest, is_open))
        return facets

    @property
    def inputs(self):
        """The bound fields of the filters that are typed in, after the words."""
        return [
            self.form[name] for name, each in self.filters.items() if name != "q" and not isinstance(each, CodesFilter)
        ]

    @property
    def chosen(self):
        """The filters in force, one `Chosen` for each value."""
        if not self.is_valid():
            return []
        chosen = []
        for name, value in self.form.cleaned_data.items():
            if not value:
                continue
            field = self.form.fields[name]
            labels = dict(getattr(field, "choices", ()))
            for code in value if isinstance(value, list) else [value]:
                chosen.append(Chosen(field.label, labels.get(code, code), self.query_without(name, str(code))))
        return chosen

    def query_without(self, name, code):
        """The query string of this list without one value of one filter, from its first page on."""
        query = self.data.copy()
        query.setlist(name, [each for each in query.getlist(name) if each.strip() != code])
        query.pop("page", None)
        return query.urlencode()

    @property
    def problems(self):
        """What was wrong with the parameters, one `Problem` for each."""
        problems = []
        for form in (self.form, self.paging):
            for name, messages in form.errors.items():
                if name == NON_FIELD_ERRORS:
                    problems.append(Problem("", [], list(messages), []))
                    continue
                field = form.fields[name]
                allowed = [(str(code), label) for code, label in getattr(field, "choices", ()) if code != ""]
                problems.append(Problem(field.label, self.data.getlist(name), list(messages), allowed))
        return problems


class PeriodForm(forms.Form):
    """A filter form with a first and a last year."""

    def clean(self):
        first, last = self.cleaned_data.get("year_from"), self.cleaned_data.get("year_to")
        if first and last and first > last:
            raise forms.ValidationError(_("The first year is after the last year."))


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
        choices=used_codes(Country, "iso3", "name", participations__project__publication_status=PUBLISHED),
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
        choices=used_codes(Theme, "code", "name", projects__publication_status=PUBLISHED),
    )
    goal = CodesFilter(
        "goals__number",
        label=_("Sustainable Development Goal"),
        choices=used_codes(Goal, "number", "name", projects__publication_status=PUBLISHED),
    )
    instrument = CodesFilter(
        "instruments__code",
        label=_("Instrument"),
        choices=used_codes(Instrument, "code", "name", projects__publication_status=PUBLISHED),
    )
    forum = CodesFilter("forum__slug", label=_("Forum"), choices=public_codes(Forum))
    fund = CodesFilter("fund__slug", label=_("Fund"), choices=public_codes(Fund))
    agency = CodesFilter("participations__agency__slug", label=_("Partner agency"), choices=public_codes(Agency))
    group = CodesFilter(method="with_group", label=_("Partner belongs to"), choices=GROUP_CHOICES)
    year_from = YearFilter(label=_("Active from (year)"))
    year_to = YearFilter(label=_("Active to (year)"))

    class Meta:
        model = Project
        fields = []
        form = PeriodForm

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


def in_groups(countries, groups):
    """Countries that belong to any of the groups, which are names of yes-or-no fields of Country."""
    fitting = Q()
    for group in groups:
        fitting |= Q(**{group: True})
    return countries.filter(fitting)


class AgencyFilterSet(RecordFilterSet):
    SEARCHED = ("name", "acronym", "native_name", "former_names", "slug", "summary")
    ORDERS = {"name": (_("Name"), ("name", "id")), "newest": (_("Newest change"), ("-updated", "-id"))}

    country = CodesFilter(
        "country__iso3",
        label=_("Country"),
        choices=used_codes(Country, "iso3", "name", agencies__publication_status=PUBLISHED),
    )
    region = CodesFilter("country__portal_region", label=_("Region"), choices=REGION_CHOICES)
    kind = CodesFilter("kind", label=_("Kind"), choices=Agency.Kind.choices)
    role = CodesFilter(
        "roles__role", label=_("Role in cooperation"), choices=AgencyRole._meta.get_field("role").choices
    )

    class Meta:
        model = Agency
        fields = []


class ForumFilterSet(RecordFilterSet):
    SEARCHED = ("name", "acronym", "name_es", "name_pt", "name_fr", "former_names", "slug", "summary")
    ORDERS = {"name": (_("Name"), ("name", "id")), "newest": (_("Newest change"), ("-updated", "-id"))}

    kind = CodesFilter("kind", label=_("Kind"), choices=Forum.Kind.choices)
    region = CodesFilter("reach", label=_("Regions"), choices=Forum.Reach.choices)
    member = CodesFilter(
        method="with_member",
        label=_("Present member"),
        choices=used_codes(Country, "iso3", "name", memberships__forum__publication_status=PUBLISHED),
        help_text=_("Members and associate members; observers and former members do not count."),
    )
    theme = CodesFilter(
        "themes__code",
        label=_("Theme"),
        choices=used_codes(Theme, "code", "name", forums__publication_status=PUBLISHED),
    )

    class Meta:
        model = Forum
        fields = []

    def with_member(self, queryset, name, countries):
        return queryset.filter(pk__in=Membership.objects.present().filter(country__iso3__in=countries).values("forum"))


class FundFilterSet(RecordFilterSet):
    SEARCHED = ("name", "acronym", "slug", "summary")
    ORDERS = {"name": (_("Name"), ("name", "id")), "newest": (_("Newest change"), ("-updated", "-id"))}

    forum = CodesFilter(
        "forum__slug",
        label=_("Forum"),
        choices=used_codes(Forum, "slug", "name", publication_status=PUBLISHED, funds__publication_status=PUBLISHED),
    )
    agency = CodesFilter(
        "managers__agency__slug",
        label=_("Managed by"),
        choices=used_codes(
            Agency, "slug", "name", publication_status=PUBLISHED, managed_funds__fund__publication_status=PUBLISHED
        ),
    )
    country = CodesFilter(
        "contributions__country__iso3",
        label=_("Contributor"),
        choices=used_codes(Country, "iso3", "name", contributions__fund__publication_status=PUBLISHED),
    )

    class Meta:
        model = Fund
        fields = []


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
        choices=used_codes(Forum, "slug", "name", publication_status=PUBLISHED, memberships__isnull=False),
    )

    class Meta:
        model = Country
        fields = []

    def with_group(self, queryset, name, groups):
        return in_groups(queryset, groups)

    def of_forum(self, queryset, name, forums):
        return queryset.filter(pk__in=Membership.objects.present().filter(forum__slug__in=forums).values("country"))


class MilestoneFilterSet(RecordFilterSet):
    SEARCHED = ("title", "summary", "city", "slug", "note")
    ORDERS = {
        "oldest": (_("Oldest first"), ("date", "id")),
        "latest": (_("Latest first"), ("-date", "-id")),
    }

    forum = CodesFilter(
        "forum__slug",
        label=_("Forum"),
        choices=used_codes(
            Forum, "slug", "name", publication_status=PUBLISHED, milestones__publication_status=PUBLISHED
        ),
    )
    country = CodesFilter(
        "country__iso3",
        label=_("Country of the place"),
        choices=used_codes(Country, "iso3", "name", milestones__publication_status=PUBLISHED),
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


class LessonFilterSet(RecordFilterSet):
    SEARCHED = ("title", "summary", "text", "slug")
    ORDERS = {"position": (_("As they build on each other"), ("position", "id"))}

    class Meta:
        model = Lesson
        fields = []


class SourceFilterSet(RecordFilterSet):
    SEARCHED = ("title", "publisher", "url", "slug")
    ORDERS = {"publisher": (_("Publisher"), ("publisher", "title", "id"))}

    kind = CodesFilter("kind", label=_("Kind"), choices=Source.Kind.choices)

    class Meta:
        model = Source
        fields = []
