"""The same records in another format: the address of their list or page with a suffix, under the same filters."""

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext

from cooperation import changes
from cooperation.exports.columns import TABLES
from cooperation.exports.statement import LICENCE, LICENCE_URL, Statement
from cooperation.exports.table import Table
from cooperation.exports.write_atom import MOST_ENTRIES, write_atom
from cooperation.exports.write_csv import write_csv
from cooperation.exports.write_iati import write_iati
from cooperation.exports.write_json import as_objects, write_json
from cooperation.exports.write_xlsx import write_xlsx
from cooperation.filters import FILTERSETS
from cooperation.filters.base import RecordFilterSet
from cooperation.filters.paging import ApiPagingForm, PagingForm
from cooperation.filters.shown import Problem
from cooperation.models import Project
from cooperation.views.generic import list_address, unless_behind

CSV, JSON, PROBLEM, TEXT = "text/csv; charset=utf-8", "application/json", "application/problem+json", "text/plain"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ATOM, IATI = "application/atom+xml; charset=utf-8", "application/xml"
# Records, with their parts about five times as many rows: what a workbook takes ten seconds to be written.
MOST_IN_WORKBOOK = 25_000
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

    @property
    def ids(self):
        return self.filterset.ids()


def list_file(model, suffix, part=""):
    """The view of the list of `model` as a file, or of one kind of its parts."""
    filterset_class, write = FILTERSETS[model], WRITERS[suffix]
    table = TABLES[model].part(part) if part else TABLES[model]
    options = OPTIONS.get(suffix, {})

    def parameters(query):
        known = filterset_class.parameters(query)
        if suffix != "json":
            for name in ("page", "per"):
                known.pop(name, None)
        for name in options:
            if query.get(name):
                known[name] = query[name]
        return known

    def view(request):
        query = parameters(request.GET)
        filterset = filterset_class(query, paging=ApiPagingForm if suffix == "json" else PagingForm)
        problems = [*filterset.problems, *option_problems(query, options)]
        if problems:
            return refuse(problems, is_json=suffix == "json")
        statement = statement_of(request, filterset, model)
        answer = write(Asked(filterset, table, statement, request.build_absolute_uri(), query))
        answer.headers.setdefault("Access-Control-Allow-Origin", "*")
        if request.method == "HEAD" and answer.streaming:
            answer.streaming_content = ()
        return unless_behind(answer) if "q" in filterset.asked else answer

    view.parameters = parameters
    return view


def statement_of(request, filterset, model):
    """The `Statement` of a list: which records, as of the latest change of any."""
    site = request.build_absolute_uri("/")[:-1]
    query = filterset.data.copy()
    for name in ("page", "per", *(name for options in OPTIONS.values() for name in options)):
        query.pop(name, None)
    address = list_address(model) + (f"?{query.urlencode()}" if query else "")
    return Statement(printable(filterset.in_words), filterset.count, data_time(), f"{site}{address}", site)


def data_time():
    """The time (UTC) of the latest change of any record; now, when there was none yet."""
    version = changes.current()
    return datetime.fromtimestamp(version // 1_000_000, UTC) if version else timezone.now().replace(microsecond=0)


def printable(text):
    """`text` on one line: headers and XML take no control characters, which words that are searched for may hold."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


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
    return HttpResponse("\n".join([*lines, ""]), status=400, content_type=f"{TEXT}; charset=utf-8")


def csv_file(asked):
    pieces = write_csv(asked.table, asked.statement, asked.ids, bom=asked.options.get("bom") == "1")
    return attached(streamed(pieces, asked, CSV), asked, "csv")


def xlsx_file(asked):
    if asked.statement.count > MOST_IN_WORKBOOK:
        sentence = gettext(
            "These are %(count)s records; a workbook takes up to %(most)s. Filter them, or take them as CSV: %(url)s"
        )
        url = asked.url.replace(".xlsx", ".csv", 1)
        words = sentence % {"count": asked.statement.count, "most": MOST_IN_WORKBOOK, "url": url}
        return HttpResponse(f"{words}\n", status=413, content_type=f"{TEXT}; charset=utf-8")
    # A workbook is whole before its first byte can go out: 14 MB at most.
    file = BytesIO()
    write_xlsx(asked.table, asked.statement, asked.ids, file)
    return attached(HttpResponse(file.getvalue(), content_type=XLSX), asked, "xlsx")


def iati_file(asked):
    return attached(streamed(write_iati(asked.statement, asked.ids), asked, IATI), asked, "xml")


def atom_feed(asked):
    ids = asked.filterset.ids(0, MOST_ENTRIES)
    return HttpResponse(write_atom(asked.table, asked.statement, ids, asked.url), content_type=ATOM)


def json_page(asked):
    filterset, statement = asked.filterset, asked.statement
    paging = filterset.paging.cleaned_data
    paginator = Paginator(range(filterset.count), paging.get("per") or PAGE)
    page = paginator.get_page(paging.get("page") or 1)
    content = {
        "title": statement.title,
        "count": filterset.count,
        "page": page.number,
        "pages": paginator.num_pages,
        "next": page_url(asked, page.next_page_number()) if page.has_next() else None,
        "previous": page_url(asked, page.previous_page_number()) if page.has_previous() else None,
        "as_of": f"{statement.made:%Y-%m-%dT%H:%M:%SZ}",
        "licence": LICENCE_URL,
        "citation": statement.citation,
        "facets": facets_of(filterset),
        "results": as_objects(asked.table, filterset.ids(page.start_index() - 1, page.end_index()), statement.site),
    }
    if "updated_since" in filterset.asked:
        content["withdrawn"] = [
            {"id": public_id, "withdrawn": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
            for public_id, moment in asked.table.model.objects.withdrawn_since(filterset.asked["updated_since"])
        ]
    return HttpResponse(write_json(content), content_type=JSON)


PAGE = 25


def page_url(asked, number):
    query = asked.filterset.data.copy()
    query["page"] = str(number)
    stem = reverse(f"{asked.table.model._meta.model_name}_list").rstrip("/")
    return f"{asked.statement.site}{stem}.json?{query.urlencode()}"


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


def streamed(pieces, asked, content_type):
    if asked.statement.count <= MOST_AT_ONCE:
        return HttpResponse(b"".join(pieces), content_type=content_type)
    return StreamingHttpResponse(pieces, content_type=content_type)


def attached(answer, asked, suffix):
    """The answer as a file to keep. A plain table says in its headers what other formats say in themselves."""
    statement = asked.statement
    part = "" if asked.table.parts or not asked.table.owner else f"-{asked.table.name}"
    words = slugify(statement.title)[:80].strip("-")
    name = f"{words}{part}_{statement.count}-records_{statement.made:%Y-%m-%d}_cc-by-4.0.{suffix}"
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


WRITERS = {"csv": csv_file, "xlsx": xlsx_file, "json": json_page, "atom": atom_feed, "xml": iati_file}
# What can be asked of a format beside the records: `{name: values allowed}`.
OPTIONS = {"csv": {"bom": ("0", "1")}}


def list_suffixes(model):
    """The formats in which the list of `model` is given. IATI knows activities only."""
    return [suffix for suffix in WRITERS if suffix != "xml" or model is Project]
