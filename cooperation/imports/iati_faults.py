"""The first fault of a file in words: what the parser or the schema says, for somebody who does not read XML."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Of libxml2; huge_tree would lift it.
DEEPEST = 256
CLARK_NAME = re.compile(r"\{([^}]*)\}")
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True)
class Fault:
    """`sentence` names the line itself where the place is of use."""

    sentence: str
    line: int | None = None


def form_fault(error, content):
    """The `Fault` of content that is not well-formed: `error` is an entry of the parser's log or its exception."""
    line, message = line_said_by(error), getattr(error, "message", None) or str(error)
    name = getattr(error, "type_name", "")
    if is_cut_off(content, line):
        return Fault(_("The file ends in the middle, in line %(line)s: download it again.") % {"line": line}, line)
    words = FORM_FAULTS.get(name)
    found = words and re.search(words[0], message)
    if not found and (name == "ERR_RESOURCE_LIMIT" or "too big" in message):
        return at_line(
            line, gettext_lazy("something in it is longer than can be read. Ask the publisher for a smaller file."), {}
        )
    sentence = words[1] if found else gettext_lazy("this is not well-formed XML (%(message)s).")
    values = found.groupdict() if found else {}
    return at_line(line, sentence, {**values, "message": shortened(message), "deepest": DEEPEST})


def line_said_by(error):
    return (getattr(error, "line", None) or getattr(error, "lineno", None)) or None


def at_line(line, sentence, values):
    text = sentence % values
    return Fault(
        _("Line %(line)s: %(text)s") % {"line": line, "text": text} if line else text[:1].upper() + text[1:], line
    )


def is_cut_off(content, line):
    """Whether the fault is in the last line of a file that does not end with a tag."""
    end = content.rstrip()
    return line is not None and line > end.count(b"\n") and not end.endswith(b">")


def shortened(message):
    message = " ".join(message.split()).rstrip(".")
    return message if len(message) <= 160 else f"{message[:160]} …"


# By the name that libxml2 gives the fault: what is in its message, and the sentence after “Line 5: ”.
FORM_FAULTS = {
    "ERR_TAG_NAME_MISMATCH": (
        r"mismatch: (?P<opened>\S+) line (?P<from>\d+) and (?P<closed>\S+?),? *$",
        gettext_lazy(
            "</%(closed)s> closes the element <%(opened)s> of line %(from)s. Ask the publisher for a whole file."
        ),
    ),
    "ERR_TAG_NOT_FINISHED": (
        r"tag (?P<opened>\S+) line (?P<from>\d+)",
        gettext_lazy("the element <%(opened)s> of line %(from)s is never closed. Ask the publisher for a whole file."),
    ),
    "ERR_INVALID_CHAR": (r"", gettext_lazy("a character stands there that XML does not allow. Delete it.")),
    "ERR_INVALID_ENCODING": (
        r"",
        gettext_lazy(
            "a character is not in the encoding that the file says, or in UTF-8 if it says none. Save it as UTF-8."
        ),
    ),
    "ERR_UNDECLARED_ENTITY": (
        r"Entity '(?P<name>[^']*)'",
        gettext_lazy("&%(name)s; is not known to XML. Put the character itself in its place."),
    ),
    "ERR_RESOURCE_LIMIT": (
        r"Excessive depth",
        gettext_lazy("elements stand in each other more than %(deepest)s deep, as in no IATI file."),
    ),
    "NS_ERR_UNDEFINED_NAMESPACE": (
        r"prefix (?P<prefix>\S+)",
        gettext_lazy(
            "the prefix “%(prefix)s:” is used, but xmlns:%(prefix)s is not declared. Ask the publisher to declare it."
        ),
    ),
    "ERR_ATTRIBUTE_REDEFINED": (
        r"Attribute (?P<name>\S+)",
        gettext_lazy("the attribute “%(name)s” stands twice in one element. Delete one of them."),
    ),
    "ERR_NAME_REQUIRED": (r"", gettext_lazy("a bare & or < stands there. Write &amp; or &lt; in its place.")),
    "ERR_ENTITYREF_SEMICOL_MISSING": (r"", gettext_lazy("a bare & stands there. Write &amp; in its place.")),
    "ERR_LT_IN_ATTRIBUTE": (r"", gettext_lazy("a bare < stands in an attribute. Write &lt; in its place.")),
    "ERR_RESERVED_XML_NAME": (
        r"declaration allowed only at the start",
        gettext_lazy("something stands before <?xml …?>, which must come first. Delete the empty lines above it."),
    ),
    "ERR_DOCUMENT_END": (r"", gettext_lazy("the file goes on after its last element. Delete what follows it.")),
}


