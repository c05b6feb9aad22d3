"""What a page needs to draw the filters of a list, and to say which are in force and what was wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext


class Value(NamedTuple):
    """One value that a filter offers, with the number of results that it gives."""

    code: str
    label: str
    chosen: bool
    count: int  # type: ignore[assignment]  # hides the method of tuples, for which nobody asks
    html: tuple[str, str]


@dataclass(frozen=True)
class Facet:
    """A filter with the values it offers: those in sight, and those that unfold; and the one that leaves values out."""

    name: str
    label: str
    hint: str
    first: list[Value]
    rest: list[Value]
    is_open: bool
    opposite: "Facet | None" = None

    @property
    def more(self) -> str:
        """What unfolds, in words: “15 more: Theme”."""
        return gettext("%(count)s more: %(filter)s") % {"count": len(self.rest), "filter": self.label}

    @property
    def largest(self) -> int:
        """The largest count among the values, at least 1."""
        return max([1, *(value.count for value in self.first), *(value.count for value in self.rest)])


@dataclass(frozen=True)
class Input:
    """A filter that is typed in, as words or as a year, or one with a few `choices` to switch between."""

    name: str
    label: str | Promise
    hint: str | Promise
    value: str
    is_year: bool
    choices: Sequence[tuple[str, str | Promise]]


@dataclass(frozen=True)
class Chosen:
    """A filter in force, in words, and the query string of the list without it."""

    label: str | Promise
    value: str
    query_without: str


@dataclass(frozen=True)
class Problem:
    """What was wrong with a parameter: its name, the same in words, what was given, why not, and what it takes.

    The name is empty for what is wrong between several parameters.
    """

    name: str
    label: str | Promise
    given: list[str]
    messages: Sequence[str | Promise]
    allowed: list[tuple[str, str | Promise]] = field(default_factory=list)
