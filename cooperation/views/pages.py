"""The pages that are about the registry as a whole."""

from django.db import connection
from django.db.models import Max
from django.http import HttpResponse
from django.template.response import TemplateResponse

from cooperation.models import Agency, Country, Forum, Fund, Lesson, PartnerRole, Project, Source
from cooperation.views.generic import card_template, list_address, show_source_counts

PLATFORMS_IN_SIGHT = 8
PROJECTS_IN_SIGHT = 5


def home(request):
    """What the portal is, how much is in it, which platforms met last, and what is new."""
    platforms = (
        Forum.objects.published()
        .filter(reach__in=[Forum.Reach.INTERREGIONAL, Forum.Reach.GLOBAL])
        .for_list()
        .exclude(last_meeting=None)
        .order_by("-last_meeting", "name")
    )
    newest = list(Project.objects.published().for_list().order_by("-updated", "-id")[:PROJECTS_IN_SIGHT])
    show_source_counts(newest)
    return TemplateResponse(
        request,
        "cooperation/home.html",
        {
            "counts": [
                (model._meta, model.objects.published().count(), list_address(model))
                for model in (Project, Agency, Forum, Fund, Country, Source)
            ],
            "interregional_count": Project.objects.published().of_scope("interregional").count(),
            "island_count": Country.objects.filter(sids=True, portal_region__in=["asia_pacific", "lac"]).count(),
            "platforms": list(platforms[:PLATFORMS_IN_SIGHT]),
            "lessons": list(Lesson.objects.published()),
            "newest": newest,
            "card": card_template(Project),
            "data_date": Project.objects.published().aggregate(latest=Max("updated"))["latest"],
        },
    )


def about(request):
    """What the portal holds, how it is kept, what its words mean, and under which licence its data may be used."""
    return TemplateResponse(
        request,
        "cooperation/about.html",
        {"roles": PartnerRole},
    )


def healthz(request):
    """“ok” as long as the database answers."""
    connection.ensure_connection()
    return HttpResponse("ok\n", content_type="text/plain")
