"""The addresses of the public pages, and of the same records in other formats."""

from django.urls import path

from cooperation.exports.columns import TABLES
from cooperation.views import formats, pages, records, search
from cooperation.views.public_page import public_page


def page(address, view, name):
    return path(address, public_page(view), name=name)


def record_pages(place, list_view, detail_view):
    """The list of a record type, the page of each record, and both in every format: the same address with a suffix."""
    model = detail_view.model
    stem = model._meta.model_name
    return [
        page(f"{place}/", list_view.as_view(), name=f"{stem}_list"),
        page(f"{place}/<slug:public_id>/", detail_view.as_view(), name=f"{stem}_detail"),
        *(
            page(f"{place}.{suffix}", formats.list_file(model, suffix), name=f"{stem}_list_{suffix}")
            for suffix in formats.list_suffixes(model)
        ),
        *(
            page(f"{place}.{part.name}.csv", formats.list_file(model, "csv", part.name), name=f"{stem}_{part.name}_csv")
            for part in TABLES[model].parts
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
    page("about/", pages.about, name="about"),
    path("healthz", pages.healthz, name="healthz"),
]
