"""What the registry does not know about a country, counted and said in words."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from cooperation.filters import ProjectFilterSet
from cooperation.models import Agency, Participation, Project


@dataclass(frozen=True)
class Gap:
    """Something that is not known, in a sentence, and the filters of the list of projects that shows it, if any."""

    sentence: str
    query: dict


def gaps_of(country, memberships):
    """The `Gap`s of a country, given its memberships. Two queries."""
    of_country = Participation.objects.of_published().filter(country=country)
    projects = Project.objects.published().filter(pk__in=of_country.values("project"))
    counts = projects.aggregate(
        all=Count("pk"),
        undated=Count("pk", filter=Q(start="", end="")),
        stateless=Count("pk", filter=Q(status="")),
        unconfirmed=Count("pk", filter=Q(confirmed_on=None)),
    )
    unsourced, unbudgeted = ({"country": country.iso3, name: "no"} for name in ("has_source", "has_budget"))
    of_projects, of_memberships = counts["all"], len(memberships)
    has_agency = Agency.objects.published().filter(country=country).exists()
    without_date = sum(not each.joined for each in memberships)
    without_source = sum(not each.source_id for each in memberships)
    counted = [
        (int(not has_agency), 1, _("No agency of this country is recorded."), {}),
        (int(not of_projects), 1, _("No project with this country is recorded."), {}),
        (count_of(unsourced), of_projects, _("%(some)s of %(all)s projects rest on no source yet."), unsourced),
        (counts["undated"], of_projects, _("%(some)s of %(all)s projects have neither a start nor an end."), {}),
        (counts["stateless"], of_projects, _("%(some)s of %(all)s projects have no stated status."), {}),
        (count_of(unbudgeted), of_projects, _("%(some)s of %(all)s projects have no stated budget."), unbudgeted),
        (counts["unconfirmed"], of_projects, _("%(some)s of %(all)s projects were never confirmed."), {}),
        (int(not memberships), 1, _("No membership of this country is recorded."), {}),
        (without_date, of_memberships, _("%(some)s of %(all)s memberships have no stated joining date."), {}),
        (without_source, of_memberships, _("%(some)s of %(all)s memberships rest on no source yet."), {}),
    ]
    return [Gap(text % {"some": some, "all": of_all}, query) for some, of_all, text, query in counted if some]


def count_of(query):
    """The number of projects under some filters."""
    return ProjectFilterSet(query).count
