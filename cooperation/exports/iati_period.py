"""From when to when an activity runs, in the full days that IATI asks for where a source names a month or a year."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, timedelta

from cooperation.models import Project, iati_codes
from cooperation.models.partial_date import first_day, last_day


@dataclass(frozen=True)
class Period:
    """`start` is the first day that the start can mean, `end` the last day that the end can mean, if there is one.

    Without a start that a source states it is a stand-in: the first day of the end, or else the day on which the
    project was recorded.
    """

    start: date
    start_is_stated: bool
    end: date | None

    def start_type(self, today: date) -> str:
        """ActivityDateType of the start. What no source states is never an actual date."""
        has_come = self.start_is_stated and self.start <= today
        return iati_codes.ACTUAL_START if has_come else iati_codes.PLANNED_START

    def end_type(self, today: date) -> str:
        has_come = self.end is not None and self.end <= today
        return iati_codes.ACTUAL_END if has_come else iati_codes.PLANNED_END

    def likely_status(self, today: date) -> str:
        """ActivityStatus as far as the dates tell it."""
        if self.end and self.end <= today:
            status = Project.Status.COMPLETED
        elif self.start_is_stated and self.start > today:
            status = Project.Status.PROPOSED
        else:
            status = Project.Status.IN_EXECUTION
        return iati_codes.ACTIVITY_STATUS[status]

    @property
    def budget_end(self) -> date:
        """The last day of a budget from `start` on: a budget of IATI covers one year at most."""
        last = last_day_of_year_from(self.start)
        return min(last, self.end or last)


def period_of(project: Project) -> Period:
    """Find the `Period` of a project. A text that is no date, which no form lets through, tells nothing."""
    start, end = day_or_none(first_day, project.start), day_or_none(last_day, project.end)
    stand_in = day_or_none(first_day, project.end) or project.created.astimezone(UTC).date()
    return Period(start or stand_in, start is not None, end)


def day_or_none(read: Callable[[str], date], text: str) -> date | None:
    """Return what `read` makes of a partial date, None of any other text."""
    try:
        return read(text)
    except ValueError:
        return None


def last_day_of_year_from(start: date) -> date:
    if start.year == MAXYEAR:
        return date.max
    # Counted from the first of the month, since 29 February has no like in the next year.
    return date(start.year + 1, start.month, 1) + timedelta(days=start.day - 2)
