"""How the events of a timeline spread over the years: the bars on top of it."""

from dataclasses import dataclass

from cooperation.facets import Own
from cooperation.filters.event import EventFilterSet

# Years that one bar stands for: the first of these that needs no more bars than fit on a page.
STEPS = (1, 5, 10, 25, 100, 1000)
MOST_BARS = 20
# Bars are drawn in as many heights.
HEIGHTS = 10


@dataclass(frozen=True)
class Bar:
    """The number of events from the year `first` to the year `last`.

    With the list of them (a query string), and how high the bar stands: 1 to 10, 0 for no event.
    """

    first: int
    last: int
    count: int
    height: int
    query: str

    @property
    def is_of_one_year(self):
        return self.first == self.last


def bars(filterset: EventFilterSet):
    """One `Bar` for each year, or each few years, from the first of the events that fit to the last.

    The counts add up to the count of the list. Nothing when all events are of one year.
    """
    years = {
        int(year): filterset.hits.intersection_cardinality(bitmap)
        for year, bitmap in filterset.index.bitmaps(Own("year")).items()
    }
    years = {year: count for year, count in years.items() if count}
    if len(years) < 2:
        return []
    first, last = min(years), max(years)
    step = next(step for step in STEPS if last // step - first // step < MOST_BARS)
    spans = [(max(start, first), min(start + step - 1, last)) for start in range(first // step * step, last + 1, step)]
    counts = [sum(count for year, count in years.items() if start <= year <= end) for start, end in spans]
    return [
        Bar(start, end, count, -(-HEIGHTS * count // max(counts)), years_query(filterset, start, end))
        for (start, end), count in zip(spans, counts, strict=True)
    ]


def years_query(filterset, first, last):
    """The query string of the same list with these years only, from its first page on."""
    query = filterset.data.copy()
    query["year_from"], query["year_to"] = str(first), str(last)
    query.pop("page", None)
    return filterset.parameters(query).urlencode()
