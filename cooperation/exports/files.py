"""The formats in which lists and records can be taken away, and at which addresses: the same with a suffix."""

from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperation.exports.columns import TABLES
from cooperation.models import Project, PublicRecord


@dataclass(frozen=True)
class Format:
    """A format: the end of its addresses, its name for readers, its media type."""

    suffix: str
    label: str | Promise
    media_type: str


CSV = Format("csv", _("CSV"), "text/csv")
XLSX = Format("xlsx", _("Excel"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
JSON = Format("json", _("JSON"), "application/json")
IATI = Format("xml", _("IATI XML"), "application/xml")
ATOM = Format("atom", _("Atom feed"), "application/atom+xml")
BIBTEX = Format("bib", _("BibTeX"), "application/x-bibtex")
RIS = Format("ris", _("RIS"), "application/x-research-info-systems")

LIST_FORMATS = (CSV, XLSX, JSON, IATI, ATOM)
RECORD_FORMATS = (JSON, IATI, BIBTEX, RIS)

# Records, with their parts about five times as many rows: what a workbook takes ten seconds to be written.
MOST_IN_WORKBOOK = 25_000


@dataclass(frozen=True)
class File:
    """A file that can be taken away: what it is called, its media type, its address."""

    label: str | Promise
    media_type: str
    url: str


def list_formats(model: type[PublicRecord]) -> list[Format]:
    return [each for each in LIST_FORMATS if is_for(each, model)]


def record_formats(model: type[PublicRecord]) -> list[Format]:
    return [each for each in RECORD_FORMATS if is_for(each, model)]


def is_for(file_format: Format, model: type[PublicRecord]) -> bool:
    """Whether records of `model` can be given so. IATI knows activities only."""
    return file_format is not IATI or model is Project


def list_files(model: type[PublicRecord], query: QueryDict, count: int) -> list[File]:
    """Offer the list of `model` under the filters of `query` as one `File` for each format.

    There is no workbook of more records than one takes.
    """
    formats = [each for each in list_formats(model) if each is not XLSX or count <= MOST_IN_WORKBOOK]
    stem = f"{model._meta.model_name}_list"
    return [File(each.label, each.media_type, address(f"{stem}_{each.suffix}", query)) for each in formats]


def part_files(model: type[PublicRecord], query: QueryDict) -> list[File]:
    """Offer what belongs to the records of the list, such as partners, as one CSV `File` for each kind."""
    return [
        File(
            gettext("%(parts)s (CSV)") % {"parts": capfirst(part.model._meta.verbose_name_plural)},
            CSV.media_type,
            address(f"{model._meta.model_name}_{part.name}_csv", query),
        )
        for part in TABLES[model].parts
    ]


def address(name: str, query: QueryDict) -> str:
    return f"{reverse(name)}?{query.urlencode()}" if query else reverse(name)


def record_files(record: PublicRecord) -> list[File]:
    """Offer a record as one `File` for each format."""
    stem = f"{record._meta.model_name}_detail"
    return [
        File(each.label, each.media_type, reverse(f"{stem}_{each.suffix}", args=[record.public_id]))
        for each in record_formats(type(record))
    ]
