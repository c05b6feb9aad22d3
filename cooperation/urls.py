"""The addresses of the public pages."""

from django.urls import path

from cooperation.views import pages, records, search
from cooperation.views.public_page import public_page


def page(address, view, name):
    return path(address, public_page(view), name=name)


urlpatterns = [
    page("", pages.home, name="home"),
    page("projects/", records.ProjectList.as_view(), name="project_list"),
    page("projects/<slug:public_id>/", records.ProjectDetail.as_view(), name="project_detail"),
    page("agencies/", records.AgencyList.as_view(), name="agency_list"),
    page("agencies/<slug:public_id>/", records.AgencyDetail.as_view(), name="agency_detail"),
    page("forums/", records.ForumList.as_view(), name="forum_list"),
    page("forums/<slug:public_id>/", records.ForumDetail.as_view(), name="forum_detail"),
    page("funds/", records.FundList.as_view(), name="fund_list"),
    page("funds/<slug:public_id>/", records.FundDetail.as_view(), name="fund_detail"),
    page("countries/", records.CountryList.as_view(), name="country_list"),
    page("countries/<slug:public_id>/", records.CountryDetail.as_view(), name="country_detail"),
    page("timeline/", records.MilestoneList.as_view(), name="milestone_list"),
    page("timeline/<slug:public_id>/", records.MilestoneDetail.as_view(), name="milestone_detail"),
    page("lessons/", records.LessonList.as_view(), name="lesson_list"),
    page("lessons/<slug:public_id>/", records.LessonDetail.as_view(), name="lesson_detail"),
    page("sources/", records.SourceList.as_view(), name="source_list"),
    page("sources/<slug:public_id>/", records.SourceDetail.as_view(), name="source_detail"),
    page("search/", search.search_page, name="search"),
    page("search.json", search.search_json, name="search_json"),
    page("about/", pages.about, name="about"),
    path("healthz", pages.healthz, name="healthz"),
]
