"""Texts that a spreadsheet would take for a formula, and how they are written so that it does not.

A text that begins with one of =, +, -, @, tab or a line break (or one of their full-width forms) gets an apostrophe in
front, and so does one that already begins with apostrophes before such a sign: whoever reads the file takes one
apostrophe away and has the text as it was.
"""

import re

DANGEROUS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
MAY_BE_DANGEROUS = frozenset("'=+-@\t\r\n＝＋－＠")
MARKED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def as_text(text: str) -> str:
    """`text` as a cell that no spreadsheet runs."""
    return f"'{text}" if DANGEROUS.match(text) else text


def from_text(cell: str) -> str:
    """Return the text that `as_text` made this cell of."""
    return cell[1:] if MARKED.match(cell) else cell
