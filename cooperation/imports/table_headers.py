"""Which table a sheet is, and which column each of its headers means."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.folding import words_of
from cooperation.imports.cells import DayWidget, LinksWidget, PartialDateWidget, PartsColumn, is_empty, text_of
from cooperation.imports.read_date import order_of
from cooperation.imports.resources import TableResource
from cooperation.imports.sheet import Sheet
from cooperation.imports.tables import TABLES
from cooperation.spreadsheet import from_text

# The column that names the record of a row, or the record that a part belongs to.
ID = "id"
NAMES_OF_ID = ("public id", "slug")
# How sure it is that a header means a column.
CHOSEN, BY_NAME, BY_ALIAS = 3, 2, 1
NOT_READ = gettext_lazy("The registry works it out: it is not read.")
# Columns without which a row cannot be told from others.
TELLING = ("title", "name", "url")
DATES = (PartialDateWidget, DayWidget)


@dataclass(frozen=True)
class HeaderUse:
    """What becomes of one header. `column` is "" where it is not read; `remark` says why, if that is known.

    `choices` are the columns that somebody may choose for it: `(column, label)`.
    """

    sheet: str
    header: str
    column: str
    label: str
    remark: str = ""
    choices: tuple = ()


@dataclass
class MappedSheet:
    """A sheet with the meaning of its headers: `places` are those of the headers of each column.

    `is_own`: it is one of our files, whole, so that an empty cell means that nothing is stated.
    """

    sheet: Sheet
    table: TableResource
    places: dict
    is_own: bool
    orders: dict = field(default_factory=dict)

    def header(self, column):
        """The header under which a column stands; "" if it stands under none."""
        return " / ".join(self.sheet.headers[place] for place in self.places.get(column, ()))

    def cells(self, row):
        """`{column: cell}` of a row. What stands under several headers comes as one cell, on a line each."""
        found = {}
        for column, places in self.places.items():
            cells = [self.cell(row, place) for place in places]
            if len(cells) > 1:
                cells = ["\n".join(text_of(cell) for cell in cells if not is_empty(cell))]
            found[column] = cells[0]
        return found

    def cell(self, row, place):
        cell = row.cells[place]
        # Only a text file needs the mark by which a spreadsheet takes a text for no formula.
        return from_text(cell) if isinstance(cell, str) and not self.sheet.name else cell


def map_sheets(model, sheets, chosen, known_ids):
    """`([MappedSheet, ...], [HeaderUse, ...], [problem, ...], [remark, ...])`.

    `chosen` is `{header: column, or "" for none}`; `known_ids` the public ids, present and former, of `model`.
    """
    mapped, uses, problems, remarks = [], [], [], []
    for sheet in sheets:
        table = table_of(model, sheet)
        if table is None:
            uses += [HeaderUse(sheet.name, header, "", "") for header in sheet.headers if header]
            remarks.append(not_a_table(sheet))
            continue
        found = Headers(sheet, table, chosen, known_ids)
        uses += found.uses()
        problems += found.problems
        mapped.append(MappedSheet(sheet, table, found.places, found.is_own, found.orders()))
    if not mapped:
        problems.append(
            _("No column of the file is known. Name at least the column with the title or name of each record.")
        )
    return mapped, uses, problems, remarks


def not_a_table(sheet):
    if not sheet.name:
        return _("The file was not read: none of its columns names a record.")
    return _("The sheet “%(name)s” was not read: none of its columns names a record.") % {"name": sheet.name}


def table_of(model, sheet):
    """The table that most headers of a sheet are of: that of the records, or of one kind of their parts."""
    records = TABLES[model]()
    best, most = None, 0
    for table in (records, *(part() for part in records.PARTS)):
        number = sum(meaning(table, header) is not None for header in sheet.headers)
        if sheet.name and sheet.name == table.NAME:
            number += len(sheet.headers)
        if number > most and tells_records(table, sheet):
            best, most = table, number
    return best


def tells_records(table, sheet):
    columns = {found[0] for header in sheet.headers if (found := meaning(table, header))}
    return table.owner() in columns if table.owner() else not columns.isdisjoint((ID, *TELLING))


def meaning(table, header, is_ours=True):
    """`(column, how sure)` of a header, ("", …) for one that is not read, None for one that is not known.

    `is_ours`: where a name of our files is another body’s name for something else, it is ours.
    """
    name, words = header.strip(), folded(header)
    own = own_meaning(table, name)
    if own and (is_ours or own[0]):
        return own
    for column, declared in table.fields.items():
        if words in (folded(column), folded(declared.label)):
            return column, BY_NAME
    if words in NAMES_OF_ID and not table.owner():
        return ID, BY_NAME
    if table.owner() and words == folded(table._meta.model._meta.get_field(table.owner()).verbose_name):
        return table.owner(), BY_NAME
    for column, aliases in table.ALIASES.items():
        if words in aliases:
            return column, BY_ALIAS
    return own


def own_meaning(table, name):
    """What a column of that name is in our files."""
    if name == (table.owner() or ID):
        return name, BY_NAME
    if name in table.OWN_NAMES:
        return table.OWN_NAMES[name], BY_NAME
    if table.is_derived(name):
        return "", BY_NAME
    declared = table.fields.get(name)
    return (name, BY_NAME) if declared and not isinstance(declared, PartsColumn) else None


def folded(header):
    """A header in the shape of the aliases."""
    return " ".join(words_of(str(header).replace("_", " ")))


class Headers:
    """What the headers of one sheet mean."""

    def __init__(self, sheet, table, chosen, known_ids):
        self.sheet, self.table = sheet, table
        self.problems, self.remarks = [], {}
        owns = [own_meaning(table, header.strip()) for header in sheet.headers]
        names = [own and own[0] for own in owns]
        key = table.owner() or ID
        self.has_our_ids = key in names and self.mostly_known(names.index(key), known_ids)
        whole = {name for name, column in table.fields.items() if not isinstance(column, PartsColumn)}
        self.is_own = None not in owns and key in names and (self.has_our_ids or whole <= set(names))
        if self.has_our_ids or self.is_own:
            self.found = [meaning(table, header) for header in sheet.headers]
        else:
            self.found = [self.of_others(header) for header in sheet.headers]
        for place, header in enumerate(sheet.headers):
            if header in chosen and (not chosen[header] or chosen[header] in self.columns()):
                self.found[place] = (chosen[header], CHOSEN)
        self.places = self.places_of_columns()

    def mostly_known(self, place, known_ids):
        ids = [text_of(row.cells[place]) for row in self.sheet.rows if not is_empty(row.cells[place])]
        return bool(ids) and 2 * sum(each in known_ids for each in ids) >= len(ids)

    def of_others(self, header):
        """The meaning of a header that is not ours: “id” is the number that its owner gives."""
        own = own_meaning(self.table, header.strip())
        if own and own[0] in ("", ID):
            aliases = {alias: column for column, names in self.table.ALIASES.items() for alias in names}
            if folded(header) in aliases:
                return aliases[folded(header)], BY_ALIAS
            return own if not own[0] else None
        return meaning(self.table, header, is_ours=False)

    def columns(self):
        return {self.table.owner() or ID, *self.table.fields}

    def places_of_columns(self):
        wanted = defaultdict(list)
        for place, found in enumerate(self.found):
            if found and found[0]:
                wanted[found[0]].append((found[1], place))
        return {column: self.chosen_places(column, found) for column, found in wanted.items()}

    def chosen_places(self, column, found):
        """The places that are read for a column: several only where it holds a list."""
        places = [place for _sure, place in found]
        declared = self.table.fields.get(column)
        if len(places) == 1 or isinstance(declared, PartsColumn) or isinstance(declared.widget, LinksWidget):
            return places
        surest = max(sure for sure, _place in found)
        best = [place for sure, place in found if sure == surest]
        headers = "”, “".join(self.sheet.headers[place] for place in best)
        if len(best) > 1:
            sentence = _(
                "“%(headers)s” would both be read as “%(column)s”. Choose one, and something else for the other."
            )
            self.problems.append(sentence % {"headers": headers, "column": capfirst(self.label(column))})
        for place in places:
            if place not in best:
                self.remarks[place] = _("“%(header)s” is read instead.") % {"header": headers}
        return best

    def label(self, column):
        if column == ID:
            return _("public id")
        if column == self.table.owner():
            return str(self.table._meta.model._meta.get_field(column).verbose_name)
        return str(self.table.fields[column].label)

    def uses(self):
        columns = (self.table.owner() or ID, *self.table.fields)
        choices = tuple((column, capfirst(self.label(column))) for column in columns)
        found = []
        for place, header in enumerate(self.sheet.headers):
            column = (self.found[place] or ("",))[0]
            if not header:
                continue
            if column and place in self.places[column]:
                use = HeaderUse(self.sheet.name, header, column, capfirst(self.label(column)), "", choices)
            else:
                is_derived = self.found[place] == ("", BY_NAME)
                remark = str(NOT_READ) if is_derived else self.remarks.get(place, "")
                use = HeaderUse(self.sheet.name, header, "", "", remark, choices)
            found.append(use)
        return found

    def orders(self):
        """In which order the dates of each column have day and month."""
        return {
            column: order_of(row.cells[place] for row in self.sheet.rows for place in places)
            for column, places in self.places.items()
            if column in self.table.fields and isinstance(self.table.fields[column].widget, DATES)
        }
