"""The pulse of forums: when and on whose shore they met, what they carry, and whether they live by the rule."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.models import (
    Forum,
    Fund,
    Meeting,
    PortalRegion,
    Project,
    Vitality,
    vitality,
)
from cooperation.models.vitality import DORMANT_AFTER, months_allowed, months_since

YEARS_SHOWN = 20
SHORES = {PortalRegion.ASIA_PACIFIC, PortalRegion.LAC}


@dataclass(frozen=True)
class Year:
    """A year of a forum.

    meetings  how many are recorded as held
    shores    the shores of their hosts: none, one or both of SHORES
    crossed   whether a host came from the other shore than those of the meeting before
    """

    year: int
    meetings: int
    shores: frozenset
    crossed: bool

    @property
    def place(self):
        """`asia_pacific`, `lac`, `both`, `elsewhere` (or not stated), or "" for a year without a meeting."""
        if not self.meetings:
            return ""
        if self.shores == SHORES:
            return "both"
        return next(iter(self.shores), "elsewhere")

    @property
    def words(self):
        """“2019: 2 meetings, hosted in Asia-Pacific, on the other shore than the time before”."""
        words = ngettext("%(year)s: %(count)s meeting", "%(year)s: %(count)s meetings", self.meetings) % {
            "year": self.year,
            "count": self.meetings,
        }
        if self.shores:
            words = _("%(meetings)s, hosted in %(shores)s") % {
                "meetings": words,
                "shores": shores_in_words(self.shores),
            }
        return _("%(meeting)s, on the other shore than the time before") % {"meeting": words} if self.crossed else words


@dataclass(frozen=True)
class Pulse:
    """The signs of life of a forum.

    last_meeting  partial date of the last meeting held, "" where none is recorded
    months        since then, in whole months, at least 0; None where none is recorded
    recent        number of meetings held in the last five years; None where none is recorded at all
    years         the last twenty, the present one last, as `Year`s
    shores        the shores from which a host ever came
    both_shores   whether that is both: None where some or all meetings have no recorded host, so that nobody knows
    running       number of its public projects in execution
    funds         its public funds
    """

    forum: Forum
    verdict: Vitality
    last_meeting: str
    months: int | None
    recent: int | None
    years: list
    shores: frozenset
    both_shores: bool | None
    running: int
    funds: list

    @property
    def years_in_words(self):
        """What the row of years shows: “2019: 2 meetings, hosted in Asia-Pacific; 2021: …”."""
        met = "; ".join(year.words for year in self.years if year.meetings)
        return met or _("No meeting since %(year)s") % {"year": self.years[0].year}

    @property
    def running_address(self):
        return reverse("project_list") + f"?forum={self.forum.slug}&status={Project.Status.IN_EXECUTION}"

    @property
    def ago(self):
        """“15 months ago”, “at least 17 years ago”, “this month”; a year alone counts as its December."""
        is_vague = len(self.last_meeting) == len("2019")
        if self.months == 0:
            return _("this year") if is_vague else _("this month")
        if self.months < 24:
            text = ngettext("%(count)s month ago", "%(count)s months ago", self.months) % {"count": self.months}
        else:
            text = _("%(count)s years ago") % {"count": self.months // 12}
            if self.months % 12 and not is_vague:
                text = _("more than %(time)s") % {"time": text}
        return _("at least %(time)s") % {"time": text} if is_vague else text

    @property
    def rule(self):
        """Why the verdict is what it is, with the forum’s own numbers, in one or two sentences."""
        if self.verdict == Vitality.NOT_KNOWN:
            return _("No meeting with a date is recorded. This does not mean that none took place.")
        values = {
            "ago": self.ago,
            "months": self.forum.rhythm_months,
            "allowed": months_allowed(self.forum.rhythm_months),
        }
        if self.forum.rhythm_months:
            rule = _(
                "It last met %(ago)s. Its rhythm is %(months)s months; one and a half rounds, %(allowed)s months, "
                "are allowed."
            )
        else:
            rule = _("It last met %(ago)s. No rhythm is stated, so three years are allowed.")
        return " ".join(part for part in (rule % values, self._why_not_active, self.doubt) if part)

    @property
    def _why_not_active(self):
        if self.verdict == Vitality.DORMANT:
            return _("After more than five years, and without a project in execution, it counts as dormant.")
        if self.verdict == Vitality.ACTIVE:
            return ""
        if self.months <= DORMANT_AFTER:
            return _("It would count as dormant only after five years.")
        return ngettext(
            "It does not count as dormant, since %(count)s project of it is in execution.",
            "It does not count as dormant, since %(count)s projects of it are in execution.",
            self.running,
        ) % {"count": self.running}

    @property
    def doubt(self):
        """A warning where the sources call active what shows few signs of life here."""
        if self.verdict == Vitality.ACTIVE or self.forum.stated_activity != Forum.Activity.ACTIVE:
            return ""
        return _("The sources call it active: later meetings may be missing here.")

    @property
    def hosts(self):
        """Whether hosts came from both shores, in words."""
        if self.both_shores:
            return _("Yes")
        if self.both_shores is None:
            return _("Not known")
        if not self.shores:
            return _("No: elsewhere only")
        return _("No: %(shores)s only") % {"shores": shores_in_words(self.shores)}


def shores_in_words(shores):
    return _("both regions") if shores == SHORES else str(PortalRegion(next(iter(shores))).label)


def read_pulses(forums, today):
    """`{forum id: Pulse}` of public forums, in four queries. `today` is a `datetime.date`."""
    forums = list(forums)
    held, hosts = Meeting.objects.held().filter(forum__in=forums), defaultdict(set)
    for meeting, region in held.filter(hosts__isnull=False).values_list("pk", "hosts__portal_region"):
        hosts[meeting].add(region)
    meetings, funds = defaultdict(list), defaultdict(list)
    for forum, pk, date in held.order_by("date", "pk").values_list("forum", "pk", "date"):
        meetings[forum].append((date, hosts[pk]))
    for fund in Fund.objects.published().filter(forum__in=forums).order_by("name"):
        funds[fund.forum_id].append(fund)
    running = dict(
        Project.objects.published()
        .filter(forum__in=forums, status=Project.Status.IN_EXECUTION)
        .order_by()
        .values_list("forum")
        .annotate(count=Count("pk"))
    )
    return {
        forum.pk: pulse_of(forum, meetings[forum.pk], running.get(forum.pk, 0), funds[forum.pk], today)
        for forum in forums
    }


def pulse_of(forum, meetings, running, funds, today):
    """The `Pulse` of a forum; `meetings` are `(partial date or "", {regions of its hosts})` in order of time."""
    dates = [date for date, _regions in meetings if date]
    last = max(dates, default="")
    months = max(months_since(last, today), 0) if last else None
    shores = frozenset(region for _date, regions in meetings for region in regions) & SHORES
    is_clear = bool(meetings) and all(regions for _date, regions in meetings)
    return Pulse(
        forum=forum,
        verdict=vitality(last, forum.rhythm_months, today, running > 0),
        last_meeting=last,
        months=months,
        recent=sum(months_since(date, today) <= DORMANT_AFTER for date in dates) if dates else None,
        years=years_of(meetings, today),
        shores=shores,
        both_shores=True if shores == SHORES else False if is_clear else None,
        running=running,
        funds=funds,
    )


def years_of(meetings, today):
    """The last twenty years of a forum that held `meetings`."""
    numbers, shores, crossed, before = defaultdict(int), defaultdict(set), set(), set()
    for date, regions in meetings:
        year, here = date[:4], SHORES & regions
        numbers[year] += 1
        shores[year] |= here
        if before and here - before:
            crossed.add(year)
        before = here or before
    return [
        Year(year, numbers[str(year)], frozenset(shores[str(year)]), str(year) in crossed)
        for year in range(today.year - YEARS_SHOWN + 1, today.year + 1)
    ]
