"""A table in a text file (CSV): which encoding it is in, what separates its cells, and the rows themselves."""

import csv
import io
import re
from collections import Counter
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.imports.raw_file import UTF8_MARK, UTF16_MARKS, WEB_PAGE, UnreadableFileError
from cooperation.imports.sheet import LONGEST_CELL, refuse_too_many, sheet_of, some

SEPARATORS = ",;\t|"
# Cells in a row, empty ones included: no program writes more.
WIDEST = 16_384
# In what Excel calls “CSV” where a comma is the decimal sign, the first line may name the separator.
NAMED_SEPARATOR = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
# Characters and rows that tell the separator.
SAMPLE, SAMPLE_ROWS = 65_536, 50
# What texts in the languages of western Europe and Latin America hold beside ASCII. Anything else in a file that is
# taken for Windows-1252 says that it is in another encoding.
WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœŠšŽž"
    "€£¥¢§©®™°ºª¹²³¼½¾±×÷µ·•…–—‘’‚“”„«»‹›¡¿†‡‰´¨¸¬¯\xa0\xad"
)
UTF8_SEQUENCE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")


def read_csv(content):
    """`[Sheet]` of a text file. Raises `UnreadableFileError`."""
    text, remarks = decoded(content)
    refuse_what_is_no_table(text)
    named = NAMED_SEPARATOR.match(text)
    before = named[0].count("\n") if named else 0
    text = text[named.end() :] if named else text
    lengths = {}
    rows = rows_of(text, named[1] if named else separator_of(text), before, lengths)
    sheet = sheet_of("", rows, is_aligned=False)
    if sheet is None:
        raise UnreadableFileError(_("The file is empty. Save it again from where the table is."))
    sheet.remarks[:0] = remarks
    sheet.remarks += what_is_short(sheet, lengths)
    return [sheet]


def decoded(content):
    """Decode the bytes of a file: its text, and remarks for the person who brought it."""
    if content.startswith(UTF16_MARKS):
        try:
            text = content.decode("utf-16")
        except UnicodeDecodeError as error:
            sentence = _("The file begins as UTF-16, but is broken further on. Save it again as “CSV UTF-8”.")
            raise UnreadableFileError(sentence) from error
        refuse_nul(text)
        return text, []
    refuse_nul(content)
    content = content.removeprefix(UTF8_MARK)
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    return decoded_western(content, line)


def refuse_nul(content):
    nul = "\0" if isinstance(content, str) else b"\0"
    if nul in content:
        line = content[: content.index(nul)].count("\n" if isinstance(content, str) else b"\n") + 1
        sentence = _("Line %(line)s holds a NUL character, which no table has. Save the file again as “CSV UTF-8”.")
        raise UnreadableFileError(sentence % {"line": line}, line)


def decoded_western(content, line):
    """The text of a file that is no UTF-8 as of `line`, if it is plausible as Windows-1252."""
    sentence = _(
        "Line %(line)s holds bytes that are neither UTF-8 nor Windows-1252, so that letters would be read wrong. "
        "Save the file again as “CSV UTF-8”."
    )
    refusal = UnreadableFileError(sentence % {"line": line}, line)
    if any(is_utf8(found) for found in UTF8_SEQUENCE.findall(content)):
        raise refusal
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise refusal from None
    if any(letter > "\x7f" and letter not in WESTERN for letter in set(text)):
        raise refusal
    return text, [_("The file was read as Windows-1252: look whether the accents are right.")]


def is_utf8(part):
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def refuse_what_is_no_table(text):
    beginning = text[:1000].lstrip()
    if WEB_PAGE.match(beginning.encode()):
        raise UnreadableFileError(
            _("This is a web page, not a table: the address led to a page. Download the file itself.")
        )
    if beginning.startswith("<"):
        sentence = _(
            "This is a file in XML or HTML, not a table. Import IATI files as “IATI activities”; save other files as "
            "CSV or XLSX."
        )
        raise UnreadableFileError(sentence)
    if beginning.startswith(("{", "[", "%PDF")):
        raise UnreadableFileError(_("This is not a table. Save it as CSV or XLSX."))


def separator_of(text):
    """The one that divides most rows into equally many cells."""
    lines = io.StringIO(text[:SAMPLE], newline="")
    best, most = ",", (0, 0)
    for separator in SEPARATORS:
        lines.seek(0)
        widths = Counter()
        try:
            for row in islice(csv.reader(lines, delimiter=separator), SAMPLE_ROWS):
                widths[len(row)] += len(row) > 1
        except csv.Error:
            pass
        found = max(((number, width) for width, number in widths.items()), default=(0, 0))
        if found > most:
            best, most = separator, found
    return best


def rows_of(text, separator, before, lengths):
    """`(line, cells)` of each row, whose number of cells is noted in `lengths`; `before` lines stand above the text."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = before + 1
    try:
        for cells in reader:
            if len(cells) > WIDEST:
                refuse_too_many(len(cells), "")
            if any(len(cell) > LONGEST_CELL for cell in cells):
                refuse_long_cell(line)
            lengths[line] = len(cells)
            yield line, cells
            line = before + reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            refuse_long_cell(line)
        sentence = _(
            "Line %(line)s: the quotation marks of a cell are not closed where the cell ends. A cell with quotation "
            "marks in it has them doubled: correct the line, or save the file again as “CSV UTF-8”."
        )
        raise UnreadableFileError(sentence % {"line": line}, line) from error


def refuse_long_cell(line):
    sentence = _("Line %(line)s: a cell has more than %(most)s characters. Shorten it.")
    raise UnreadableFileError(sentence % {"line": line, "most": f"{LONGEST_CELL:,}"}, line)


def what_is_short(sheet, lengths):
    """Remarks on rows that end before the last header."""
    short = [row.line for row in sheet.rows if lengths[row.line] < len(sheet.headers)]
    if not short:
        return []
    words = ngettext(
        "%(number)s row has fewer cells than there are headers (line %(lines)s): the rest was taken as empty.",
        "%(number)s rows have fewer cells than there are headers (lines %(lines)s): the rest was taken as empty.",
        len(short),
    )
    return [words % {"number": f"{len(short):,}", "lines": some(str(line) for line in short)}]
