"""Dates as people write them in tables, read as far as they are known."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from cooperation.folding import fold
from cooperation.models.partial_date import first_day

TIME = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?)?(?:Z|[+-]\d{2}:?\d{2})?"
ISO = re.compile(rf"(\d{{4}})(?:[-/.](\d{{1,2}})(?:[-/.](\d{{1,2}}){TIME})?)?")
NUMERIC = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})[-/.](\d{{4}}){TIME}")
MONTH_AND_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
IN_WORDS = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)? )?(?P<month>[a-z]+) (?:(?P<day_after>\d{1,2})(?:st|nd|rd|th)? )?"
    r"(?P<year>\d{4})"
)
FILLERS = re.compile(r"\b(?:de|del|do|da|of|the)\b|[.,]")
# Months by the beginnings of their names in English, Spanish, Portuguese and French, folded.
MONTHS = (
    ("jan", "ene"),
    ("feb", "fev"),
    ("mar",),
    ("apr", "abr", "avr"),
    ("may", "mai"),
    ("jun", "juin"),
    ("jul", "juil"),
    ("aug", "ago", "aou"),
    ("sep", "set"),
    ("oct", "out"),
    ("nov",),
    ("dec", "dez", "dic"),
)
# Excel counts days from here; so many can be meant by a number without a format.
BEGINNING_OF_EXCEL, SERIALS = date(1899, 12, 30), range(15_000, 75_000)
YEARS = range(1000, 3000)
DAY_FIRST, MONTH_FIRST = "day first", "month first"


def order_of(cells):
    """Find in which order the dates of a column have day and month: `DAY_FIRST` or `MONTH_FIRST`.

    None where none of them tells or they tell different things.
    """
    found = set()
    for cell in cells:
        match = NUMERIC.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if match and match[2] != ".":
            if int(match[1]) > 12:
                found.add(DAY_FIRST)
            if int(match[3]) > 12:
                found.add(MONTH_FIRST)
    return found.pop() if len(found) == 1 else None


def read_date(cell, order=None):
    """The partial date that a cell means. `order` is what `order_of` says of its column.

    Raises ValueError with a sentence.
    """
    if isinstance(cell, bool):
        raise ValueError(not_a_date(cell))
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.year >= YEARS.start else refuse(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float | Decimal):
        return date_of_number(cell)
    return checked(read_text(cell.strip(), order), cell)


def refuse(cell):
    raise ValueError(not_a_date(cell))


def not_a_date(cell):
    return _("“%(cell)s” is not a date that can be read. Write 2019, 2019-03 or 2019-03-12.") % {"cell": cell}


def date_of_number(number):
    """A year, or the day that Excel means where the cell has lost its format."""
    if not YEARS.start <= number < SERIALS.stop:  # also what is no number at all
        return refuse(number)
    if number == int(number) and int(number) in YEARS:
        return str(int(number))
    if int(number) in SERIALS:
        return (BEGINNING_OF_EXCEL + timedelta(days=int(number))).isoformat()
    return refuse(number)


def read_text(text, order):
    if match := ISO.fullmatch(text):
        return "-".join(part.zfill(2) for part in match.groups() if part)
    if match := NUMERIC.fullmatch(text):
        return read_numeric(match, text, order)
    if match := MONTH_AND_YEAR.fullmatch(text):
        return f"{match[2]}-{match[1].zfill(2)}"
    if SERIAL.fullmatch(text):
        return date_of_number(Decimal(text))
    return read_words(text)


def read_numeric(match, text, order):
    first, second, year = int(match[1]), int(match[3]), match[4]
    if match[2] == "." or first > 12:
        order = DAY_FIRST
    elif second > 12:
        order = MONTH_FIRST
    elif order is None and first != second:
        meant = f"{year}-{second:02}-{first:02}", f"{year}-{first:02}-{second:02}"
        sentence = _("“%(text)s” may be %(one)s or %(other)s: write the one that is meant.")
        raise ValueError(sentence % {"text": text, "one": meant[0], "other": meant[1]})
    day, month = (first, second) if order == DAY_FIRST else (second, first)
    return f"{year}-{month:02}-{day:02}"


def read_words(text):
    """“March 2019”, “12 March 2019”, “March 12, 2019”, “12 de marzo de 2019”."""
    match = IN_WORDS.fullmatch(" ".join(FILLERS.sub(" ", fold(text)).split()))
    if not match:
        return refuse(text)
    month = next((place for place, names in enumerate(MONTHS, 1) if match["month"].startswith(names)), None)
    if month is None or (match["day"] and match["day_after"]):
        return refuse(text)
    day = match["day"] or match["day_after"]
    return f"{match['year']}-{month:02}" + (f"-{int(day):02}" if day else "")


def checked(text, cell):
    try:
        first_day(text)
    except ValueError:
        return refuse(cell)
    return text
