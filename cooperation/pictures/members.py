"""The members of a forum, today or in a year, on the tile map."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.models import Country, Membership
from cooperation.pictures.tile_map import TileMap, class_map

# The kinds that the map tells apart, the one with the strongest colour first. Former members are in the table only.
KINDS = [(kind, kind.label) for kind in Membership.Kind if kind != Membership.Kind.FORMER]
BELONGING = (Membership.Kind.MEMBER, Membership.Kind.ASSOCIATE)


@dataclass(frozen=True)
class Members:
    """Who belonged to a forum.

    year   None for today
    rows   memberships for the table: of today with observers and those who left, of a year those who belonged then
    count  number of countries that belong, as members or associate members
    map    None where no membership is recorded
    """

    year: int | None
    rows: list
    count: int
    map: TileMap | None


def members_of(forum, rows, year=None) -> Members:
    """The members of a forum as of a year; `rows` are all its memberships. Two queries."""
    belonging = set(forum.memberships.filter(Membership.as_of(year)).values_list("pk", flat=True))
    shown = [row for row in rows if row.pk in belonging] if year else rows
    kinds = {row.country_id: kind_of(row, belonging) for row in shown if row.pk in belonging or not row.left}
    count = len({row.country_id for row in rows if row.pk in belonging})
    title, sentence = in_words(count, year)
    picture = class_map(title, sentence, kinds, KINDS, Country.get_absolute_url) if rows else None
    return Members(year, shown, count, picture)


def kind_of(row, belonging):
    """As what a country stands on the map: who left later or is suspended by now was a member then."""
    return Membership.Kind.MEMBER if row.pk in belonging and row.kind not in BELONGING else row.kind


def in_words(count, year):
    """The title of the map, and what it shows in a sentence."""
    values = {"count": count, "year": year}
    if not year:
        return (
            ngettext("%(count)s member", "%(count)s members", count) % values,
            _("Who belongs to it today, and as what."),
        )
    return (
        ngettext("%(count)s member in %(year)s", "%(count)s members in %(year)s", count) % values,
        _(
            "Who belonged to it at some time in %(year)s, as a member or associate member. "
            "Who joined on no recorded date counts from the foundation of the forum on."
        )
        % values,
    )
