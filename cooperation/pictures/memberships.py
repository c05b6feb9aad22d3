"""The memberships of a country on a scale of years."""

from dataclasses import dataclass

from cooperation.models import Membership

MARKS = 5  # at most so many marks, so that their years never overlap
STEPS = (10, 20, 50, 100)  # years from one mark to the next
NOT_MEMBERS = (Membership.Kind.OBSERVER, Membership.Kind.PARTNER, Membership.Kind.SUSPENDED)


@dataclass(frozen=True)
class Bar:
    """A membership and its place on the scale.

    start, width  in percent of the scale; None where the sources allow no beginning or no end
    kind  "member", "since" (a member since the foundation, since no joining date is stated), "beside" (an observer,
          a partner or a suspended member)
    """

    membership: Membership
    start: float | None
    width: float | None
    kind: str


@dataclass(frozen=True)
class Scale:
    """`bars` in the order of the memberships, and `marks`: `[(year, place in percent), ...]`."""

    first: int
    last: int
    bars: list

    @property
    def marks(self):
        step = next((step for step in STEPS if self.last - self.first < MARKS * step), STEPS[-1])
        years = range(-(-self.first // step) * step, self.last + 1, step)
        return [(year, _place(year, self.first, self.last)) for year in years]


def membership_scale(memberships, this_year):
    """The `Scale` of memberships with their forums, from the earliest year among them to this one.

    As in `Membership.as_of`: who joined on no recorded date counts from the foundation of the forum on; who left on
    none has no bar.
    """
    spans = [_span(each, this_year) for each in memberships]
    first = min([this_year - 10, *(span[0] for span in spans if span)])
    bars = []
    for membership, span in zip(memberships, spans, strict=True):
        if span is None:
            bars.append(Bar(membership, None, None, _kind(membership)))
            continue
        start = _place(span[0], first, this_year)
        # What began and ended within one year is still to be seen.
        width = max(round(_place(span[1], first, this_year) - start, 1), 1)
        bars.append(Bar(membership, min(start, 99), width, _kind(membership)))
    return Scale(first, this_year, bars)


def _span(membership, this_year):
    """The first and the last year, or None."""
    start = membership.joined or membership.forum.established
    has_no_end = not membership.left and membership.kind == Membership.Kind.FORMER
    if not start or has_no_end:
        return None
    first = min(int(start[:4]), this_year)
    last = min(int(membership.left[:4]), this_year) if membership.left else this_year
    return first, max(first, last)


def _kind(membership):
    if membership.kind in NOT_MEMBERS:
        return "beside"
    return "member" if membership.joined else "since"


def _place(year, first, last):
    return round(100 * (year - first) / (last - first), 1)
