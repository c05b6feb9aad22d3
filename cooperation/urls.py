"""The addresses of the public pages, and of the same records in other formats."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django.views.generic import RedirectView

from cooperation import sitemaps
from cooperation.exports.columns import TABLES
from cooperation.exports.files import CSV, list_formats, record_formats
from cooperation.middleware import READING_METHODS
from cooperation.models import Milestone
from cooperation.views import (
    champions,
    compare,
    components,
    corrections,
    data,
    discovery,
    flows,
    formats,
    openapi,
    pages,
    platforms,
    records,
    search,
    statements,
    timeline,
)
from cooperation.views.public_page import public_page
from cooperation.views.record_files import record_file


def page(address, view, name):
    """A page that can only be read: any other method is told so (405), and needs no token of a form for that."""
    return path(address, csrf_exempt(only_reading(public_page(view))), name=name)


def only_reading(view: Callable) -> Callable:
    """Refuse every method but those of reading (405). OPTIONS is answered without the view, which would make a page."""

    @wraps(view)
    def read(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": READING_METHODS})
        return view(request, *args, **kwargs)

    return require_http_methods(READING_METHODS.split(", "))(read)


def record_pages(place, list_view, detail_view):
    """The list of a record type, the page of each record, and both in every format: the same address with a suffix."""
    model = detail_view.model
    stem = model._meta.model_name
    return [
        page(f"{place}/", list_view.as_view(), name=f"{stem}_list"),
        page(f"{place}/<slug:public_id>/", detail_view.as_view(), name=f"{stem}_detail"),
        *(
            page(f"{place}.{each.suffix}", formats.list_file(model, each), name=f"{stem}_list_{each.suffix}")
            for each in list_formats(model)
        ),
        *(
            page(f"{place}.{part.name}.csv", formats.list_file(model, CSV, part.name), name=f"{stem}_{part.name}_csv")
            for part in TABLES[model].parts
        ),
        *(
            page(
                f"{place}/<slug:public_id>.{each.suffix}",
                record_file(model, each),
                name=f"{stem}_detail_{each.suffix}",
            )
            for each in record_formats(model)
        ),
        path(f"{place}/<slug:public_id>/report/", corrections.report_page(model), name=f"{stem}_report"),
        page(f"{place}/<slug:public_id>/report/thanks/", corrections.thanks_page(model), name=f"{stem}_report_thanks"),
    ]


def moved(place, model):
    """The former addresses of the records of `model`, each in every format, lead to the present ones for ever."""
    stem = f"{model._meta.model_name}_detail"
    names = {"/": stem, **{f".{each.suffix}": f"{stem}_{each.suffix}" for each in record_formats(model)}}
    return [
        path(
            f"{place}/<slug:public_id>{end}",
            csrf_exempt(only_reading(RedirectView.as_view(pattern_name=name, permanent=True))),
        )
        for end, name in names.items()
    ]


urlpatterns = [
    page("", pages.home, name="home"),
    *record_pages("projects", records.ProjectList, records.ProjectDetail),
    *record_pages("agencies", records.AgencyList, records.AgencyDetail),
    *record_pages("forums", records.ForumList, records.ForumDetail),
    *record_pages("funds", records.FundList, records.FundDetail),
    *record_pages("countries", records.CountryList, records.CountryDetail),
    page("flows/", flows.flows_page, name="flows"),
    page("flows.csv", flows.flows_csv, name="flows_csv"),
    page("timeline/", timeline.Timeline.as_view(), name="timeline"),
    *(
        page(f"timeline.{each.suffix}", timeline.timeline_file(each), name=f"timeline_{each.suffix}")
        for each in timeline.FORMATS
    ),
    *moved("timeline", Milestone),
    *record_pages("milestones", records.MilestoneList, records.MilestoneDetail),
    *record_pages("lessons", records.LessonList, records.LessonDetail),
    *record_pages("sources", records.SourceList, records.SourceDetail),
    page("champions/", champions.champions_page, name="champions"),
    page("compare/", compare.compare_page, name="compare"),
    page("platforms/", platforms.platforms, name="platforms"),
    page("search/", search.search_page, name="search"),
    page("search.json", search.search_json, name="search_json"),
    page("data/", data.data_page, name="data"),
    page("data/dictionary/", data.dictionary_page, name="data_dictionary"),
    page("data/dictionary.csv", data.dictionary_as_csv, name="data_dictionary_csv"),
    page("data/dictionary.json", data.dictionary_as_json, name="data_dictionary_json"),
    page("data/<str:name>", data.published_file, name="data_file"),
    page("openapi.json", openapi.openapi_json, name="openapi"),
    page("about/", pages.about, name="about"),
    page("privacy/", statements.privacy, name="privacy"),
    page("accessibility/", statements.accessibility, name="accessibility"),
    page("about/components/", components.components_page, name="components"),
    page("robots.txt", discovery.robots, name="robots"),
    # Not kept: it comes from a setting.
    path(".well-known/security.txt", csrf_exempt(only_reading(discovery.security_txt)), name="security_txt"),
    page("opensearch.xml", discovery.opensearch, name="opensearch"),
    page("sitemap.xml", sitemaps.index, name="sitemap"),
    page("sitemap-<slug:section>.xml", sitemaps.section, name="sitemap_section"),
]
