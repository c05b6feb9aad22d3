"""The addresses of the public pages, and of the same records in other formats."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cooperation import sitemaps
from cooperation.exports.columns import TABLES
from cooperation.exports.files import CSV, list_formats, record_formats
from cooperation.views import data, discovery, formats, openapi, pages, records, search
from cooperation.views.public_page import public_page
from cooperation.views.record_files import record_file


def page(address, view, name):
    """A page that can only be read: any other method is told so (405), and needs no token of a form for that."""
    return path(address, csrf_exempt(only_reading(public_page(view))), name=name)


only_reading = require_http_methods(["GET", "HEAD", "OPTIONS"])


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
    ]


urlpatterns = [
    page("", pages.home, name="home"),
    *record_pages("projects", records.ProjectList, records.ProjectDetail),
    *record_pages("agencies", records.AgencyList, records.AgencyDetail),
    *record_pages("forums", records.ForumList, records.ForumDetail),
    *record_pages("funds", records.FundList, records.FundDetail),
    *record_pages("countries", records.CountryList, records.CountryDetail),
    *record_pages("timeline", records.MilestoneList, records.MilestoneDetail),
    *record_pages("lessons", records.LessonList, records.LessonDetail),
    *record_pages("sources", records.SourceList, records.SourceDetail),
    page("search/", search.search_page, name="search"),
    page("search.json", search.search_json, name="search_json"),
    page("data/", data.data_page, name="data"),
    page("data/dictionary/", data.dictionary_page, name="data_dictionary"),
    page("data/dictionary.csv", data.dictionary_as_csv, name="data_dictionary_csv"),
    page("data/dictionary.json", data.dictionary_as_json, name="data_dictionary_json"),
    page("data/<str:name>", data.published_file, name="data_file"),
    page("openapi.json", openapi.openapi_json, name="openapi"),
    page("about/", pages.about, name="about"),
    page("robots.txt", discovery.robots, name="robots"),
    page("opensearch.xml", discovery.opensearch, name="opensearch"),
    page("sitemap.xml", sitemaps.index, name="sitemap"),
    page("sitemap-<slug:section>.xml", sitemaps.section, name="sitemap_section"),
    path("healthz", pages.healthz, name="healthz"),
]
