"""What an event of the timeline says in a table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.exports.table import Column, Kind, Table
from cooperation.models import Event, EventKind


@dataclass(frozen=True)
class Batch:
    """Some events; `site` is the absolute address of the home page, without its slash at the end."""

    events: Sequence[Event]
    site: str


@dataclass(frozen=True)
class EventTable(Table):
    """The same for events, which are read already: they themselves stand in the place of ids."""

    def batches(self, events: Sequence[Event], site: str) -> Iterator[Batch]:
        yield Batch(events, site)


def each_event(value_of: Callable[[Event], Any]) -> Callable[[Batch], list[Any]]:
    return lambda batch: [value_of(event) for event in batch.events]


EventColumns = EventTable(
    Event,
    "timeline",
    _("Events of the timeline"),
    (
        Column(
            "date",
            _("date"),
            _("Its first day, as far as known."),
            Kind.PARTIAL_DATE,
            each_event(lambda event: event.date),
        ),
        Column(
            "end",
            _("last day"),
            _("Its last day, as far as known."),
            Kind.PARTIAL_DATE,
            each_event(lambda event: event.end),
        ),
        Column(
            "kinds",
            _("kinds"),
            _("What it is; a milestone may tell of a foundation or a meeting as well."),
            Kind.LIST,
            each_event(lambda event: [kind.value for kind in event.kinds]),
            tuple(EventKind.choices),
        ),
        Column("title", _("title"), _("What happened."), Kind.TEXT, each_event(lambda event: event.title)),
        Column("place", _("place"), _("The city."), Kind.TEXT, each_event(lambda event: event.city)),
        Column(
            "country",
            _("country or area"),
            _("The ISO 3166-1 alpha-3 code of the country of the place, or whose agency it is."),
            Kind.CODE,
            each_event(lambda event: event.country.iso3 if event.country else ""),
        ),
        Column(
            "forum",
            _("forum"),
            _("The public id of the forum."),
            Kind.CODE,
            each_event(lambda event: event.forum.slug if event.forum else ""),
        ),
        Column(
            "url",
            _("address"),
            _("The page that tells it."),
            Kind.ADDRESS,
            lambda batch: [f"{batch.site}{event.get_absolute_url()}" for event in batch.events],
        ),
        Column(
            "sources",
            _("sources"),
            _("The public ids of the sources that back it."),
            Kind.LIST,
            each_event(lambda event: [source.slug for source in event.sources]),
        ),
    ),
)
