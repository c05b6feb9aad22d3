"""Events: what the records of the registry tell of a date, for the timeline. They are not stored themselves."""

from collections import Counter
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperation.models.agency import Agency, AgencyCitation
from cooperation.models.country import Country
from cooperation.models.forum import Forum, ForumCitation, Meeting
from cooperation.models.fund import Fund, FundCitation
from cooperation.models.milestone import Milestone, MilestoneCitation
from cooperation.models.partial_date import PARTIAL_DATE, format_partial_date
from cooperation.models.record import Record
from cooperation.models.source import Source


class EventKind(models.TextChoices):
    MILESTONE = "milestone", _("Milestone")
    FORUM_FOUNDED = "forum_founded", _("Foundation of a forum")
    AGENCY_FOUNDED = "agency_founded", _("Foundation of an agency")
    FUND_FOUNDED = "fund_founded", _("Foundation of a fund")
    MEETING_HELD = "meeting_held", _("Meeting held")
    MEETING_ANNOUNCED = "meeting_announced", _("Meeting announced")
    MEETING_CANCELLED = "meeting_cancelled", _("Meeting called off")


class EventRegion(models.TextChoices):
    """Where an event belongs: to a shore, to both, or to neither."""

    ASIA_PACIFIC = "asia_pacific", _("Asia-Pacific")
    LAC = "lac", _("Latin America and the Caribbean")
    INTERREGIONAL = "interregional", _("Both regions")
    OTHER = "other", _("Elsewhere or worldwide")


MEETING_KINDS = {
    Meeting.Outcome.HELD: EventKind.MEETING_HELD,
    Meeting.Outcome.ANNOUNCED: EventKind.MEETING_ANNOUNCED,
    Meeting.Outcome.CANCELLED: EventKind.MEETING_CANCELLED,
}
MEETING_TITLES = {
    EventKind.MEETING_HELD: _("%(forum)s meets"),
    EventKind.MEETING_ANNOUNCED: _("%(forum)s announces a meeting"),
    EventKind.MEETING_CANCELLED: _("%(forum)s calls off a meeting"),
}


@dataclass
class Event:
    """Something that happened on the partial date `date`, told by `record`.

    `also` are further events that the same words tell, such as the meeting at which a milestone was passed; `others`
    are `[(date in words, source), ...]` of the sources that give another date.
    """

    kind: EventKind
    record: Record
    date: str
    end: str = ""
    edition: str = ""
    city: str = ""
    country: Country | None = None
    forum: Forum | None = None
    sources: list[Source] = field(default_factory=list)
    others: list[tuple[str, Source]] = field(default_factory=list)
    also: list["Event"] = field(default_factory=list)

    @property
    def kinds(self):
        """The kinds of all that it tells, each once."""
        return list(dict.fromkeys([self.kind, *(each.kind for each in self.also)]))

    @property
    def year(self):
        return self.date[:4]

    @property
    def title(self):
        """What happened, as a sentence without its full stop."""
        if self.kind == EventKind.MILESTONE:
            return self.record.title
        if self.kind in MEETING_TITLES:
            title = MEETING_TITLES[self.kind] % {"forum": self.forum.acronym or self.forum.name}
            return (
                gettext("%(title)s: %(edition)s") % {"title": title, "edition": self.edition} if self.edition else title
            )
        return gettext("%(name)s is established") % {"name": self.record}

    @property
    def region(self):
        """The `EventRegion` of the members of its forum; without one, that of its country; "" when neither is known."""
        if self.forum and self.forum.reach:
            return EventRegion.OTHER if self.forum.reach == Forum.Reach.GLOBAL else EventRegion(self.forum.reach)
        return EventRegion(self.country.portal_region) if self.country else ""

    @property
    def names(self):
        """The texts by whose words it is found; the names of its forum and its country come beside them."""
        fields = ("title", "summary") if self.kind == EventKind.MILESTONE else ("name", "acronym")
        own = [getattr(self.record, name) for name in fields if hasattr(self.record, name)]
        return [text for text in (*own, self.edition, self.city, self.date) if text] + [
            text for each in self.also for text in each.names
        ]

    @property
    def cited(self):
        """`[(publisher, source), ...]`; a second source of one publisher is told apart by its number."""
        counts, cited = Counter(), []
        for source in self.sources:
            counts[source.publisher] += 1
            number = counts[source.publisher]
            cited.append((f"{source.publisher} ({number})" if number > 1 else source.publisher, source))
        return cited

    @property
    def meetings_told(self):
        """The titles of the meetings that it tells beside what it is called."""
        return [each.title for each in self.also if each.kind in MEETING_TITLES]

    def get_absolute_url(self) -> str:
        """The page that tells it."""
        place = "#meetings" if self.kind in MEETING_TITLES else ""
        return f"{self.record.get_absolute_url()}{place}"

    def tell(self, other):
        """Tell `other` with the same words."""
        self.also.append(other)
        self.sources += [source for source in other.sources if source not in self.sources]
        self.others += [each for each in other.others if each not in self.others]


