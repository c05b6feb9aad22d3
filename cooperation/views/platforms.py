"""The page on which all platforms across regions stand side by side."""

from django.template.response import TemplateResponse
from django.utils import timezone

from cooperation.models import Forum
from cooperation.pictures.platforms import count_in_words, read_platforms, sides, traits, widest_gap


def platforms(request):
    """Which platforms live, by which rule, and what the living ones have in common."""
    today = timezone.now().date()
    interregional = read_platforms(Forum.Reach.INTERREGIONAL, today)
    worldwide = read_platforms(Forum.Reach.GLOBAL, today)
    return TemplateResponse(
        request,
        "cooperation/platforms.html",
        {
            "interregional": interregional,
            "worldwide": worldwide,
            "interregional_count": count_in_words(interregional),
            "worldwide_count": count_in_words(worldwide),
            "side_sizes": [len(side) for side in sides(interregional)],
            "traits": traits(interregional),
            "widest_gap": widest_gap(interregional),
        },
    )
