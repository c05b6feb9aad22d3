"""Projects as an activities file of IATI 2.03.

https://iatistandard.org/en/iati-standard/203/activity-standard/
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from lxml import etree

from cooperation.exports.iati_activity import NAMESPACES, activity_of, moment, own, writable
from cooperation.exports.statement import LICENCE, LICENCE_URL, Statement
from cooperation.exports.whole_projects import read_names, whole_projects
from cooperation.models import Project, iati_codes

# Projects that are read at a time.
BATCH = 500


def write_iati(statement: Statement, ids: Sequence[int]) -> Iterator[bytes]:
    """Pieces of the file (bytes) that holds the public projects among `ids`, in the order of `ids`.

    Without any project it is not valid: the schema asks for one activity at least.
    """
    batches = [ids[first : first + BATCH] for first in range(0, len(ids), BATCH)]
    names, today = read_names(), timezone.now().date()
    buffer = BytesIO()
    with etree.xmlfile(buffer, encoding="UTF-8") as file:
        file.write_declaration()
        attributes = {
            "version": iati_codes.VERSION,
            "generated-datetime": moment(latest_change(batches) or statement.made),
            own("licence"): LICENCE_URL,
        }
        with file.element("iati-activities", attributes, nsmap=NAMESPACES):
            file.write("\n  ", comment(statement))
            for batch in batches:
                for whole in whole_projects(batch, names):
                    file.write("\n  ", activity_of(whole, statement.site, today))
                    file.flush()
                    yield taken(buffer)
            file.write("\n")
    buffer.write(b"\n")
    yield taken(buffer)


def taken(buffer: BytesIO) -> bytes:
    """Take what is in the buffer, which is empty afterwards."""
    piece = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return piece


def latest_change(batches: Iterable[Sequence[int]]) -> datetime | None:
    """When the latest change of a project in the file was made, so that the same projects make the same file."""
    changes = [
        Project.objects.published().filter(pk__in=batch).aggregate(latest=Max("updated"))["latest"] for batch in batches
    ]
    return max(filter(None, changes), default=None)


def comment(statement: Statement) -> etree._Comment:
    """Say what the file is, for people who open it."""
    count = ngettext("%(count)s activity", "%(count)s activities", statement.count) % {"count": statement.count}
    licence = gettext("Licence: %(licence)s, %(address)s") % {"licence": LICENCE, "address": LICENCE_URL}
    lines = [statement.title, count, licence, statement.citation]
    text = writable("".join(f"\n    {line}" for line in lines))
    # No comment may hold two hyphens in a row.
    return etree.Comment(re.sub("-(?=-)", "- ", text) + "\n  ")