def schema_fault(error, line):
    """The `Fault` of a file that breaks the schema: `error` is an entry of the validator's log."""
    message = CLARK_NAME.sub(prefix_of, error.message)
    for pattern, sentence in SCHEMA_FAULTS:
        found = pattern.fullmatch(message)
        if found:
            return at_line(line, sentence, in_words(found.groupdict()))
    return at_line(
        line, gettext_lazy("the file is not valid IATI 2.03 (%(message)s)."), {"message": shortened(message)}
    )


def prefix_of(name):
    return "xml:" if name[1] == XML_NAMESPACE else ""


def in_words(values):
    if "expected" in values:
        names = [name for name in values["expected"].split(", ") if not name.startswith("##")]
        shown = [f"<{name}>" for name in names[:4]]
        values["expected"] = _(" or ").join(shown) + (" …" if len(names) > 4 else "") or _("nothing more")
    if "type" in values:
        values["type"] = TYPES.get(values["type"].partition(":")[2], values["type"])
    if "value" in values:
        values["value"] = shortened(values["value"])
    return values


TYPES = {
    "boolean": gettext_lazy("true or false"),
    "date": gettext_lazy("a date such as 2026-11-24"),
    "dateTime": gettext_lazy("a time such as 2026-11-24T09:30:00Z"),
    "decimal": gettext_lazy("a number such as 1250.50"),
    "int": gettext_lazy("a whole number"),
    "nonNegativeInteger": gettext_lazy("a whole number, zero or more"),
    "positiveInteger": gettext_lazy("a whole number, one or more"),
    "anyURI": gettext_lazy("a web address"),
    "NMTOKEN": gettext_lazy("one word"),
}

# The messages of libxml2, and the sentence after “Line 5: ”.
SCHEMA_FAULTS = [
    (re.compile(pattern, re.DOTALL), sentence)
    for pattern, sentence in (
        (
            r"Element '(?P<element>[^']+)': The attribute '(?P<attribute>[^']+)' is required but missing\.",
            gettext_lazy("<%(element)s> lacks the attribute “%(attribute)s”. Ask the publisher to add it."),
        ),
        (
            r"Element '(?P<element>[^']+)', attribute '(?P<attribute>[^']+)': "
            r"The attribute '[^']+' is not allowed\.",
            gettext_lazy(
                "<%(element)s> has an attribute “%(attribute)s”, which IATI 2.03 does not know there. Delete it."
            ),
        ),
        (
            r"Element '(?P<element>[^']+)': This element is not expected\. "
            r"Expected is (?:one of )?\( (?P<expected>.+) \)\.",
            gettext_lazy(
                "<%(element)s> stands where IATI 2.03 expects %(expected)s: an element is missing, misplaced, "
                "given once too often or not known."
            ),
        ),
        (
            r"Element '(?P<element>[^']+)': This element is not expected\.",
            gettext_lazy("<%(element)s> stands where IATI 2.03 expects nothing more. Ask the publisher to move it."),
        ),
        (
            r"Element '(?P<element>[^']+)': Missing child element\(s\)\. "
            r"Expected is (?:one of )?\( (?P<expected>.+) \)\.",
            gettext_lazy("<%(element)s> is not complete: it lacks %(expected)s. Ask the publisher to add it."),
        ),
        (
            r"Element '(?P<element>[^']+)', attribute '(?P<attribute>[^']+)': "
            r"'(?P<value>.*)' is not a valid value of the atomic type '(?P<type>[^']+)'\.",
            gettext_lazy("the attribute “%(attribute)s” of <%(element)s> is “%(value)s”. It must be %(type)s."),
        ),
        (
            r"Element '(?P<element>[^']+)': "
            r"'(?P<value>.*)' is not a valid value of the atomic type '(?P<type>[^']+)'\.",
            gettext_lazy("<%(element)s> holds “%(value)s”. It must be %(type)s."),
        ),
        (
            r"Element '(?P<element>[^']+)': Character content other than whitespace is not allowed because .+",
            gettext_lazy(
                "text stands in <%(element)s>, in which only elements may stand. In IATI 2 it belongs into <narrative>."
            ),
        ),
    )
]
