"""The portal with two pages that fail in its own code, by an exception that nothing catches."""

from django.urls import include, path

from cooperation.changes import while_pinned


def fail(_request, **_arguments):
    return while_pinned("page", lambda: {}["secret of the reader"])


urlpatterns = [
    path("projects/<str:slug>/", fail),
    path("admin/new-password/<str:token>/", fail),
    path("", include("sscportal.urls")),
]
