"""Who cooperates with whom: the matrix, as a page and as a table."""

from dataclasses import dataclass, replace

from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from cooperation.exports.cited import one_line
from cooperation.exports.files import CSV, File, address
from cooperation.exports.flow_table import FlowColumns
from cooperation.filters.flows import FlowsFilterSet
from cooperation.pictures.flows import Flows
from cooperation.views.formats import Asked, file_view, statement_of
from cooperation.views.generic import page_title, unless_behind


def flows_page(request):
    """Which places give to which, under the filters of the projects."""
    filterset = FlowsFilterSet(FlowsFilterSet.parameters(request.GET))
    query = filterset.data
    answer = TemplateResponse(
        request,
        "cooperation/flows.html",
        {
            "title": page_title(filterset),
            "filterset": filterset,
            "facets": filterset.facets,
            "flows": Flows(filterset) if filterset.is_valid() else None,
            "files": [File(CSV.label, CSV.media_type, address("flows_csv", query))] if filterset.is_valid() else [],
            "address": request.path,
        },
    )
    return unless_behind(answer) if "q" in filterset.asked else answer


flows_page.parameters = FlowsFilterSet.parameters


@dataclass(frozen=True)
class AskedFlows(Asked):
    cells: list

    @property
    def ids(self):
        return self.cells


def ask_flows(request, filterset, query):
    """The same as a table of all pairs with a project, one a row, however many."""
    cells = Flows(filterset, most=None).cells
    title = gettext("Flows by %(level)s: %(projects)s") % {
        "level": filterset.level.label,
        "projects": filterset.in_words,
    }
    statement = replace(statement_of(request, filterset, reverse("flows")), title=one_line(title), count=len(cells))
    return AskedFlows(filterset, FlowColumns, statement, request.build_absolute_uri(), query, cells)


flows_csv = file_view(FlowsFilterSet, CSV, ask_flows)
