"""Champions: the countries that carry forums, with what shows it."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from cooperation.models import Agency, Country, Forum, ForumRole, Meeting

# Bodies of several countries. Each acts for all its members, not for the country in which it has its seat.
INTERNATIONAL_BODIES = (
    Agency.Kind.UN_ENTITY,
    Agency.Kind.UN_REGIONAL_COMMISSION,
    Agency.Kind.INTERGOVERNMENTAL,
    Agency.Kind.DEVELOPMENT_BANK,
    Agency.Kind.NETWORK,
)
OF_COUNTRIES = Q(country__isnull=False) & ~Q(agency__kind__in=INTERNATIONAL_BODIES)


@dataclass
class Carried:
    """A forum that a country carries: its roles there, and the meetings held that it hosted, oldest first."""

    forum: Forum
    roles: list = field(default_factory=list)
    meetings: list = field(default_factory=list)

    @property
    def is_between(self):
        """Whether its members come from both regions."""
        return self.forum.reach == Forum.Reach.INTERREGIONAL

    def has(self, role):
        return any(each.role == role for each in self.roles)


@dataclass
class Champion:
    """A country and the public forums that it carries, those between the regions first."""

    country: Country
    carried: list

    def number(self, role):
        """The number of forums for which it has, or had, a role. Who hosted a meeting is a host."""
        is_host = role == ForumRole.Role.HOST
        return sum(each.has(role) or (is_host and bool(each.meetings)) for each in self.carried)

    @property
    def labelled(self):
        """`[(role label, number of forums), ...]` in the order of the roles."""
        return [(role.label, self.number(role)) for role in ForumRole.Role]

    @property
    def between(self):
        return sum(each.is_between for each in self.carried)

    @property
    def meetings(self):
        return sum(len(each.meetings) for each in self.carried)


def champions():
    """Every country that began, called, hosted or chaired a public forum or keeps its secretariat, as `Champion`s.

    Those that carry most forums between the regions come first, then those that carry most forums, then most meetings.
    Three queries.
    """
    found = defaultdict(dict)
    roles = ForumRole.objects.of_published().filter(OF_COUNTRIES).select_related("forum", "country", "source")
    for role in roles.order_by("id"):
        _carried(found, role.country, role.forum).roles.append(role)
    meetings = Meeting.objects.of_published().held().filter(hosts__isnull=False).distinct()
    for meeting in meetings.select_related("forum", "source").prefetch_related("hosts").order_by("date", "id"):
        for country in meeting.hosts.all():
            _carried(found, country, meeting.forum).meetings.append(meeting)
    all_of_them = [
        Champion(country, sorted(forums.values(), key=lambda each: (not each.is_between, str(each.forum))))
        for country, forums in found.items()
    ]
    return sorted(all_of_them, key=lambda each: (-each.between, -len(each.carried), -each.meetings, each.country.name))


def _carried(found, country, forum):
    return found[country].setdefault(forum.pk, Carried(forum))
