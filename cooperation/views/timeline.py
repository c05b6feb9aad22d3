"""The timeline: all events of the registry, on a page and as a table."""

from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from cooperation.exports.event_table import EventColumns
from cooperation.exports.files import CSV, JSON, XLSX, File, address
from cooperation.filters.event import EventFilterSet
from cooperation.filters.paging import PAGE_SIZES, PagingForm
from cooperation.pictures.timeline import bars
from cooperation.views.formats import Asked, file_view, statement_of
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


class AskedEvents(Asked):
    def some(self, start, stop):
        return self.filterset.events(start, stop)


def timeline_file(file_format):
    """The view of the timeline as a file."""

    def ask(request, filterset, query):
        statement = statement_of(request, filterset, reverse("timeline"))
        return AskedEvents(filterset, EventColumns, statement, request.build_absolute_uri(), query)

    return file_view(EventFilterSet, file_format, ask)
