"""The matrix of who cooperates with whom.

For each pair of places it has the number of projects in which one gives and the other receives.
"""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pyroaring import BitMap

from cooperation.facets import union
from cooperation.filters.flows import FlowsFilterSet, Level
from cooperation.models import Country, PortalRegion, Subregion
from cooperation.pictures.tile_map import tile_map

# Rows and columns of a page; a table holds all.
MOST = 30
STEPS = 5
SHORES = (PortalRegion.ASIA_PACIFIC, PortalRegion.LAC)
LEVEL_BELOW = {Level.REGION: Level.SUBREGION, Level.SUBREGION: Level.COUNTRY}


@dataclass(frozen=True)
class Place:
    """A row or a column: the projects in which one of its countries stands on that side, and one of any on the other.

    shore   the region of its countries; “other” where they are of several, or of none of the two shores
    values  the codes of the filter that give just these countries
    narrow  the query string of the matrix of these countries alone, one level down; empty for a country
    listed  the query string of the list of the `total` projects
    """

    code: str
    label: str
    shore: str
    values: list[str]
    projects: BitMap
    narrow: str
    listed: str

    @property
    def total(self):
        return len(self.projects)


@dataclass(frozen=True)
class Cell:
    """The number of projects in which `giver` gives and `receiver` receives; step 1 to 5 of colour, 0 for none.

    pair    the shore that both are on, “between” the two, or “other”
    listed  the query string of the list of these projects
    """

    giver: Place
    receiver: Place
    count: int
    step: int
    pair: str
    listed: str

    @property
    def words(self):
        return ngettext(
            "%(giver)s to %(receiver)s: %(count)s project", "%(giver)s to %(receiver)s: %(count)s projects", self.count
        ) % {"giver": self.giver.label, "receiver": self.receiver.label, "count": self.count}


