"""Bytes that are no XML file or that nobody should parse, told apart before any parser sees them."""

import re

from django.utils.translation import gettext as _

# A file is held in memory as a whole. The largest of the publishers have some ten million bytes.
MOST_BYTES = 20_000_000
# No element of IATI has more than a dozen.
MOST_ATTRIBUTES = 1_000
# In all of these a byte below 128 is the character of ASCII.
ENCODINGS = ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "latin-1", "iso-8859-15", "windows-1252")
UTF8_MARK, UTF16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
UTF32_MARKS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")

DECLARED = re.compile(rb"""<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"'>]*)["']""")
DOCTYPE = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
WEB_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
# An attribute value holds no “<”, so that each try ends where the next one begins.
CROWDED = re.compile(rb"""<[^<>"'/!?][^<>"']*+(?:"[^"<]*+"[^<>"']*+|'[^'<]*+'[^<>"']*+){%d}""" % (MOST_ATTRIBUTES + 1))


class UnreadableFileError(Exception):
    """The file cannot be taken. `sentence` says so to people, `line` where, if in a line."""

    def __init__(self, sentence, line=None):
        super().__init__(sentence)
        self.sentence, self.line = sentence, line


def ready_to_parse(content):
    """`(content, encoding)` for a parser; the encoding is None where the file itself says it.

    Raises `UnreadableFileError`.
    """
    refuse_what_is_no_text(content)
    content, encoding = in_readable_encoding(content)
    refuse_what_is_no_xml(content)
    doctype = DOCTYPE.match(content)
    if doctype:
        sentence = _(
            "Line %(line)s: the file has a DOCTYPE, through which a file can do harm. IATI does not use it: "
            "ask the publisher for a file without it."
        )
        refuse_at(sentence, content, doctype.end())
    crowded = CROWDED.search(content)
    if crowded:
        sentence = _("Line %(line)s: an element has more than %(number)s attributes, as no IATI file has.")
        refuse_at(sentence, content, crowded.start(), number=f"{MOST_ATTRIBUTES:,}")
    return content, encoding


def refuse_at(sentence, content, place, **words):
    line = content.count(b"\n", 0, place) + 1
    raise UnreadableFileError(sentence % {"line": line, **words}, line)


def refuse_what_is_no_text(content):
    if not content.strip():
        raise UnreadableFileError(_("The file is empty. Download it again."))
    refuse_what_is_too_large(content, MOST_BYTES)
    if content.startswith(b"\x1f\x8b"):
        raise UnreadableFileError(_("The file is compressed (gzip). Unpack it and import the XML file in it."))
    if content.startswith(b"PK\x03\x04"):
        raise UnreadableFileError(
            _("This is a ZIP file or an Excel workbook, not an XML file. Import the IATI file in XML.")
        )
    if content.startswith(UTF32_MARKS):
        raise UnreadableFileError(_("The file is written in UTF-32, which cannot be read. Save it as UTF-8."))


def refuse_what_is_too_large(content, most):
    if len(content) > most:
        sentence = _(
            "The file is larger than %(most)s MB, which is the most that can be imported at once. "
            "Ask the publisher for one file for each country or year."
        )
        raise UnreadableFileError(sentence % {"most": most // 1_000_000})


def in_readable_encoding(content):
    """The content in an encoding in which ASCII is ASCII, and its name if the file itself does not say it."""
    if content.startswith(UTF16_MARKS):
        # The same text takes half the room in UTF-8, in which it is read.
        refuse_what_is_too_large(content, MOST_BYTES // 2)
        return from_utf16(content), "utf-8"
    if b"\x00" in content[:4]:
        sentence = _("The file is written in UTF-16 or UTF-32, but has no byte order mark. Save it as UTF-8.")
        raise UnreadableFileError(sentence, 1)
    declared = declared_encoding(content.removeprefix(UTF8_MARK))
    if declared is None or declared in ("utf-8", "utf8"):
        return content.removeprefix(UTF8_MARK), "utf-8"
    if content.startswith(UTF8_MARK) or declared.startswith(("utf-16", "utf16", "ucs-2", "iso-10646")):
        refuse_mismatch("UTF-8", declared)
    if declared not in ENCODINGS:
        sentence = _("The file says that it is written in “%(declared)s”, which cannot be read. Save it as UTF-8.")
        raise UnreadableFileError(sentence % {"declared": declared[:40]}, 1)
    return content, None


def declared_encoding(content):
    declaration = DECLARED.match(content)
    return declaration[1].decode("ascii", "replace").strip().lower() if declaration else None


def from_utf16(content):
    try:
        text = content.decode("utf-16")
    except UnicodeDecodeError as error:
        line = content[: error.start].decode("utf-16", "ignore").count("\n") + 1
        sentence = _("Line %(line)s holds bytes that are not UTF-16, in which the file begins. Save it as UTF-8.")
        raise UnreadableFileError(sentence % {"line": line}, line) from error
    declared = declared_encoding(text[:200].encode("ascii", "replace"))
    if declared is not None and not declared.startswith(("utf-16", "utf16")):
        refuse_mismatch("UTF-16", declared)
    return text.encode("utf-8")


def refuse_mismatch(found, declared):
    sentence = _("The file is written in %(found)s, but says “%(declared)s”. Save it as UTF-8.")
    raise UnreadableFileError(sentence % {"found": found, "declared": declared[:40]}, 1)


def refuse_what_is_no_xml(content):
    if WEB_PAGE.match(content):
        sentence = _("This is a web page, not an IATI file: the address led to a page. Download the file itself.")
        raise UnreadableFileError(sentence, 1)
    beginning = content.lstrip()[:60]
    if not beginning.startswith(b"<"):
        words = beginning.partition(b"\n")[0].decode("utf-8", "replace").strip()
        shown = "".join(letter if letter.isprintable() else "…" for letter in words)[:40]
        sentence = _("This is not an XML file: it begins with “%(words)s”. Import the IATI file in XML.")
        raise UnreadableFileError(sentence % {"words": shown}, 1)
