"""The admin’s first page: what waits for the curator, then the lists of records, vocabularies and the desk."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperation.admin.queue_counts import what_waits
from cooperation.models import PUBLIC_RECORDS, Goal, Instrument, Theme

VOCABULARIES = (Theme, Goal, Instrument)


def first_page(request):
    lists = sorted_lists(admin.site.get_app_list(request))
    return admin.site.index(request, {"app_list": lists, "queues": what_waits(request)})


def sorted_lists(app_list):
    """The lists of our own models in three groups, then those of other apps, as Django’s template expects them."""
    ours = {each["model"]: each for app in app_list if app["app_label"] == "cooperation" for each in app["models"]}
    groups = [
        (_("Records"), "records", [ours.pop(model) for model in PUBLIC_RECORDS if model in ours]),
        (_("Vocabularies"), "vocabularies", [ours.pop(model) for model in VOCABULARIES if model in ours]),
        (_("Desk"), "desk", list(ours.values())),
    ]
    app_url = reverse("admin:app_list", args=["cooperation"])
    return [
        {"name": name, "app_label": label, "app_url": app_url, "has_module_perms": True, "models": models}
        for name, label, models in groups
        if models
    ] + [app for app in app_list if app["app_label"] != "cooperation"]
