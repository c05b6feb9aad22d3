"""The same records in another format: the address of their list or page with a suffix, under the same filters."""

from dataclasses import dataclass
from io import BytesIO

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext

from cooperation.exports.cited import one_line
from cooperation.exports.columns import TABLES
from cooperation.exports.files import ATOM, CSV, IATI, JSON, MOST_IN_WORKBOOK, XLSX
from cooperation.exports.statement import LICENCE, LICENCE_URL, Statement, data_time
from cooperation.exports.table import Table
from cooperation.exports.write_atom import MOST_ENTRIES, write_atom
from cooperation.exports.write_csv import write_csv
from cooperation.exports.write_iati import write_iati
from cooperation.exports.write_json import as_objects, write_json
from cooperation.exports.write_xlsx import write_xlsx
from cooperation.filters import FILTERSETS
from cooperation.filters.base import RecordFilterSet
from cooperation.filters.paging import AFTER, BY_ID, PAGE_SIZES, ApiPagingForm, FilePagingForm
from cooperation.filters.shown import Problem
from cooperation.models import Gone
from cooperation.views.generic import list_address, unless_behind, without
from cooperation.views.record_files import PROBLEM, TEXT

# Up to so many records a file is made whole, and then kept until a record changes.
MOST_AT_ONCE = 2_000
# Characters of a header; the words of a filter with 200 values would be longer than proxies take.
LONGEST_HEADER = 500


@dataclass(frozen=True)
class Asked:
    """What a file is to hold: the records that fit `filterset`, under the columns of `table`."""

    filterset: RecordFilterSet
    table: Table
    statement: Statement
    url: str
    options: dict

    def some(self, start, stop):
        """What the table reads of the records from place `start` to before `stop`."""
        return self.filterset.ids(start, stop)

    @property
    def ids(self):
        return self.some(0, None)


def list_file(model, file_format, part=""):
    """The view of the list of `model` as a file, or of one kind of its parts."""
    table = TABLES[model].part(part) if part else TABLES[model]

    def ask(request, filterset, query):
        statement = statement_of(request, filterset, list_address(model))
        return Asked(filterset, table, statement, request.build_absolute_uri(), query)

    return file_view(FILTERSETS[model], file_format, ask)


def file_view(filterset_class, file_format, ask):
    """The view of what fits a FilterSet as a file. `ask(request, filterset, query)` gives the `Asked`."""
    write, options, is_json = WRITERS[file_format], OPTIONS.get(file_format, {}), file_format is JSON

    def parameters(query):
        known = filterset_class.parameters(query)
        if not is_json:
            known = without(known, "page", "per")
        for name in options:
            if query.get(name):
                known[name] = query[name]
        if is_json and filterset_class.HAS_IDS and query.get(AFTER):
            known.setlist(AFTER, query.getlist(AFTER))
        return known

    def view(request):
        query = parameters(request.GET)
        filterset = filterset_class(query, paging=ApiPagingForm if is_json else FilePagingForm)
        problems = [*filterset.problems, *option_problems(query, options)]
        answer = refuse(problems, is_json) if problems else write(ask(request, filterset, query))
        if request.method == "HEAD" and answer.streaming:
            answer.streaming_content = ()
        return unless_behind(answer) if "q" in filterset.asked and not problems else answer

    view.parameters = parameters
    return view


def statement_of(request, filterset, place):
    """The `Statement` of what fits, whose page is at `place`, as of the latest change of any record."""
    site = request.build_absolute_uri("/")[:-1]
    query = without(filterset.data, "page", "per", AFTER, *(name for options in OPTIONS.values() for name in options))
    if filterset.sort == BY_ID:  # of which pages know nothing
        query = without(query, "sort")
    address = f"{site}{place}?{query.urlencode()}" if query else f"{site}{place}"
    return Statement(one_line(filterset.in_words), filterset.count, data_time(), address, site)


def option_problems(query, options):
    """What is wrong with the options of a format, one `Problem` for each."""
    return [
        Problem(name, name, [query[name]], [gettext("Write one of these.")], [(each, each) for each in allowed])
        for name, allowed in options.items()
        if name in query and query[name] not in allowed
    ]


def refuse(problems, is_json):
    """What was wrong, with the values that are allowed: for programs that speak JSON as RFC 9457 has it."""
    sentence = gettext("The records cannot be given as asked: nothing was left out in silence.")
    if is_json:
        content = {
            "type": "about:blank",
            "title": gettext("Bad request"),
            "status": 400,
            "detail": sentence,
            "errors": [
                {
                    "parameter": problem.name,
                    "label": str(problem.label),
                    "given": problem.given,
                    "messages": [str(each) for each in problem.messages],
                    "allowed": [{"value": code, "label": str(label)} for code, label in problem.allowed],
                }
                for problem in problems
            ],
        }
        return HttpResponse(write_json(content), status=400, content_type=PROBLEM)
    lines = [sentence]
    for problem in problems:
        given = "”, “".join(problem.given)
        named = f"{problem.label} ({problem.name}={given}): " if problem.name else ""
        lines += ["", named + " ".join(str(each) for each in problem.messages)]
        lines += [f"  {code}  {label}" for code, label in problem.allowed]
    return HttpResponse("\n".join([*lines, ""]), status=400, content_type=TEXT)


def csv_file(asked):
    pieces = write_csv(asked.table, asked.statement, asked.ids, bom=asked.options.get("bom") == "1")
    return attached(streamed(pieces, asked, CSV), asked, CSV)


