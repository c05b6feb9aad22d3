"""The page about the data, the data dictionary, and the files that were published."""

from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperation.exports import files
from cooperation.exports.columns import TABLES
from cooperation.exports.dictionary import WRITTEN_AS, dictionary_csv, dictionary_json, read_dictionary
from cooperation.exports.json_ld import data_block, dataset
from cooperation.exports.publication import read_publication
from cooperation.exports.statement import LICENCE_URL, Statement, data_time
from cooperation.exports.whole_registry import INDEX, count_rows
from cooperation.exports.write_atom import MOST_ENTRIES
from cooperation.filters import FILTERSETS
from cooperation.filters.paging import MOST_PER_PAGE
from cooperation.models import iati_codes
from cooperation.views.generic import list_address

TEXT = "text/plain; charset=utf-8"
CONTENT_TYPES = {
    **{f".{each.suffix}": each.media_type for each in (files.XLSX, files.JSON)},
    ".xml": f"{files.IATI.media_type}; charset=utf-8",
    ".csv": f"{files.CSV.media_type}; charset=utf-8",
    ".zip": "application/zip",
    ".txt": TEXT,
    ".sha256": TEXT,
}
READ_IN_THE_BROWSER = (".txt", ".json", ".sha256")
DESCRIPTION = _(
    "The whole registry as one zip, every list as CSV, Excel, JSON, Atom feed and IATI XML, the data dictionary, the "
    "licence, and an API that needs no key."
)


@dataclass(frozen=True)
class Part:
    """The rows of one kind that belong to the records of a list, as a table of their own."""

    label: str
    rows: int
    url: str
    bytes: int | None


@dataclass(frozen=True)
class ListOfRecords:
    """A list in all its formats: how many records it has now, and the rows that belong to them.

    `downloads` are (label, address, bytes when it was last published or None).
    """

    label: str
    count: int
    url: str
    downloads: list[tuple]
    parts: list[Part]


@dataclass(frozen=True)
class Example:
    """A command that can be pasted, and what it gives."""

    words: str
    command: str


def data_page(request):
    """How to take the data away: everything at once, list by list, or by program."""
    publication, site = read_publication(), request.build_absolute_uri("/")[:-1]
    sizes = {name: file.bytes for name, file in publication.files.items()} if publication else {}
    whole = Statement(gettext("the whole registry"), 0, data_time(), f"{site}{request.path}", site)
    return TemplateResponse(
        request,
        "cooperation/data.html",
        {
            "publication": publication,
            "lists": [list_of(table, sizes) for table in TABLES.values()],
            "citation": whole.citation,
            "description": DESCRIPTION,
            "data_block": data_block(dataset(whole, str(DESCRIPTION), downloads(site))),
            "licence_url": LICENCE_URL,
            "examples": examples(site),
            "refused": example(site, gettext("A country that there is not"), "project_list_json", country="Atlantis"),
            "publisher": settings.IATI_ORGANISATION_ID,
            "publisher_is_provisional": settings.IATI_ORGANISATION_ID.startswith("XE-EXAMPLE"),
            "extension": iati_codes.EXTENSION,
            "most_in_workbook": f"{files.MOST_IN_WORKBOOK:,}",
            "most_in_feed": f"{MOST_ENTRIES:,}",
            "most_per_page": MOST_PER_PAGE,
        },
    )


def downloads(site):
    """`[(media type, absolute address)]` of every list in each of its formats."""
    lists = [files.list_files(model, QueryDict(), 0) for model in TABLES]
    return [(file.media_type, site + file.url) for formats in lists for file in formats]


def what_is_published(_query):
    """The page heeds nothing that is asked, but changes when files are published: an address for each of its states."""
    publication = read_publication()
    state = QueryDict(mutable=True)
    if publication:
        state["published"] = publication.files[INDEX].sha256
    return state


data_page.parameters = what_is_published


def list_of(table, sizes):
    model, nothing = table.model, QueryDict()
    count = FILTERSETS[model]().count
    return ListOfRecords(
        str(table.label),
        count,
        list_address(model),
        [
            (file.label, file.url, sizes.get(whole_name(table, file)))
            for file in files.list_files(model, nothing, count)
        ],
        [
            Part(str(part.label), count_rows(part), file.url, sizes.get(f"{table.name}.{part.name}.csv"))
            for part, file in zip(table.parts, files.part_files(model, nothing), strict=True)
        ],
    )


def whole_name(table, file):
    """The name of the published file that holds just what `file` gives; "" where that is given in pages."""
    suffix = PurePath(file.url).suffix
    return "" if suffix == f".{files.JSON.suffix}" else f"{table.name}{suffix}"


def examples(site):
    """Commands that show what can be asked, each with another format or another sort of question."""
    return [
        example(
            site, gettext("The projects in which Fiji or Tonga takes part"), "project_list_json", country=["FJI", "TON"]
        ),
        example(
            site,
            gettext("Those in which Thailand is pivotal partner, as a table"),
            "project_list_csv",
            country="THA",
            role="pivotal",
        ),
        example(
            site,
            gettext("What changed since the first day of 2026, and what was withdrawn"),
            "project_list_json",
            updated_since="2026-01-01",
        ),
        example(site, gettext("Who belongs to the forums, one row for each member"), "forum_members_csv"),
        example(site, gettext("Whatever holds the word FEALAC"), "search_json", q="fealac"),
    ]


def example(site, words, name, **query):
    parameters = QueryDict(mutable=True)
    for key, value in query.items():
        parameters.setlist(key, value if isinstance(value, list) else [value])
    address = f"{site}{reverse(name)}" + (f"?{parameters.urlencode()}" if parameters else "")
    return Example(words, f"curl '{address}'")


def dictionary_page(request):
    """Every column of every table: what it means, and which codes may stand in it."""
    entries = read_dictionary()
    return TemplateResponse(
        request,
        "cooperation/data_dictionary.html",
        {
            "tables": entries,
            "kinds": [(kind.value, *written) for kind, written in WRITTEN_AS.items()],
        },
    )


def dictionary_as_csv(request):
    return taken_away(
        HttpResponse(dictionary_csv(read_dictionary()), content_type=CONTENT_TYPES[".csv"]), "data-dictionary.csv"
    )


def dictionary_as_json(request):
    return taken_away(HttpResponse(dictionary_json(read_dictionary()), content_type=CONTENT_TYPES[".json"]), "")


def taken_away(answer, name):
    """The answer with its licence; with a name, as a file to keep."""
    answer.headers["Link"] = f'<{LICENCE_URL}>; rel="license"'
    if name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def published_file(request, name):
    """A file that was published, under no other name than its index has.

    Its ETag is its SHA-256 digest, so that a copy can be told from the file itself.
    """
    publication = read_publication()
    if publication is None or name not in publication.files:
        raise Http404
    file, suffix = publication.files[name], PurePath(name).suffix
    etag = f'"{file.sha256}"'
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = FileResponse(
            (publication.folder / name).open("rb"),
            as_attachment=suffix not in READ_IN_THE_BROWSER,
            filename=name,
            content_type=CONTENT_TYPES[suffix],
        )
        # Compressed once more on its way it would have another digest, and no length that a reader can wait for.
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
        if request.method == "HEAD":
            answer.streaming_content = ()
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "public, no-cache"
    return taken_away(answer, "")
