"""How to get at what stands in an element of an IATI file."""

import html
import re

from lxml import etree

from cooperation.models import iati_codes

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# The parser keeps sixteen bits for it.
LAST_COUNTED_LINE = 65_535
# Of an element with a comment in it, too.
whole_text = etree.XPath("string()")


def own(name):
    """The attribute of that name in which our own files say what IATI has no place for."""
    return f"{{{iati_codes.EXTENSION}}}{name}"


def stated(activity, name):
    """The children of that name, without what our own files put in the place of what is not known."""
    return [element for element in activity.findall(name) if element.get(own("stated")) != "no"]


def line_of(element):
    """The line in which the element begins.

    From line 65,535 on the parser says where the text in it or after it ends. This counts back.
    """
    line = element.sourceline
    while line >= LAST_COUNTED_LINE:
        if element.text:
            return line - element.text.count("\n")
        if len(element):
            element = element[0]
        elif element.tail:
            return line - element.tail.count("\n")
        elif element.getnext() is not None:
            element = element.getnext()
        else:
            return line
    return line


def attribute(element, name):
    return " ".join(element.get(name, "").split())


def plain(text):
    """Text on one line, without control characters, and with & where a publisher wrote &amp; twice over."""
    return " ".join(UNSEEN.sub(" ", html.unescape(text)).split())


def language_of(element):
    """The language code that holds for the element, in small letters; "" if none is given."""
    for each in (element, *element.iterancestors()):
        if each.get(LANGUAGE):
            return each.get(LANGUAGE).strip().lower()
    return ""


def narrative(element):
    """`(text, language)` of what the element says: in English if it does, else in the first language that it has."""
    texts = [(plain(whole_text(each)), language_of(each)) for each in element.findall("narrative")]
    texts = [(text, language) for text, language in texts if text]
    english = [(text, language) for text, language in texts if is_english(language)]
    return (english or texts or [("", "")])[0]


def is_english(language):
    """Whether a text may be taken for English. What states no language may."""
    return language in ("", "en") or language.startswith("en-")