class Flows:
    """The matrix of the projects that fit `filterset`, of at most `most` rows and columns, None for all."""

    def __init__(self, filterset: FlowsFilterSet, most=MOST):
        self.filterset = filterset
        self.level = filterset.level
        self.most = most
        self.countries = {each.pk: each for each in Country.objects.published()}
        self.gives = filterset.filters["giver"].countries(filterset)
        self.receives = filterset.filters["receiver"].countries(filterset)
        self.projects = filterset.hits & union(self.gives.values()) & union(self.receives.values())

    @property
    def count(self):
        """The number of projects with a country on both sides."""
        return len(self.projects)

    @property
    def without_sides(self):
        """The number of projects that fit and do not name a country on both sides."""
        return self.filterset.count - self.count

    @cached_property
    def givers(self):
        """All rows, those of one shore together, most projects first."""
        return self._places("giver", self.gives, self.level)

    @cached_property
    def receivers(self):
        return self._places("receiver", self.receives, self.level)

    @cached_property
    def rows(self):
        """`[(Place, [Cell, ...]), ...]` of the rows and columns in sight."""
        columns = self.columns
        counts = [
            (giver, [giver.projects.intersection_cardinality(each.projects) for each in columns])
            for giver in in_sight(self.givers, self.most)
        ]
        steps = steps_of(count for _giver, numbers in counts for count in numbers)
        return [
            (giver, [self._cell(giver, *each, steps) for each in zip(columns, numbers, strict=True)])
            for giver, numbers in counts
        ]

    @cached_property
    def columns(self):
        return in_sight(self.receivers, self.most)

    @property
    def cells(self):
        """The cells with a project, row by row."""
        return [cell for _giver, cells in self.rows for cell in cells if cell.count]

    @property
    def column_groups(self):
        """`[(shore, its label, number of columns), ...]`."""
        numbers = defaultdict(int)
        for place in self.columns:
            numbers[place.shore] += 1
        return [(shore, shore_label(shore), number) for shore, number in numbers.items()]

    @property
    def row_groups(self):
        """`[(shore, its label, rows), ...]`."""
        groups = defaultdict(list)
        for giver, cells in self.rows:
            groups[giver.shore].append((giver, cells))
        return [(shore, shore_label(shore), rows) for shore, rows in groups.items()]

    @property
    def is_cut(self):
        return len(self.rows) < len(self.givers) or len(self.columns) < len(self.receivers)

    @property
    def narrower(self):
        """`[(Place, whether it gives), ...]`: subregions by which a matrix that is cut has fewer rows or columns."""
        sides = [("giver", self.gives, self.givers), ("receiver", self.receives, self.receivers)]
        return [
            (place, side == "giver")
            for side, countries, places in sides
            if self.most is not None and len(places) > self.most
            for place in self._places(side, countries, Level.SUBREGION)
        ]

    @cached_property
    def crossings(self):
        """The cells of the whole shores that lead from one to the other."""
        givers, receivers = (
            {place.code: place for place in self._places(side, countries, Level.REGION) if place.code in SHORES}
            for side, countries in (("giver", self.gives), ("receiver", self.receives))
        )
        return [
            self._cell(givers[here], receivers[there], count, {count: 1})
            for here, there in (SHORES, SHORES[::-1])
            if here in givers and there in receivers
            for count in [givers[here].projects.intersection_cardinality(receivers[there].projects)]
            if count
        ]

    @property
    def between(self):
        """The number of projects that lead from one shore to the other, whichever way."""
        return len(union(cell.giver.projects & cell.receiver.projects for cell in self.crossings))

    @property
    def listed(self):
        """The query string of the list of the `count` projects."""
        return urlencode([*self._other_side("giver"), *self._other_side("receiver"), *self._rest.items()], doseq=True)

    def map(self):
        """The tile map of the countries that give; a tile leads to those that receive from it."""
        query = self.filterset.data.copy()
        query["by"] = Level.COUNTRY

        def address(country):
            query["giver"] = country.iso3
            return f"?{query.urlencode()}"

        return tile_map(
            _("Countries that give"),
            _("The number of these projects in which each country gives. A tile leads to those that receive from it."),
            {country: self.projects.intersection_cardinality(bitmap) for country, bitmap in self.gives.items()},
            address,
            lambda number: ngettext("%(number)s project", "%(number)s projects", number) % {"number": number},
        )

    def _places(self, side, countries, level):
        """The rows or columns of a level, from `{country id: bitmap}`, those of one shore together."""
        everywhere, groups = defaultdict(set), defaultdict(list)
        filterset, taking_part = self.filterset, self.filterset.filters[side].all_countries(self.filterset)
        for country in taking_part:
            everywhere[code_of(self.countries[country], level)].add(country)
        for country, bitmap in countries.items():
            if bitmap.intersect(self.projects):
                groups[code_of(self.countries[country], level)].append(country)
        places = []
        for code, members in groups.items():
            chosen = everywhere[code] & countries.keys()
            if chosen == everywhere[code]:
                values = [code]
            elif chosen == countries.keys():
                values = filterset.asked[side]
            else:
                values = sorted(self.countries[each].iso3 for each in chosen)
            shores = {self.countries[each].portal_region for each in members}
            label = self.countries[members[0]].name if level == Level.COUNTRY else str(LABELS[level](code).label)
            shore = shores.pop() if len(shores) == 1 else PortalRegion.OTHER
            projects = self.projects & union(countries[each] for each in members)
            query = filterset.data.copy()
            query.setlist(side, values)
            query["by"] = LEVEL_BELOW.get(level, level)
            narrow = filterset.parameters(query).urlencode() if level in LEVEL_BELOW else ""
            listed = urlencode([(side, values), *self._other_side(OPPOSITE[side]), *self._rest.items()], doseq=True)
            places.append(Place(code, label, shore, values, projects, narrow, listed))
        order = list(PortalRegion.values)
        return sorted(places, key=lambda place: (order.index(place.shore), -place.total, place.label))

    def _cell(self, giver, receiver, count, steps):
        if not count:
            return Cell(giver, receiver, 0, 0, "", "")
        listed = urlencode([("giver", giver.values), ("receiver", receiver.values), *self._rest.items()], doseq=True)
        return Cell(giver, receiver, count, steps[count], pair(giver.shore, receiver.shore), listed)

    def _other_side(self, side):
        """What asks for a country on a side: the places that are asked, or else its roles."""
        if side in self.filterset.asked:
            return [(side, self.filterset.asked[side])]
        roles = self.filterset.filters[side].roles(self.filterset.asked)
        return [(f"{side}_role", [str(role) for role in roles])] if f"{side}_role" not in self._rest else []

    @cached_property
    def _rest(self):
        """The parameters of the list that are neither about places nor about drawing."""
        query: QueryDict = self.filterset.data
        return {name: values for name, values in query.lists() if name not in ("by", "giver", "receiver")}


OPPOSITE = {"giver": "receiver", "receiver": "giver"}
LABELS = {Level.REGION: PortalRegion, Level.SUBREGION: Subregion}


def code_of(country, level):
    return {Level.REGION: country.portal_region, Level.SUBREGION: country.subregion, Level.COUNTRY: country.iso3}[level]


def shore_label(shore):
    return _("Other or several regions") if shore == PortalRegion.OTHER else PortalRegion(shore).label


def pair(shore, other):
    """What a cell is about: one of the shores, “between” them, or “other”."""
    if PortalRegion.OTHER in (shore, other):
        return str(PortalRegion.OTHER)
    return str(shore) if shore == other else "between"


def in_sight(places, most):
    """Those with most projects, in the order of all."""
    if most is None or len(places) <= most:
        return places
    kept = {place.code for place in sorted(places, key=lambda place: -place.total)[:most]}
    return [place for place in places if place.code in kept]


def steps_of(counts):
    """`{count: step}` of the different counts, as many of them in each step, 1 to 5."""
    different = sorted(set(counts) - {0})
    return {count: 1 + STEPS * bisect_left(different, count) // len(different) for count in different}
