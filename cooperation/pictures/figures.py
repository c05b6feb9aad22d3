"""The figures that back lessons, counted from the registry as it is today: sentences, each with the list behind it."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.filters import AgencyFilterSet, CountryFilterSet, ForumFilterSet, ProjectFilterSet, project_counts
from cooperation.filters.event import EventFilterSet
from cooperation.models import Agency, Country, Evidence, Forum, Membership, PortalRegion, Vitality
from cooperation.pictures.champions import champions

# A ranking is shown up to here.
MOST_RANKED = 5
MIDDLE_INCOME = (Country.IncomeGroup.LOWER_MIDDLE, Country.IncomeGroup.UPPER_MIDDLE)
SHORES = (PortalRegion.ASIA_PACIFIC, PortalRegion.LAC)
# The first year of a span of foundations, and the last.
SPANS = ((1, 1959), (1960, 1989), (1990, 9999))


@dataclass(frozen=True)
class Part:
    """One sentence of a figure, its number, and the address of the list that gives it; "" where no list does."""

    words: str
    count: int
    url: str = ""


def figure(name):
    """The `Part`s of the `Evidence.Figure` of that name."""
    return FIGURES[Evidence.Figure(name)]()


def counted(filterset_class, place, **query):
    """`(number, address)` of the list at the address called `place` under some filters."""
    asked = urlencode(query, doseq=True)
    return filterset_class(QueryDict(asked)).count, f"{reverse(place)}?{asked}"


def income(region):
    """How many of the countries of a shore are middle-income, then the other groups, then those of projects."""
    whole, _url = counted(CountryFilterSet, "country_list", region=region.value)
    if not whole:
        return []
    names = {"all": whole, "region": region.label}
    count, url = counted(CountryFilterSet, "country_list", region=region.value, income=MIDDLE_INCOME)
    words = _("Middle-income: %(count)s of %(all)s countries and areas of %(region)s")
    parts, known = [Part(words % {**names, "count": count}, count, url)], count
    others = {
        Country.IncomeGroup.HIGH: _("High-income: %(count)s"),
        Country.IncomeGroup.LOW: _("Low-income: %(count)s"),
    }
    for group, words in others.items():
        count, url = counted(CountryFilterSet, "country_list", region=region.value, income=group.value)
        known += count
        parts.append(Part(words % {"count": count}, count, url))
    parts.append(Part(_("No income group recorded: %(count)s") % {"count": whole - known}, whole - known))
    return [*(part for part in parts if part.count), income_of_partners(region)]


def income_of_partners(region):
    """The same share among the countries that take part in projects."""
    partners = Country.objects.filter(portal_region=region, pk__in=list(project_counts()))
    groups = list(partners.values_list("income_group", flat=True))
    count = sum(group in MIDDLE_INCOME for group in groups)
    words = _("Middle-income among those that take part in projects: %(count)s of %(all)s")
    return Part(words % {"count": count, "all": len(groups)}, count)


def small_islands():
    whole, _url = counted(CountryFilterSet, "country_list", group="sids")
    parts = []
    for region in PortalRegion:
        count, url = counted(CountryFilterSet, "country_list", group="sids", region=region.value)
        words = _("%(region)s: %(count)s of %(all)s small island developing States")
        parts.append(Part(words % {"count": count, "all": whole, "region": region.label}, count, url))
    return parts


def agencies():
    parts = []
    for region in SHORES:
        kind = Agency.Kind.COOPERATION_AGENCY.value
        count, url = counted(AgencyFilterSet, "agency_list", kind=kind, region=region.value)
        words = _("Cooperation agencies of %(region)s: %(count)s")
        parts.append(Part(words % {"count": count, "region": region.label}, count, url))
    return parts


def carriers():
    count = len(champions())
    words = _("Countries that carry a forum, in a role or as hosts of a meeting: %(count)s")
    return [Part(words % {"count": count}, count, reverse("champions"))]


def foundations():
    parts = []
    for first, last in SPANS:
        years = {"year_from": first, "year_to": last}
        count, url = counted(EventFilterSet, "timeline", kind="forum_founded", **years)
        parts.append(Part(span_in_words(first, last) % {"count": count, "first": first, "last": last}, count, url))
    return parts


def span_in_words(first, last):
    if first == SPANS[0][0]:
        return _("Forums founded up to %(last)s: %(count)s")
    return _("Since %(first)s: %(count)s") if last == SPANS[-1][1] else _("From %(first)s to %(last)s: %(count)s")


def platforms():
    """How many of the platforms between the two regions are in each state, those that live first."""
    region = Forum.Reach.INTERREGIONAL.value
    whole, _url = counted(ForumFilterSet, "forum_list", region=region)
    words = {
        Vitality.ACTIVE: _("Active: %(count)s of %(all)s platforms between the two regions"),
        Vitality.QUIET: _("Quiet: %(count)s"),
        Vitality.DORMANT: _("Dormant: %(count)s"),
        Vitality.NOT_KNOWN: _("No meeting recorded: %(count)s"),
    }
    parts = []
    for verdict in Vitality:
        count, url = counted(ForumFilterSet, "forum_list", region=region, vitality=verdict.value)
        if count or verdict == Vitality.ACTIVE:
            parts.append(Part(words[verdict] % {"count": count, "all": whole}, count, url))
    return parts


def double_members():
    """The pairs of platforms between the two regions that share most members of today."""
    platforms = Forum.objects.published().filter(reach=Forum.Reach.INTERREGIONAL)
    present = Membership.objects.present().filter(forum__in=platforms).order_by("forum__slug")
    names, members = {}, defaultdict(set)
    for country, slug, acronym, name in present.values_list("country", "forum__slug", "forum__acronym", "forum__name"):
        names[slug] = acronym or name
        members[slug].add(country)
    pairs = [(one, two, len(members[one] & members[two])) for one, two in combinations(members, 2)]
    shared = sorted((pair for pair in pairs if pair[2]), key=lambda pair: -pair[2])
    return [double_members_of(names, *pair) for pair in shared[:MOST_RANKED]]


def double_members_of(names, one, two, count):
    words = ngettext(
        "%(count)s country belongs to both %(one)s and %(two)s",
        "%(count)s countries belong to both %(one)s and %(two)s",
        count,
    )
    compared = urlencode({"forum": [one, two]}, doseq=True)
    words = words % {"count": count, "one": names[one], "two": names[two]}
    return Part(words, count, f"{reverse('compare')}?{compared}")


def projects_by_forum():
    """The forums under which most interregional projects run."""
    listed = ProjectFilterSet(QueryDict("scope=interregional"))
    _chosen, values = listed.values_of("forum")
    parts = []
    for value in sorted(values, key=lambda value: -value.count)[:MOST_RANKED]:
        count, url = counted(ProjectFilterSet, "project_list", scope="interregional", forum=value.code)
        words = _("%(forum)s: %(count)s of %(all)s interregional projects")
        parts.append(Part(words % {"count": count, "all": listed.count, "forum": value.label}, count, url))
    return parts


FIGURES = {
    Evidence.Figure.INCOME_ASIA_PACIFIC: lambda: income(PortalRegion.ASIA_PACIFIC),
    Evidence.Figure.INCOME_LAC: lambda: income(PortalRegion.LAC),
    Evidence.Figure.SMALL_ISLANDS: small_islands,
    Evidence.Figure.AGENCIES: agencies,
    Evidence.Figure.CHAMPIONS: carriers,
    Evidence.Figure.FOUNDATIONS: foundations,
    Evidence.Figure.PLATFORMS: platforms,
    Evidence.Figure.DOUBLE_MEMBERS: double_members,
    Evidence.Figure.PROJECTS_BY_FORUM: projects_by_forum,
}
