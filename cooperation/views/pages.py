"""The pages that are about the registry as a whole."""

from django.db.models import Max
from django.http import QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse

from cooperation.exports.json_ld import data_block, website
from cooperation.filters import FILTERSETS, CountryFilterSet, ProjectFilterSet
from cooperation.models import Agency, Country, Forum, Fund, Lesson, Project, Source
from cooperation.pictures.partners import map_of_all_projects
from cooperation.views.generic import card_template, cards_of, list_address
from cooperation.views.glossary import read_glossary

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
    search = request.build_absolute_uri(reverse("search"))
    newest = cards_of(Project, ProjectFilterSet().ids(0, PROJECTS_IN_SIGHT))
    return TemplateResponse(
        request,
        "cooperation/home.html",
        {
            "counts": [
                (model._meta, FILTERSETS[model]().count, list_address(model))
                for model in (Project, Agency, Forum, Fund, Country, Source)
            ],
            "map": map_of_all_projects(),
            "interregional_count": ProjectFilterSet(QueryDict("scope=interregional")).count,
            "island_count": CountryFilterSet(QueryDict("group=sids&region=asia_pacific&region=lac")).count,
            "platforms": list(platforms[:PLATFORMS_IN_SIGHT]),
            "lessons": list(Lesson.objects.published()),
            "newest": newest,
            "card": card_template(Project),
            "data_block": data_block(website(request.build_absolute_uri("/")[:-1], search)),
            "data_date": Project.objects.published().aggregate(latest=Max("updated"))["latest"],
        },
    )


def about(request):
    """What the portal holds, how it is kept, what its words mean, and under which licence its data may be used."""
    return TemplateResponse(
        request,
        "cooperation/about.html",
        read_glossary(),
    )