def xlsx_file(asked):
    if asked.statement.count > MOST_IN_WORKBOOK:
        sentence = gettext(
            "These are %(count)s records; a workbook takes up to %(most)s. Filter them, or take them as CSV: %(url)s"
        )
        url = asked.url.replace(".xlsx", ".csv", 1)
        words = sentence % {"count": asked.statement.count, "most": MOST_IN_WORKBOOK, "url": url}
        return HttpResponse(f"{words}\n", status=413, content_type=TEXT)
    # A workbook is whole before its first byte can go out: 14 MB at most.
    file = BytesIO()
    write_xlsx(asked.table, asked.statement, asked.ids, file)
    return attached(HttpResponse(file.getvalue(), content_type=XLSX.media_type), asked, XLSX)


def iati_file(asked):
    return attached(streamed(write_iati(asked.statement, asked.ids), asked, IATI), asked, IATI)


def atom_feed(asked):
    content = write_atom(asked.table, asked.statement, asked.some(0, MOST_ENTRIES), asked.url)
    return HttpResponse(content, content_type=f"{ATOM.media_type}; charset=utf-8")


def json_page(asked):
    filterset, statement = asked.filterset, asked.statement
    place, ids = page_after(asked) if filterset.sort == BY_ID else numbered_page(asked)
    content = {
        "title": statement.title,
        "count": filterset.count,
        **place,
        "as_of": f"{statement.made:%Y-%m-%dT%H:%M:%SZ}",
        "licence": LICENCE_URL,
        "citation": statement.citation,
        "facets": facets_of(filterset),
        "results": as_objects(asked.table, ids, statement.site),
    }
    if "updated_since" in filterset.asked:
        gone = asked.table.model.objects.gone_since(filterset.asked["updated_since"])
        content["withdrawn"] = [as_withdrawn(each) for each in gone]
    return HttpResponse(write_json(content), content_type=JSON.media_type)


def numbered_page(asked: Asked) -> tuple[dict, list]:
    """Find where the page that is asked for stands in the list, and what is on it."""
    page = paginator_of(asked).get_page(asked.filterset.paging.cleaned_data.get("page") or 1)
    place = {
        "page": page.number,
        "pages": page.paginator.num_pages,
        "next": page_url(asked, "page", page.next_page_number()) if page.has_next() else None,
        "previous": page_url(asked, "page", page.previous_page_number()) if page.has_previous() else None,
    }
    return place, asked.some(page.start_index() - 1, page.end_index())


def page_after(asked: Asked) -> tuple[dict, list]:
    """Find what comes after a record in the order of entry. Such a page has no number, and none before it."""
    paginator = paginator_of(asked)
    ids = asked.some(0, paginator.per_page + 1)
    is_last = len(ids) <= paginator.per_page
    ids = ids[: paginator.per_page]
    following = None if is_last else page_url(asked, AFTER, ids[-1])
    return {"page": None, "pages": paginator.num_pages, "next": following, "previous": None}, ids


def paginator_of(asked: Asked) -> Paginator:
    return Paginator(range(asked.filterset.count), asked.filterset.paging.cleaned_data.get("per") or PAGE_SIZES[0])


def as_withdrawn(gone: Gone) -> dict[str, str]:
    found = {"id": gone.public_id, "withdrawn": f"{gone.since:%Y-%m-%dT%H:%M:%SZ}"}
    return {**found, "replaced_by": gone.replaced_by} if gone.replaced_by else found


def page_url(asked: Asked, name: str, value: int) -> str:
    query = asked.filterset.data.copy()
    query[name] = str(value)
    place = asked.statement.address.partition("?")[0].rstrip("/")
    return f"{place}.json?{query.urlencode()}"


def facets_of(filterset):
    """`{filter: [{value, label, count, chosen}, ...]}`, as the page has them."""
    facets = [each for facet in filterset.facets for each in (facet, facet.opposite) if each]
    return {
        facet.name: [
            {"value": value.code, "label": value.label, "count": value.count, "chosen": value.chosen}
            for value in [*facet.first, *facet.rest]
        ]
        for facet in facets
    }


def streamed(pieces, asked, file_format):
    content_type = f"{file_format.media_type}; charset=utf-8"
    if asked.statement.count <= MOST_AT_ONCE:
        return HttpResponse(b"".join(pieces), content_type=content_type)
    return StreamingHttpResponse(pieces, content_type=content_type)


def attached(answer, asked, file_format):
    """The answer as a file to keep. A plain table says in its headers what other formats say in themselves."""
    statement = asked.statement
    part = "" if asked.table.parts or not asked.table.owner else f"-{asked.table.name}"
    words = slugify(statement.title)[:80].strip("-")
    name = f"{words}{part}_{statement.count}-records_{statement.made:%Y-%m-%d}_cc-by-4.0.{file_format.suffix}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Link"] = f'<{LICENCE_URL}>; rel="license", <{statement.address}>; rel="alternate"; type="text/html"'
    said = {
        "Title": statement.title,
        "Records": str(statement.count),
        "As-Of": f"{statement.made:%Y-%m-%dT%H:%M:%SZ}",
        "Licence": LICENCE,
        "Citation": statement.citation,
    }
    for header, text in said.items():
        answer.headers[f"Portal-{header}"] = text[:LONGEST_HEADER]
    return answer


WRITERS = {CSV: csv_file, XLSX: xlsx_file, JSON: json_page, ATOM: atom_feed, IATI: iati_file}
# What can be asked of a format beside the records: `{name: values allowed}`.
OPTIONS = {CSV: {"bom": ("0", "1")}}
