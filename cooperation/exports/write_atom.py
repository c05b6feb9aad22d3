"""Records as an Atom feed (RFC 4287), so that a reader hears of what is new."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext
from django.utils.xmlutils import SimplerXMLGenerator

from cooperation.exports.iati_activity import writable
from cooperation.exports.statement import LICENCE, LICENCE_URL, PORTAL, Statement
from cooperation.exports.table import Table

# A feed is for what is new; the other formats have all.
MOST_ENTRIES = 1_000


class Feed(Atom1Feed):
    """An Atom feed that names its licence."""

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("link", "", {"rel": "license", "href": LICENCE_URL})

    def latest_post_date(self) -> datetime:
        made: datetime = self.feed["made"]
        return made


def write_atom(table: Table, statement: Statement, ids: Sequence[Any], feed_url: str) -> bytes:
    """Write the feed: up to 1,000 records in the order of their list."""
    words = gettext("%(count)s records as of %(date)s UTC.") % {
        "count": statement.count,
        "date": f"{statement.made:%Y-%m-%d %H:%M}",
    }
    if statement.count > MOST_ENTRIES:
        words += " " + gettext("The first %(number)s are in this feed.") % {"number": MOST_ENTRIES}
    feed = Feed(
        title=writable(statement.title),
        link=statement.address,
        description="",
        subtitle=writable(f"{words} {statement.citation}"),
        feed_url=feed_url,
        author_name=str(PORTAL),
        feed_copyright=f"{PORTAL}, {LICENCE}, {LICENCE_URL}",
        language="en-GB",
        made=statement.made,
    )
    names = [column.name for column in table.columns]
    for row in table.rows(ids[:MOST_ENTRIES], statement.site):
        record = dict(zip(names, row, strict=True))
        changed = as_moment(record.get("updated")) or statement.made
        feed.add_item(
            title=writable(record.get("title") or record["name"]),
            link=record["url"],
            unique_id=record["url"],
            description=writable(record.get("summary") or ""),
            categories=[writable(each) for each in record.get("themes_names", ())],
            updateddate=changed,
            pubdate=as_moment(record.get("created")),
        )
    file = BytesIO()
    feed.write(file, "utf-8")
    return file.getvalue()


def as_moment(stored: str | None) -> datetime | None:
    """Read a time as the database writes it; None for none."""
    return datetime.fromisoformat(stored[:19]).replace(tzinfo=UTC) if stored else None
