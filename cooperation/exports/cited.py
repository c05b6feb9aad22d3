"""What is cited: a record, or the work that a source is, as reference managers keep it."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext

from cooperation.exports.statement import LICENCE, LICENCE_URL, PORTAL, Statement
from cooperation.models import PublicRecord, Source, format_partial_date


@dataclass(frozen=True)
class Work:
    """`published` is a date as far as known, or ""; `read` is the day on which it said so, or None.

    Every text is on one line.
    """

    key: str
    title: str
    author: str
    published: str
    url: str
    read: date | None
    note: str
    is_record: bool


def one_line(text: object) -> str:
    """`text` without line breaks and control characters."""
    words = " ".join(str(text).split())
    return "".join(letter for letter in words if unicodedata.category(letter) != "Cc")


def work_of(record: PublicRecord, statement: Statement) -> Work:
    """Make the `Work` to cite. A source is a work of its own; what any other record says is the work of the portal."""
    key = f"{record._meta.model_name}-{record.public_id}"
    if isinstance(record, Source):
        listed = gettext("Listed in the %(portal)s: %(address)s")
        return Work(
            key=key,
            title=one_line(record.title),
            author=one_line(record.publisher),
            published=record.published,
            url=one_line(record.url),
            read=record.retrieved,
            note=listed % {"portal": PORTAL, "address": statement.address},
            is_record=False,
        )
    note = gettext("As of %(date)s. Licence: %(licence)s, %(address)s")
    return Work(
        key=key,
        title=statement.title,
        author=str(PORTAL),
        published=f"{statement.made:%Y-%m-%d}",
        url=statement.address,
        read=statement.made.date(),
        note=note % {"date": date_format(statement.made, "j F Y"), "licence": LICENCE, "address": LICENCE_URL},
        is_record=True,
    )


def cite_as(record: PublicRecord, statement: Statement) -> str:
    """How to cite the record in a text; of a source, the work itself."""
    if not isinstance(record, Source):
        return statement.citation
    parts = [record.publisher, f"“{record.title}”", format_partial_date(record.published), record.url]
    if record.retrieved:
        parts.append(gettext("read on %(date)s") % {"date": date_format(record.retrieved, "j F Y")})
    return one_line(", ".join(part for part in parts if part))
