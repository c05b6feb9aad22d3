"""The timeline: all events of the registry, on a page and as a table."""

from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views import View

from cooperation.exports.cited import one_line
from cooperation.exports.event_table import EventColumns
from cooperation.exports.files import CSV, JSON, XLSX, File, address
from cooperation.exports.statement import Statement, data_time
from cooperation.filters.event import EventFilterSet
from cooperation.filters.paging import PAGE_SIZES, ApiPagingForm, PagingForm
from cooperation.pictures.timeline import bars
from cooperation.views.formats import OPTIONS, WRITERS, Asked, option_problems, refuse
from cooperation.views.generic import canonical_query, page_query, without

FORMATS = (CSV, XLSX, JSON)


class Timeline(View):
    """The public events, under the filters of `EventFilterSet`."""

    parameters = EventFilterSet.parameters

    def get(self, request):
        filterset = EventFilterSet(self.parameters(request.GET))
        asked = filterset.paging.cleaned_data if filterset.is_valid() else {}
        paginator = Paginator(range(filterset.count), asked.get("per") or PAGE_SIZES[0])
        page = paginator.get_page(asked.get("page") or 1)
        query = filterset.data
        return TemplateResponse(
            request,
            "cooperation/timeline.html",
            {
                "events": filterset.events(page.start_index() - 1, page.end_index()),
                "bars": bars(filterset),
                "filterset": filterset,
                "facets": filterset.facets,
                "suggestion": filterset.suggestion,
                "page_obj": page,
                "page_numbers": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
                "page_query": page_query(query),
                "canonical": request.build_absolute_uri(request.path + canonical_query(query, page.number)),
                "is_filtered": bool(without(query, *PagingForm.base_fields)),
                "files": [
                    File(each.label, each.media_type, address(f"timeline_{each.suffix}", without(query, "page", "per")))
                    for each in FORMATS
                ],
                "names": filterset.names,
                "intro": _(
                    "What happened, in the order of time: milestones, foundations and meetings, each with its sources."
                ),
                "address": request.path,
            },
        )


def timeline_file(file_format):
    """The view of the timeline as a file."""
    options, is_json = OPTIONS.get(file_format, {}), file_format is JSON

    def parameters(query):
        known = EventFilterSet.parameters(query)
        if not is_json:
            known = without(known, "page", "per")
        for name in options:
            if query.get(name):
                known[name] = query[name]
        return known

    def view(request):
        query = parameters(request.GET)
        filterset = EventFilterSet(query, paging=ApiPagingForm if is_json else PagingForm)
        problems = [*filterset.problems, *option_problems(query, options)]
        if problems:
            answer = refuse(problems, is_json)
        else:
            statement = statement_of(request, filterset)
            asked = AskedEvents(filterset, EventColumns, statement, request.build_absolute_uri(), query)
            answer = WRITERS[file_format](asked)
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    view.parameters = parameters
    return view


class AskedEvents(Asked):
    def some(self, start, stop):
        return self.filterset.events(start, stop)


def statement_of(request, filterset):
    """The `Statement` of the events that fit, as of the latest change of any record."""
    site = request.build_absolute_uri("/")[:-1]
    query = without(filterset.data, "page", "per", *OPTIONS[CSV])
    place = f"{site}{reverse('timeline')}"
    return Statement(
        one_line(filterset.in_words),
        filterset.count,
        data_time(),
        f"{place}?{urlencode(list(query.lists()), doseq=True)}" if query else place,
        site,
    )
