"""How the pages of the admin sort the lists of the desk."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from cooperation.models import PUBLIC_RECORDS, Goal, Instrument, Theme

VOCABULARIES = (Theme, Goal, Instrument)

register = template.Library()


@register.filter
def in_groups(app_list):
    """The lists of our own models in three groups, then those of other apps, as Django’s templates expect them."""
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
