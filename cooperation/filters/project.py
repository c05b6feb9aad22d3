"""What can be asked of the projects."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from cooperation.facets import NOTHING, Bitmaps, Own, Rows, intersection, union
from cooperation.filters.base import PeriodForm, RecordFilterSet
from cooperation.filters.country import (
    FORUMS,
    GROUP_CHOICES,
    GROUPS,
    INCOME,
    REGION,
    SUBREGION,
    CountryFilterSet,
    forums_of_members,
)
from cooperation.filters.kinds import CodesFilter, SwitchFilter, WordsFilter, YearFilter, year_of
from cooperation.filters.options import REGION_CHOICES, YES_NO, Codes
from cooperation.filters.partners import COUNTRIES_IN_ROLES, NEWEST_CHANGE, by_country, by_role, countries_in
from cooperation.filters.sides import (
    COUNTRIES,
    GIVING,
    MAY_GIVE,
    MAY_RECEIVE,
    RECEIVING,
    SideFilter,
    SideRoleFilter,
    partners_in,
)
from cooperation.filters.wording import conditions_in_words, each_of, either, values_in_words
from cooperation.models import (
    Agency,
    Country,
    Document,
    Fund,
    Goal,
    Instrument,
    Participation,
    PartnerRole,
    PortalRegion,
    Project,
    ProjectCitation,
    Scope,
    Subregion,
    Theme,
)

AGENCIES = Codes(Agency, "slug", "name", ("acronym", "native_name", "former_names"))
SOURCED = (
    Rows(ProjectCitation, "project"),
    Rows(Participation, "project", where=Q(source__isnull=False)),
    Rows(Document, "project", where=Q(source__isnull=False)),
)
HAS_BUDGET = Own("has_budget", Case(When(budget_amount__isnull=False, then=Value("yes")), default=Value("no")))
# One without an end is taken to last no longer than its start, since nothing says so, and the other way round.
FIRST_YEAR, LAST_YEAR = year_of("first_year", "start", "end"), year_of("last_year", "end", "start")


class PartnerFilter(CodesFilter):
    """Partner countries: any of those chosen, or all of them when `country_match` says so."""

    def restriction(self, filterset: RecordFilterSet, codes: Collection[str]) -> BitMap | None:
        if takes_all(filterset.asked):
            bitmaps = countries_in(filterset.index, filterset.asked.get("role"))
            return intersection([bitmaps.get(key, NOTHING) for key in filterset.keys(self, codes)])
        return super().restriction(filterset, codes)


class RoleFilter(CodesFilter):
    """Roles: of the countries chosen, by whose filter they are then applied, or of any partner."""

    def restriction(self, filterset: RecordFilterSet, codes: Collection[str]) -> BitMap | None:
        return None if "country" in filterset.asked else super().restriction(filterset, codes)


def takes_all(asked: Mapping[str, Any]) -> bool:
    return asked.get("country_match") == "all"


def partners(filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
    """Map each country to its projects, in the roles that are asked, beside those chosen when all must take part."""
    bitmaps = countries_in(filterset.index, asked.get("role"))
    if not takes_all(asked) or "country" not in asked:
        return bitmaps
    chosen = filterset.keys(filterset.filters["country"], asked["country"])
    together = intersection([bitmaps.get(key, NOTHING) for key in chosen])
    return {key: bitmap & together for key, bitmap in bitmaps.items()}


def roles(filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
    """Map each role to its projects: of the countries that are asked, or of any partner."""
    if "country" not in asked:
        return by_role(filterset.index)
    bound = filterset.index.bitmaps(COUNTRIES_IN_ROLES)
    countries = filterset.keys(filterset.filters["country"], asked["country"])
    unite = intersection if takes_all(asked) else union
    return {role: unite(bound.get((country, role), NOTHING) for country in countries) for role in PartnerRole.values}


def partners_by(own: Own) -> Callable[[RecordFilterSet, Mapping[str, Any]], Bitmaps]:
    """Make the values of a filter: what `own` says of the partner countries."""

    def values(filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
        return filterset.index.derived(
            own, lambda index: partners_in(CountryFilterSet().index.bitmaps(own), by_country(index))
        )

    return values


def partners_of_group(filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
    return {name: partners_by(own)(filterset, asked).get(True, NOTHING) for name, own in GROUPS.items()}


def partners_of_forum(filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
    """Map each forum to the projects with a partner that belongs to it: today, or as of the year that is asked."""
    if "as_of" in asked:
        return partners_in(forums_of_members(CountryFilterSet(), asked), by_country(filterset.index))
    return filterset.index.derived(
        "member_of", lambda index: partners_in(forums_of_members(CountryFilterSet(), {}), by_country(index))
    )


def scopes(filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
    regions = partners_by(REGION)(filterset, asked)
    asia_pacific, lac = regions.get(PortalRegion.ASIA_PACIFIC, NOTHING), regions.get(PortalRegion.LAC, NOTHING)
    return {
        Scope.INTERREGIONAL: asia_pacific & lac,
        Scope.ASIA_PACIFIC: asia_pacific - lac,
        Scope.LAC: lac - asia_pacific,
        Scope.OTHER: filterset.index.live - asia_pacific - lac,
    }


def has_source(filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
    sourced = union(filterset.index.bitmaps(rows).get(True, NOTHING) for rows in SOURCED)
    return {"yes": sourced, "no": filterset.index.live - sourced}


def own_rows(field: str) -> Rows:
    """Describe what a project is linked to by `field`, many to many."""
    return Rows(getattr(Project, field).through, "project", (field.rstrip("s"),))


# What countries do in a project, in the words of “Projects where Thailand …”.
ROLE_PHRASES = {
    PartnerRole.PROVIDER: _("is provider"),
    PartnerRole.PIVOTAL: _("is pivotal partner"),
    PartnerRole.FACILITATING: _("is facilitating partner"),
    PartnerRole.BENEFICIARY: _("is beneficiary"),
    PartnerRole.BOTH: _("gives and receives"),
    PartnerRole.FUNDING: _("is funder"),
    PartnerRole.IMPLEMENTING: _("is implementing body"),
    PartnerRole.PARTNER: _("is partner"),
}


SIDES = {"giver": _("%(places)s gives"), "receiver": _("%(places)s receives")}


class ProjectFilterSet(RecordFilterSet):
    ORDERS = {
        "newest": (_("Newest change"), NEWEST_CHANGE),
        "title": (_("Title"), ("title", "id")),
        "start": (_("Start, latest first"), ("-start", "-id")),
    }

    country = PartnerFilter(
        partners,
        sources=(COUNTRIES_IN_ROLES,),
        group="partner",
        label=_("Partner country"),
        choices=COUNTRIES,
        in_words=True,
    )
    country_match = SwitchFilter(
        group="partner",
        label=_("Of several countries"),
        choices=[("all", _("all take part"))],
        empty_label=_("any takes part"),
    )
    role = RoleFilter(
        roles,
        sources=(COUNTRIES_IN_ROLES,),
        group="partner",
        label=_("Role"),
        choices=PartnerRole.choices,
        help_text=_("Of the partner countries chosen above; of any partner when none is chosen."),
    )
    giver = SideFilter("giver", GIVING, label=_("Gives"))
    giver_role = SideRoleFilter("giver", MAY_GIVE, is_offered=False, label=_("Role of who gives"))
    receiver = SideFilter("receiver", RECEIVING, label=_("Receives"))
    receiver_role = SideRoleFilter("receiver", MAY_RECEIVE, is_offered=False, label=_("Role of who receives"))
    scope = CodesFilter(scopes, sources=(), label=_("Scope"), choices=Scope.choices)
    theme = CodesFilter(
        own_rows("themes"), label=_("Theme"), choices=Codes(Theme, "code", "name"), in_words=True, offers_opposite=True
    )
    modality = CodesFilter(Own("modality"), label=_("Modality"), choices=Project.Modality.choices, offers_opposite=True)
    status = CodesFilter(
        Own("status"), label=_("Activity status"), choices=Project.Status.choices, offers_opposite=True
    )
    agency = CodesFilter(
        Rows(Participation, "project", ("agency",)), label=_("Partner agency"), choices=AGENCIES, in_words=True
    )
    forum = CodesFilter(Own("forum"), label=_("Forum"), choices=FORUMS, in_words=True)
    # Beside the forums, so that compression finds the same names again.
    member_of = CodesFilter(
        partners_of_forum,
        sources=(),
        group="membership",
        label=_("Partner is member of"),
        choices=FORUMS,
        help_text=_("Members and associate members, today or as of the year below."),
    )
    fund = CodesFilter(Own("fund"), label=_("Fund"), choices=Codes(Fund, "slug", "name", ("acronym",)), in_words=True)
    goal = CodesFilter(
        own_rows("goals"), label=_("Sustainable Development Goal"), choices=Codes(Goal, "number", "name")
    )
    instrument = CodesFilter(own_rows("instruments"), label=_("Instrument"), choices=Codes(Instrument, "code", "name"))
    region = CodesFilter(partners_by(REGION), sources=(), label=_("Region of a partner"), choices=REGION_CHOICES)
    subregion = CodesFilter(
        partners_by(SUBREGION), sources=(), label=_("M49 subregion of a partner"), choices=Subregion.choices
    )
    group = CodesFilter(partners_of_group, sources=(), label=_("Partner belongs to"), choices=GROUP_CHOICES)
    income = CodesFilter(
        partners_by(INCOME), sources=(), label=_("Income group of a partner"), choices=Country.IncomeGroup.choices
    )
    has_source = CodesFilter(has_source, sources=SOURCED, label=_("Has a source"), choices=YES_NO)
    has_budget = CodesFilter(HAS_BUDGET, label=_("Has a budget"), choices=YES_NO)
    as_of = YearFilter(
        group="membership",
        label=_("Member as of (year)"),
        help_text=_("Who joined on no recorded date counts from the foundation of the forum on."),
    )
    organisation = WordsFilter(
        ("organisations",), in_words=("agency",), label=_("Partner organisation (words of its name)")
    )
    year_from = YearFilter(LAST_YEAR, label=_("Active from (year)"))
    year_to = YearFilter(FIRST_YEAR, from_then_on=False, label=_("Active to (year)"))

    class Meta:
        model = Project
        fields = ()
        form = PeriodForm

    @property
    def in_words(self) -> str:
        """“Projects where Thailand is pivotal partner (Theme: Trade)”, “Projects in which Caribbean receives”."""
        said: Collection[str]
        if "country" in self.asked:
            lead, said = self.partners_in_words(), ("country", "country_match", "role")
        elif self.asked.keys() & SIDES.keys():
            lead, said = self.sides_in_words(), SIDES
        else:
            return super().in_words
        conditions = conditions_in_words(self, left_out=said)
        return f"{lead} ({conditions})" if conditions else lead

    def called(self, name: str) -> list[str]:
        """List the values in force of a filter, as they are called."""
        return [words for each, _label, _code, words in values_in_words(self) if each == name]

    def sides_in_words(self) -> str:
        sides = [phrase % {"places": either(self.called(name))} for name, phrase in SIDES.items() if name in self.asked]
        return gettext("Projects in which %(sides)s") % {"sides": each_of(sides)}

    def partners_in_words(self) -> str:
        countries = self.called("country")
        named = each_of(countries) if takes_all(self.asked) else either(countries)
        if "role" in self.asked:
            roles = either([str(ROLE_PHRASES[role]) for role in self.asked["role"]])
            if takes_all(self.asked) and len(countries) > 1:
                lead = gettext("Projects where each of %(countries)s %(roles)s")
            else:
                lead = gettext("Projects where %(countries)s %(roles)s")
            return lead % {"countries": named, "roles": roles}
        return gettext("Projects with %(countries)s") % {"countries": named}
