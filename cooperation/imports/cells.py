"""From a cell to the value of a field: one widget for each kind of field, each refusing in a sentence.

They are widgets of django-import-export. Each raises ValueError with a sentence for a cell that it cannot read.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property

from django.utils.translation import gettext as _
from import_export import fields, widgets

from cooperation.folding import fold, words_of
from cooperation.imports.read_date import read_date
from cooperation.imports.registry_names import SEPARATORS, Names, find, split_known

YES = {"yes", "y", "true", "1", "si", "oui", "sim"}
NO = {"no", "n", "false", "0", "non", "nao"}
# How a file that is not ours says that it says nothing.
NOTHING = {"n/a", "-", "–", "—", "#n/a", "null"}
# What stands for the end of something that goes on.
NOT_YET = {"present", "ongoing", "current", "to date", "today", "now", "tbd", "tbc", "unknown", "not known"}
CURRENCY_AND_AMOUNT = re.compile(r"(?P<before>[A-Za-z]{3})?\s*(?P<amount>[\d.,'’\s]+?)\s*(?P<after>[A-Za-z]{3})?")
PLAIN_AMOUNT = re.compile(r"\d+(?:\.\d{1,2})?")
ENGLISH_AMOUNT = re.compile(r"\d{1,3}(?:[,'’ ]\d{3})+(?:\.\d{1,2})?")
EUROPEAN_AMOUNT = re.compile(r"\d{1,3}(?:[.'’ ]\d{3})+,\d{1,2}|\d{1,3}(?:\.\d{3}){2,}|\d+,\d{1,2}")
# “SDG2”, “2”, “Goal 2: Zero hunger”, “SDG 2.3”; not “SDG2, SDG4”.
GOAL = re.compile(r"(?:sdg|goal|ods|odd)?\s*(?P<number>\d{1,2})(?:\.\w+)?\s*(?:[:–—-]\D*|[^\d,]*)")


@dataclass
class Reading:
    """One row being read. `is_own`: the file is one of ours, in which an empty cell means that nothing is stated.

    `orders` are the orders of day and month by column. What could not be read goes into `errors`, what was left out or
    understood with some freedom into `remarks`: `(column, sentence)`.
    """

    names: Names
    is_own: bool = False
    orders: dict = field(default_factory=dict)
    errors: list = field(default_factory=list)
    remarks: list = field(default_factory=list)


def is_empty(cell):
    return cell is None or (isinstance(cell, str) and not cell.strip())


def says_nothing(cell, reading):
    return is_empty(cell) or (not reading.is_own and isinstance(cell, str) and cell.strip().casefold() in NOTHING)


def text_of(cell):
    """A cell as the text that somebody sees in it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        cell = cell.date()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


class TextWidget(widgets.CharWidget):
    def clean(self, value, row=None, **context):
        return text_of(value)


class LinesWidget(TextWidget):
    """A list in one cell, kept as one value on each line."""

    def clean(self, value, row=None, **context):
        return "\n".join(part.strip() for part in SEPARATORS.split(text_of(value)) if part.strip())


class PartialDateWidget(widgets.Widget):
    def clean(self, value, row=None, *, reading, column, **context):
        return "" if is_empty(value) else read_date(value, reading.orders.get(column))


class DayWidget(widgets.DateWidget):
    def clean(self, value, row=None, *, reading, column, **context):
        if is_empty(value):
            return None
        text = read_date(value, reading.orders.get(column))
        if len(text) < len("2019-03-12"):
            raise ValueError(_("“%(cell)s” is not a whole day. Write 2019-03-12.") % {"cell": text_of(value)})
        return date.fromisoformat(text)


class WholeNumberWidget(widgets.IntegerWidget):
    def clean(self, value, row=None, **context):
        if is_empty(value):
            return None
        text = text_of(value).replace(",", "")
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise ValueError(_("“%(cell)s” is not a whole number.") % {"cell": text_of(value)})
        return int(text)


class YesNoWidget(widgets.BooleanWidget):
    def clean(self, value, row=None, **context):
        text = fold(text_of(value))
        if text in YES or not text:
            return bool(text)
        if text in NO:
            return False
        raise ValueError(_("“%(cell)s” is neither “yes” nor “no”.") % {"cell": text_of(value)})


class AmountWidget(widgets.DecimalWidget):
    """An amount of money. A currency in the same cell is left to `currency_in`."""

    def clean(self, value, row=None, **context):
        if is_empty(value):
            return None
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return as_decimal(str(value), value)
        match = CURRENCY_AND_AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
        return as_decimal(in_plain_digits(" ".join(match["amount"].split())) if match else "", value)


def as_decimal(text, cell):
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite():
        raise ValueError(not_an_amount(cell))
    return amount


def not_an_amount(cell):
    sentence = _("“%(cell)s” is not an amount that can be read. Write 275525.50, and the currency in its own column.")
    return sentence % {"cell": text_of(cell)}


def in_plain_digits(text):
    """“1234567.5” of “1,234,567.5” and of “1.234.567,5”; "" of what may be either."""
    if PLAIN_AMOUNT.fullmatch(text):
        return text
    if ENGLISH_AMOUNT.fullmatch(text):
        return re.sub(r"[^\d.]", "", text)
    if EUROPEAN_AMOUNT.fullmatch(text):
        return re.sub(r"[^\d,]", "", text).replace(",", ".")
    return ""


