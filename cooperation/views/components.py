"""For developers: the parts of the look on one page, drawn by the templates that all pages use."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.template.response import TemplateResponse

from cooperation.filters import ProjectFilterSet
from cooperation.models import Claim, Country, Forum, Project, Vitality
from cooperation.pictures.partners import map_of_all_projects
from cooperation.references import References
from cooperation.views import records
from cooperation.views.generic import card_template

TEXT_TOKENS = ("ink", "muted", "link", "good", "attention", "wrong")
GROUND_TOKENS = ("paper", "card", "line", "edge", "focus")
LISTS = (
    records.ProjectList,
    records.AgencyList,
    records.ForumList,
    records.FundList,
    records.CountryList,
    records.MilestoneList,
    records.LessonList,
    records.SourceList,
)
SHORES = ("asia-pacific", "lac", "between")


def components_page(request):
    """Every part with records of the registry; only where DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    forum = Forum.objects.published().for_detail().order_by("-meetings__date", "pk").first()
    page = Paginator(range(500), 25).get_page(7)
    return TemplateResponse(
        request,
        "cooperation/components.html",
        {
            "text_tokens": TEXT_TOKENS,
            "ground_tokens": GROUND_TOKENS,
            "shores": SHORES,
            "countries": Country.objects.order_by("portal_region", "name").distinct()[:8],
            "facts": References(forum).key_facts() if forum else [],
            "cards": [
                (card_template(view.filterset_class._meta.model), card) for view in LISTS for card in cards(view)
            ],
            "statuses": Project.Status.choices,
            "verdicts": Claim.Verdict.choices,
            "vitalities": Vitality.choices,
            "map": map_of_all_projects(),
            "filterset": ProjectFilterSet(QueryDict("country=Atlantis&year_from=0")),
            "facets": ProjectFilterSet().facets[:2],
            "chosen": ProjectFilterSet(QueryDict("scope=interregional")),
            "page_obj": page,
            "page_numbers": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            "page_query": "?page=",
        },
    )


def cards(view):
    """The first card of a list."""
    return view().records(view.filterset_class().ids(0, 1))
