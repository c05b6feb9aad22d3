"""The tile map: one equal tile for every country of the two shores, with a number or a kind."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cooperation.models import Country, PortalRegion

ROWS = range(9)
# The columns of both shores count on from left to right, with the Pacific (column 12) between them.
COLUMNS = {PortalRegion.ASIA_PACIFIC: range(12), PortalRegion.LAC: range(13, 22)}
# Which of the five steps of colour to take, so that few classes still lie well apart.
STEPS = {0: (), 1: (3,), 2: (2, 4), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
LOOSE_IN_SIGHT = 6


@dataclass(frozen=True)
class Tile:
    """A country on the map or in its table.

    step    1 to 5, the darkest last; 0 for a country of which the map says nothing
    number  None on a map of kinds, and at step 0
    text    the same in words: “3 projects”, “Member”; empty at step 0
    """

    country: Country
    step: int
    number: int | None
    text: str
    address: str
    here: bool

    @property
    def column(self):
        """The column within the shore, counted from 0."""
        return self.country.tile_column - COLUMNS[self.country.portal_region].start

    @property
    def row(self):
        return self.country.tile_row

    @property
    def printed(self):
        """The number as short as a tile of 26 px needs it: “987”, “12k”; empty on a map of kinds."""
        if self.number is None:
            return ""
        return str(self.number) if self.number < 1000 else _("%(thousands)sk") % {"thousands": self.number // 1000}

    @property
    def words(self):
        """All that the tile says: “Fiji: 3 projects”, “Fiji”, “Fiji, this country: 3 projects”."""
        name = _("%(country)s, this country") % {"country": self.country} if self.here else self.country.name
        return f"{name}: {self.text}" if self.text else name


@dataclass(frozen=True)
class TileMap:
    """What components/tile_map.html draws.

    shores   `[(region, its label, [Tile, ...] row by row), ...]`
    legend   `[(step, label), ...]` in the order of the steps
    table    the tiles that say something, in the order of the table, whether they have a place on the map or not
    loose    those of them that have no place on the map
    is_of_kinds  whether the steps are kinds and not numbers
    """

    title: str
    sentence: str
    shores: list
    legend: list
    table: list
    is_of_kinds: bool

    @property
    def loose(self):
        return [tile for tile in self.table if not has_place(tile.country)]

    @property
    def loose_in_sight(self):
        return self.loose[:LOOSE_IN_SIGHT]

    @property
    def loose_further(self):
        """How many more there are, which only the table names."""
        return len(self.loose) - len(self.loose_in_sight)

    @property
    def has_here(self):
        return any(tile.here for _region, _label, tiles in self.shores for tile in tiles)

    @property
    def has_empty(self):
        return any(tile.step == 0 for _region, _label, tiles in self.shores for tile in tiles)


def tile_map(title, sentence, numbers, address: Callable, wording: Callable, here=()) -> TileMap:
    """A map of numbers, in at most five classes of about as many countries each.

    numbers  `{country id: number}`; 0 counts as no number
    address  gives for a country the URL to which its tile leads
    wording  gives for a number its text: “3 projects”
    here     ids of the countries to outline as “this country”
    """
    numbers = {country: number for country, number in numbers.items() if number}
    values = set(numbers.values())
    classes = classes_of(numbers.values())
    steps = dict(zip(classes, STEPS[len(classes)], strict=True))
    step_of = {
        number: step for (least, greatest), step in steps.items() for number in values if least <= number <= greatest
    }

    def tile(country):
        number = numbers.get(country.pk)
        if number is None:
            return Tile(country, 0, None, "", country.get_absolute_url(), country.pk in here)
        text = str(wording(number))
        return Tile(country, step_of[number], number, text, address(country), country.pk in here)

    legend = [(step, range_in_words(*bounds)) for bounds, step in steps.items()]
    return _drawn(title, sentence, tile, legend, lambda tile: -tile.number, is_of_kinds=False)


def class_map(title, sentence, classes, labels, address: Callable, here=()) -> TileMap:
    """A map of kinds, each told by a shape as well as by a colour.

    classes  `{country id: key}`
    labels   `[(key, label), ...]`, at most five, the one with the strongest colour first
    address  gives for a country the URL to which its tile leads
    here     ids of the countries to outline as “this country”
    """
    steps = dict(zip((key for key, _label in labels), reversed(STEPS[len(labels)]), strict=True))
    texts = dict(labels)

    def tile(country):
        key = classes.get(country.pk)
        if key not in steps:
            return Tile(country, 0, None, "", country.get_absolute_url(), country.pk in here)
        return Tile(country, steps[key], None, str(texts[key]), address(country), country.pk in here)

    used = set(classes.values())
    legend = [(steps[key], label) for key, label in labels if key in used]
    return _drawn(title, sentence, tile, legend, lambda tile: -tile.step, is_of_kinds=True)


def _drawn(title, sentence, tile, legend, order, is_of_kinds):
    """The map of `tile(country)` for every country. One query."""
    tiles = [tile(country) for country in Country.objects.published().order_by("name")]
    placed = sorted((each for each in tiles if has_place(each.country)), key=lambda each: (each.row, each.column))
    shores = [
        (region, region.label, [each for each in placed if each.country.portal_region == region]) for region in COLUMNS
    ]
    table = sorted((each for each in tiles if each.step), key=order)
    return TileMap(title, sentence, shores, legend, table, is_of_kinds)


def has_place(country):
    """Whether a country stands on the map: a tile on the shore that it belongs to."""
    return country.tile_column in COLUMNS.get(country.portal_region, ()) and country.tile_row in ROWS


def classes_of(numbers):
    """`[(least, greatest), ...]` of at most five classes of whole numbers, in order, with about as many in each."""
    waiting, classes = sorted(numbers), []
    if len(set(waiting)) <= 5:
        return [(number, number) for number in sorted(set(waiting))]
    while waiting:
        size = -(-len(waiting) // (5 - len(classes)))
        # Equal numbers stay together.
        greatest = waiting[size - 1]
        classes.append((waiting[0], greatest))
        waiting = [number for number in waiting if number > greatest]
    return classes


def range_in_words(least, greatest):
    return str(least) if least == greatest else _("%(least)s to %(greatest)s") % {"least": least, "greatest": greatest}
