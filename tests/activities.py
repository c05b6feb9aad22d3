"""Projects as activities of IATI 2.03, as the tests read them."""

from datetime import UTC, date, datetime

from lxml import etree

from cooperation.exports.iati_activity import activity_of
from cooperation.exports.whole_projects import WholeProject, read_names, whole_projects
from cooperation.models import Project
from cooperation.models.iati_codes import EXTENSION
from tests.iati_standard import faults

SITE = "https://portal.example.org"
TODAY = date(2026, 11, 24)
NOT_STATED = "Not stated in the sources"


def written(whole, today=TODAY):
    """The activity as who reads the file meets it. It is sound whatever it says."""
    root = etree.Element("iati-activities", version="2.03")
    root.append(activity_of(whole, SITE, today))
    tree = etree.ElementTree(etree.fromstring(etree.tostring(root)))
    assert faults(tree) == []
    (activity,) = tree.getroot()
    return activity


def activity(project, today=TODAY):
    (whole,) = whole_projects([project.pk], read_names())
    return written(whole, today)


def alone(**fields):
    """A project that has no parts, in no database."""
    recorded = datetime(2026, 11, 20, tzinfo=UTC)
    given = {"title": "Coral reefs", "slug": "coral-reefs", "modality": "bilateral"}
    project = Project(**{**given, "created": recorded, "updated": recorded, **fields})
    return WholeProject(project, None, None, [], [], [], [], [])


def attributes(parent, name):
    """`[{attribute: value, ...}, ...]` of the elements of that name. Our own attributes begin with “ssc:”."""
    return [
        {key.replace(f"{{{EXTENSION}}}", "ssc:"): value for key, value in element.attrib.items()}
        for element in parent.iterfind(name)
    ]


def narratives(parent, path):
    return [element.text for element in parent.iterfind(f"{path}/narrative")]


def tags(parent, vocabulary="99"):
    """List the code and the narrative of each tag."""
    return [(tag.get("code"), tag.findtext("narrative")) for tag in parent.iterfind(f"tag[@vocabulary='{vocabulary}']")]
