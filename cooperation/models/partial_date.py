"""Dates as far as they are known: a year, a month or a day, in ISO 8601 reduced precision."""

import datetime
import re
from calendar import monthrange
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

PARTIAL_DATE = re.compile(r"(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2}))?)?")

HELP = _("As far as the source says: 2019, 2019-03 or 2019-03-12. Leave empty when it is not stated.")


def first_day(text: str) -> datetime.date:
    """The first day that `text` can mean, as a `datetime.date`. Raises ValueError if it is no partial date."""
    match = PARTIAL_DATE.fullmatch(text)
    if not match:
        raise ValueError(text)
    return datetime.date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))


def last_day(text: str) -> datetime.date:
    """The last day that the partial date `text` can mean. Raises ValueError if it is no partial date."""
    first = first_day(text)
    if len(text) == len("2019-03-12"):
        return first
    month = 12 if len(text) == len("2019") else first.month
    return datetime.date(first.year, month, monthrange(first.year, month)[1])


def validate_partial_date(text: str) -> None:
    """Raise ValidationError unless `text` is YYYY, YYYY-MM or YYYY-MM-DD and exists in the calendar."""
    try:
        first_day(text)
    except ValueError:
        message = _("“%(text)s” is not a date that can be read. Write 2019, 2019-03 or 2019-03-12.")
        raise ValidationError(message, code="partial_date", params={"text": text}) from None


def format_partial_date(text: str) -> str:
    """“2019”, “March 2019” or “12 March 2019”: never more precise than `text`. Other text comes back as it is."""
    return _formatted(text, get_language())


# A list shows dozens of dates, and often the same ones.
@lru_cache(maxsize=5_000)
def _formatted(text: str, language: str | None) -> str:
    try:
        day = first_day(text)
    except ValueError:
        return text
    pattern = {4: "Y", 7: "F Y", 10: "j F Y"}[len(text)]
    return date_format(day, pattern)


class PartialDateField(models.CharField):
    """Text `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, empty when unknown. It sorts and compares as text."""

    description = _("Date known to the year, the month or the day")
    default_validators = [validate_partial_date]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 10)
        kwargs.setdefault("help_text", HELP)
        super().__init__(*args, **kwargs)


def not_before(start, end, name):
    """Constraint: the partial date in field `end` is not before the one in `start`.

    “2019” does not end before “2019-03”: a year that begins a more precise start is not earlier than it.
    """
    condition = (
        Q(**{start: ""}) | Q(**{end: ""}) | Q(**{f"{end}__gte": F(start)}) | Q(**{f"{start}__startswith": F(end)})
    )
    return models.CheckConstraint(
        condition=condition, name=name, violation_error_message=_("The end is before the start.")
    )