def currency_in(cell):
    """The currency code beside an amount in one cell, or ""."""
    match = CURRENCY_AND_AMOUNT.fullmatch(cell.strip()) if isinstance(cell, str) else None
    return (match["before"] or match["after"] or "").upper() if match else ""


class ChoiceWidget(widgets.CharWidget):
    """One of the `choices` of a field by its code, its label, or another word for it: `{folded words: code}`."""

    def __init__(self, choices, others=None):
        super().__init__()
        self.choices = tuple(choices)
        self.others = others or {}

    @cached_property
    def codes(self):
        """Map each code, and each of the words for it, folded, to the code."""
        words = {spaced(str(label)): code for code, label in self.choices}
        words |= {spaced(code): code for code, _label in self.choices}
        return self.others | words | {code: code for code, _label in self.choices}

    def clean(self, value, row=None, **context):
        text = text_of(value)
        if not text:
            return ""
        code = self.codes.get(text) or self.codes.get(spaced(text))
        if code is None:
            allowed = ", ".join(str(code) for code, _label in self.choices)
            raise ValueError(_("“%(cell)s” is none of: %(allowed)s.") % {"cell": text, "allowed": allowed})
        return code


def spaced(text):
    return " ".join(words_of(text.replace("_", " ")))


class LinkWidget(widgets.ForeignKeyWidget):
    """The key of a row that `Names` finds for a code or a name; `kind` is the lookup there."""

    def __init__(self, model, kind):
        super().__init__(model)
        self.kind = kind

    def clean(self, value, row=None, *, reading, **context):
        text = text_of(value)
        if not text:
            return None
        found = known_by(self.kind, reading.names)(text)
        if found is None:
            sentence = _("The registry has no %(what)s “%(cell)s”, or several that are called so.")
            raise ValueError(sentence % {"what": self.model._meta.verbose_name, "cell": text})
        return found


class LinksWidget(widgets.ManyToManyWidget):
    """The keys of several rows in one cell, as a set. What is not known is left out and said."""

    def __init__(self, model, kind):
        super().__init__(model)
        self.kind = kind

    def clean(self, value, row=None, *, reading, column, **context):
        found, unknown = split_known(text_of(value), known_by(self.kind, reading.names))
        remark_on_unknown(reading, column, self.model, unknown)
        return frozenset(found)


def known_by(kind, names):
    """What tells the key of the row that a text means, or None."""
    if kind == "countries":
        return names.country
    if kind == "goals":
        return lambda text: goal_of(text, names.goals)
    return lambda text: find(getattr(names, kind), text)


def remark_on_unknown(reading, column, model, unknown):
    if unknown:
        sentence = _("The registry has no %(what)s “%(names)s”: left out.")
        words = {"what": model._meta.verbose_name, "names": "”, “".join(dict.fromkeys(unknown))}
        reading.remarks.append((column, sentence % words))


def goal_of(text, goals):
    """The key of “SDG2”, “2”, “Goal 2: Zero hunger”."""
    match = GOAL.fullmatch(fold(text).strip())
    return goals.get(int(match["number"])) if match else None


class Column(fields.Field):
    """A column that fills one field of a record or of a part of it. `label` names it for people.

    A cell that says nothing leaves the field alone, unless the file is ours; and even then what our files do not show
    stays: a link to a record that is not public.
    """

    def __init__(self, model_field, widget, label=None):
        super().__init__(attribute=model_field.attname, column_name=model_field.name, widget=widget)
        self.model_field = model_field
        self.label = label or model_field.verbose_name

    def clean(self, row, **context):
        return super().clean(row, column=self.column_name, **context)

    def save(self, instance, row, is_m2m=False, *, reading, **context):
        cell, old = row[self.column_name], getattr(instance, self.attribute)
        if says_nothing(cell, reading):
            if reading.is_own and not reading.names.is_hidden(self.model_field.related_model, old):
                setattr(instance, self.attribute, self.model_field.get_default())
            return
        if isinstance(self.widget, PartialDateWidget) and text_of(cell).lower() in NOT_YET:
            sentence = _("“%(cell)s” is no date: the field is left as it is.")
            reading.remarks.append((self.column_name, sentence % {"cell": text_of(cell)}))
            return
        new = self.clean(row, reading=reading)
        if not is_same(old, new, cell):
            setattr(instance, self.attribute, new)


class PartsColumn(Column):
    """A column of a record that lists parts of it in one cell. It only ever adds some."""

    def __init__(self, name, label, read_parts):
        super(Column, self).__init__(attribute=None, column_name=name, widget=TextWidget())
        self.label = label
        self.read_parts = read_parts  # (text, column, reading, instance) -> [part without its record, ...]


# What a cell of a workbook can hold, and how our files mark that they have cut a longer text.
LONGEST_CELL, CUT = 32_767, "…"


def is_same(old, new, cell):
    """Whether the registry says what the cell says, perhaps with other line ends, or a longer text."""
    if not isinstance(new, str) or not isinstance(old, str):
        return old == new
    old, new = lines_of(old), lines_of(new)
    if old == new or lines_of(text_of(cell)) == "; ".join(old.split("\n")):
        return True
    return len(new) == LONGEST_CELL and new.endswith(CUT) and old.startswith(new[:-1])


def lines_of(text):
    return "\n".join(text.strip().splitlines())
