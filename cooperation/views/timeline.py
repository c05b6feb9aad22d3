"""The timeline: all events of the registry, on a page and as a table."""

from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from cooperation.exports.event_table import EventColumns
from cooperation.exports.files import CSV, JSON, XLSX, File, address
from cooperation.filters.event import EventFilterSet
from cooperation.pictures.timeline import bars
from cooperation.views.formats import Asked, file_view, statement_of
from cooperation.views.generic import list_context, without

FORMATS = (CSV, XLSX, JSON)


class Timeline(View):
    """The public events, under the filters of `EventFilterSet`."""

    parameters = EventFilterSet.parameters

    def get(self, request):
        filterset = EventFilterSet(self.parameters(request.GET))
        context = list_context(request, filterset)
        page, query = context["page_obj"], without(filterset.data, "page", "per")
        context |= {
            "records": filterset.events(page.start_index() - 1, page.end_index()),
            "bars": bars(filterset),
            "files": [
                File(each.label, each.media_type, address(f"timeline_{each.suffix}", query))
                for each in FORMATS
                if filterset.is_valid()
            ],
            "intro": _(
                "What happened, in the order of time: milestones, foundations and meetings, each with its sources."
            ),
        }
        return TemplateResponse(request, "cooperation/timeline.html", context)


class AskedEvents(Asked):
    def some(self, start, stop):
        return self.filterset.events(start, stop)


def timeline_file(file_format):
    """The view of the timeline as a file."""

    def ask(request, filterset, query):
        statement = statement_of(request, filterset, reverse("timeline"))
        return AskedEvents(filterset, EventColumns, statement, request.build_absolute_uri(), query)

    return file_view(EventFilterSet, file_format, ask)
