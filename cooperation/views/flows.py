"""Who cooperates with whom: the matrix, as a page and as a table."""

from dataclasses import dataclass

from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from cooperation.exports.cited import one_line
from cooperation.exports.files import CSV, File, address
from cooperation.exports.flow_table import FlowColumns
from cooperation.exports.statement import Statement, data_time
from cooperation.filters.flows import FlowsFilterSet
from cooperation.pictures.flows import Flows
from cooperation.views.formats import OPTIONS, Asked, csv_file, option_problems, refuse
from cooperation.views.generic import unless_behind, without


def flows_page(request):
    """Which places give to which, under the filters of the projects."""
    filterset = FlowsFilterSet(FlowsFilterSet.parameters(request.GET))
    query = filterset.data
    answer = TemplateResponse(
        request,
        "cooperation/flows.html",
        {
            "filterset": filterset,
            "facets": filterset.facets,
            "flows": Flows(filterset) if filterset.is_valid() else None,
            "files": [File(CSV.label, CSV.media_type, address("flows_csv", query))] if filterset.is_valid() else [],
            "address": request.path,
        },
    )
    return unless_behind(answer) if "q" in filterset.asked else answer


flows_page.parameters = FlowsFilterSet.parameters


def flows_csv(request):
    """The same as a table of all pairs with a project, one a row, however many."""
    query = csv_parameters(request.GET)
    filterset = FlowsFilterSet(query)
    problems = [*filterset.problems, *option_problems(query, OPTIONS[CSV])]
    if problems:
        answer = refuse(problems, is_json=False)
    else:
        cells = Flows(filterset, most=None).cells
        statement = statement_of(request, filterset, len(cells))
        answer = csv_file(AskedFlows(filterset, FlowColumns, statement, "", query, cells))
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return unless_behind(answer) if "q" in filterset.asked and not problems else answer


def csv_parameters(query):
    """What of the query string the table depends on: the filters, and whether Excel’s mark goes ahead."""
    known = FlowsFilterSet.parameters(query)
    for name in OPTIONS[CSV]:
        if query.get(name):
            known[name] = query[name]
    return known


flows_csv.parameters = csv_parameters


@dataclass(frozen=True)
class AskedFlows(Asked):
    cells: list

    @property
    def ids(self):
        return self.cells


def statement_of(request, filterset, rows):
    """The `Statement` of the table, as of the latest change of any record."""
    site = request.build_absolute_uri("/")[:-1]
    query = without(filterset.data, *OPTIONS[CSV])
    title = gettext("Flows by %(level)s: %(projects)s") % {
        "level": filterset.level.label,
        "projects": filterset.in_words,
    }
    place = f"{site}{reverse('flows')}"
    return Statement(one_line(title), rows, data_time(), f"{place}?{query.urlencode()}" if query else place, site)
