"""The addresses of the public pages."""

from django.urls import path

from cooperation.views import pages, records

urlpatterns = [
    path("", pages.home, name="home"),
    path("projects/", records.ProjectList.as_view(), name="project_list"),
    path("projects/<slug:public_id>/", records.ProjectDetail.as_view(), name="project_detail"),
    path("agencies/", records.AgencyList.as_view(), name="agency_list"),
    path("agencies/<slug:public_id>/", records.AgencyDetail.as_view(), name="agency_detail"),
    path("forums/", records.ForumList.as_view(), name="forum_list"),
    path("forums/<slug:public_id>/", records.ForumDetail.as_view(), name="forum_detail"),
    path("funds/", records.FundList.as_view(), name="fund_list"),
    path("funds/<slug:public_id>/", records.FundDetail.as_view(), name="fund_detail"),
    path("countries/", records.CountryList.as_view(), name="country_list"),
    path("countries/<slug:public_id>/", records.CountryDetail.as_view(), name="country_detail"),
    path("timeline/", records.MilestoneList.as_view(), name="milestone_list"),
    path("timeline/<slug:public_id>/", records.MilestoneDetail.as_view(), name="milestone_detail"),
    path("lessons/", records.LessonList.as_view(), name="lesson_list"),
    path("lessons/<slug:public_id>/", records.LessonDetail.as_view(), name="lesson_detail"),
    path("sources/", records.SourceList.as_view(), name="source_list"),
    path("sources/<slug:public_id>/", records.SourceDetail.as_view(), name="source_detail"),
    path("about/", pages.about, name="about"),
    path("healthz", pages.healthz, name="healthz"),
]
