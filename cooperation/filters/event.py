"""What can be asked of the events of the timeline. They are few, so their index is made whole at each data version."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from cooperation import changes, search
from cooperation.facets import Index, Own, intersection
from cooperation.filters.base import PeriodForm, RecordFilterSet
from cooperation.filters.kinds import CodesFilter, YearFilter
from cooperation.filters.options import Codes, is_called
from cooperation.models import Country, Event, EventKind, EventRegion, Forum, Milestone, read_events

OLDEST_FIRST = ("date",)
# What the filters look at: the values of each event, of which "" and None are none.
VALUES: dict[Own, Callable[[Event], Sequence[Any]]] = {
    Own("kind"): lambda event: event.kinds,
    Own("region"): lambda event: [event.region],
    Own("forum"): lambda event: [event.forum.pk if event.forum else None],
    Own("country"): lambda event: [event.country.pk if event.country else None],
    Own("year"): lambda event: [event.year],
}


class EventIndex(Index):
    """The public events at one data version. The id of an event is its place in `events`, the earliest first."""

    def __init__(self, version: int, events: Sequence[Event]) -> None:
        super().__init__(None, OLDEST_FIRST, version)  # type: ignore[arg-type]  # events are of no model
        self.events = events
        # The first of a list has the highest ordinal.
        self.ids = np.arange(len(events))[::-1]
        self.ordinals = self.ids.astype(np.int32)
        self.live = BitMap(range(len(events)))
        for source, values_of in VALUES.items():
            found: defaultdict[Any, BitMap] = defaultdict(BitMap)
            for place, event in enumerate(events):
                for value in values_of(event):
                    if value:
                        found[value].add(int(self.ordinals[place]))
            self._values[source] = dict(found)
        self._names = [[search.words_of(text) for text in event.names] for event in events]

    def holding(self, word: search.Word) -> BitMap:
        """Find the events that hold an asked word."""
        return BitMap(int(self.ordinals[place]) for place, names in enumerate(self._names) if is_called(names, word))


def latest_first(index: Index) -> list[int]:
    ids: list[int] = index.ids.tolist()
    return ids


_kept: EventIndex | None = None


def present_index() -> EventIndex:
    """Return the index of all public events at the present data version, kept until a record changes."""
    global _kept
    version = changes.current()
    if _kept is None or _kept.version != version:
        index = EventIndex(version, read_events())
        # What changed while it was read may be in it by half.
        if changes.read_current() != version:
            return index
        _kept = index
    return _kept


class Names(NamedTuple):
    """What the listed things are called, under the names that models have for it."""

    verbose_name: str | Promise
    verbose_name_plural: str | Promise


class EventFilterSet(RecordFilterSet):
    """The same for events, which are told by records of several types and are none themselves."""

    ORDERS = {"oldest": (_("Oldest first"), OLDEST_FIRST), "latest": (_("Latest first"), latest_first)}
    # A timeline goes by time, whatever is asked.
    RANKS_WORDS = False
    PAGE = _("Timeline")
    # The id of an event is its place among those of today.
    HAS_IDS = False

    names = Names(_("event"), _("events"))

    kind = CodesFilter(
        Own("kind"),
        label=_("Kind"),
        choices=EventKind.choices,
        help_text=_("What a milestone tells of a meeting or a foundation is one event of both kinds."),
    )
    region = CodesFilter(
        Own("region"),
        label=_("Region"),
        choices=EventRegion.choices,
        help_text=_("The regions from which its forum has its members; without a forum, that of the country."),
    )
    forum = CodesFilter(
        Own("forum"), label=_("Forum"), choices=Codes(Forum, "slug", "name", ("acronym",)), in_words=True
    )
    country = CodesFilter(
        Own("country"),
        label=_("Country"),
        choices=Codes(Country, "iso3", "name"),
        in_words=True,
        help_text=_("The country of the place, or the one whose agency it is."),
    )
    year_from = YearFilter(Own("year"), label=_("From (year)"))
    year_to = YearFilter(Own("year"), from_then_on=False, label=_("To (year)"))

    class Meta:
        fields = ()
        form = PeriodForm

    def __init__(self, data: QueryDict | Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        # The base class wants rows to choose from; there are none.
        super().__init__(data, Milestone.objects.none(), **kwargs)

    @cached_property
    def index(self) -> EventIndex:
        return present_index()

    def holding(self, word: search.Word, parts: tuple[str, ...]) -> BitMap:
        return self.index.remembered(("word", word), lambda: self.index.holding(word))

    def holding_all(self, words: Sequence[search.Word], parts: tuple[str, ...], among: BitMap | None = None) -> BitMap:
        found = self.index.live if among is None else among
        return intersection([found, *(self.holding(word, parts) for word in words)])

    def events(self, start: int = 0, stop: int | None = None) -> list[Event]:
        """List the events that fit, in order, from place `start` to before `stop`."""
        return [self.index.events[place] for place in self.ids(start, stop)]
