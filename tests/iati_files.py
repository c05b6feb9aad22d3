"""IATI files for tests: one activity as a publisher would write it, parts of which a test replaces; and our own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from cooperation.exports.statement import Statement
from cooperation.exports.write_iati import write_iati
from cooperation.imports.iati_file import examine
from cooperation.imports.known import read_known
from cooperation.imports.read_iati import read_activities
from cooperation.models import Evidence, Project

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason=f"the files of other publishers are not in {DATA}")

TRANSACTION = (
    '<transaction><transaction-type code="3"/><transaction-date iso-date="2024-03-01"/>'
    '<value value-date="2024-03-01">10</value>{parts}</transaction>'
)
IDENTIFIER = "XM-DAC-41122-BR-2026-17"
# In the order that the schema asks for.
PARTS = {
    "identifier": f"<iati-identifier>{IDENTIFIER}</iati-identifier>",
    "publisher": '<reporting-org ref="XM-DAC-41122" type="40"><narrative>UNICEF</narrative></reporting-org>',
    "title": "<title><narrative>Cotton growers of Peru and Tonga learn from each other</narrative></title>",
    "description": "<description><narrative>Two exchanges a year.</narrative></description>",
    "partners": '<participating-org role="4"><narrative>Cotton Board of Piura</narrative></participating-org>',
    "identifiers": "",
    "status": '<activity-status code="2"/>',
    "dates": '<activity-date type="2" iso-date="2024-02-01"/>',
    "places": '<recipient-country code="TO"/>',
    "sectors": "",
    "tags": "",
    "collaboration": '<collaboration-type code="1"/>',
    "budgets": "",
    "transactions": "",
    "documents": "",
    "related": "",
    "results": "",
}


def activity_xml(attributes='xml:lang="en"', **parts):
    """Write an `iati-activity`, each part on a line of its own.

    So the line of a part is that of the activity and its place in `PARTS`.
    """
    unknown = parts.keys() - PARTS.keys()
    assert not unknown, unknown
    return f"<iati-activity {attributes}>" + "\n".join({**PARTS, **parts}.values()) + "</iati-activity>"


def file_of(*activities, version="2.03", namespaces=""):
    """The bytes of a file. Its first activity begins in line 3."""
    opening = f'<iati-activities version="{version}" {namespaces}>'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', opening, *activities, "</iati-activities>"]).encode()


PLAIN = file_of(activity_xml()).decode()


def line_of_part(part):
    """In which line a part of the first activity of a file is, as long as each part is in one line."""
    return 3 + list(PARTS).index(part)


def tree_of(content):
    """The root element of a file that must be accepted."""
    verdict = examine(content)
    assert verdict.is_accepted, verdict.sentence
    return verdict.tree


def read(attributes='xml:lang="en"', namespaces="", **parts):
    """The one `ReadActivity` of a file in which these parts replace those of `PARTS`."""
    content = file_of(activity_xml(attributes, **parts), namespaces=namespaces)
    (activity,) = read_activities(tree_of(content), read_known())
    return activity


def remarks(activity):
    return [(remark.line, remark.sentence) for remark in activity.remarks]


def real_file(name):
    return DATA / "iati" / name


def exported():
    """The bytes of our own file of all public projects, in the order of their addresses."""
    ids = list(Project.objects.published().order_by("slug").values_list("pk", flat=True))
    site = "https://portal.example.org"
    statement = Statement("Projects", len(ids), datetime(2026, 11, 24, tzinfo=UTC), f"{site}/projects/", site)
    return b"".join(write_iati(statement, ids))


def delete_all_projects():
    Evidence.objects.exclude(project=None).delete()
    Project.objects.all().delete()
