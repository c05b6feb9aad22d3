from django.contrib import admin
from django.urls import include, path

from cooperation.admin.first_page import first_page
from cooperation.admin.guide import guide_page

urlpatterns = [
    path("admin/", admin.site.admin_view(first_page)),
    path("admin/guide/", admin.site.admin_view(guide_page), name="curators_guide"),
    path("admin/", admin.site.urls),
    path("", include("cooperation.urls")),
]