def read_events() -> list["Event"]:
    """All public events, the earliest first, in a constant number of queries.

    Left out is what has no date. A milestone also tells what else is recorded of its forum on the same day, so that
    it is one event; and so is the foundation of a body that is both a forum and an agency, known by one acronym.
    """
    events, told = [], {}
    for event in (*milestones(), *foundations(), *meetings()):
        keys = [("forum", event.forum.pk, event.date)] if event.forum else []
        if event.kind == EventKind.AGENCY_FOUNDED:
            keys = [("founded", event.record.acronym or event.record.name, event.date)]
        teller = next((told[key] for key in keys if key in told), None)
        if teller:
            teller.tell(event)
        else:
            events.append(event)
        if event.kind == EventKind.MILESTONE:
            told.update((key, event) for key in keys if key not in told)
        elif event.kind == EventKind.FORUM_FOUNDED:
            told["founded", event.record.acronym or event.record.name, event.date] = teller or event
    return sorted(events, key=lambda event: (event.date, event.title, event.kind, event.record.pk))


def milestones():
    cited = MilestoneCitation.objects.exclude(fact="further").select_related("source").order_by("pk")
    for record in Milestone.objects.published().for_list().prefetch_related(Prefetch("citations", cited)):
        sources, others = read_citations(record, "date")
        yield Event(
            EventKind.MILESTONE,
            record,
            record.date,
            record.end,
            city=record.city,
            country=record.country,
            forum=record.forum,
            sources=sources,
            others=others,
        )


def foundations():
    """The foundations of forums, agencies and funds, in this order."""
    for record in founded(Forum, ForumCitation).select_related("established_country"):
        place = {"city": record.established_city, "country": record.established_country, "forum": record}
        yield foundation(EventKind.FORUM_FOUNDED, record, **place)
    for record in founded(Agency, AgencyCitation).select_related("country"):
        yield foundation(EventKind.AGENCY_FOUNDED, record, country=record.country)
    for record in founded(Fund, FundCitation).prefetch_related(Prefetch("forum", Forum.objects.published())):
        yield foundation(EventKind.FUND_FOUNDED, record, forum=record.forum)


def founded(model, citations):
    cited = citations.objects.filter(fact="established").select_related("source").order_by("pk")
    return model.objects.published().exclude(established="").prefetch_related(Prefetch("citations", cited))


def foundation(kind, record, **place):
    sources, others = read_citations(record, "established")
    return Event(kind, record, record.established, sources=sources, others=others, **place)


def meetings():
    dated = Meeting.objects.of_published().exclude(date="").select_related("forum", "country", "source")
    for meeting in dated.order_by("date", "pk"):
        yield Event(
            MEETING_KINDS[meeting.outcome],
            meeting.forum,
            meeting.date,
            meeting.end,
            meeting.edition,
            meeting.city,
            meeting.country,
            meeting.forum,
            [meeting.source] if meeting.source else [],
        )


def read_citations(record, fact):
    """`(sources, [(date in words, source), ...])`: those that back the record, and those that give another date."""
    date, sources, others = getattr(record, fact), [], []
    for citation in record.citations.all():
        if citation.fact == fact and is_another_date(citation.value, date):
            others.append((format_partial_date(citation.value), citation.source))
        elif citation.source not in sources:
            sources.append(citation.source)
    return sources, others


def is_another_date(said, date):
    """Whether a source that says `said` gives another date, not merely a more or a less precise one."""
    return bool(PARTIAL_DATE.fullmatch(said)) and not (said.startswith(date) or date.startswith(said))
