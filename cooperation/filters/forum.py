"""What can be asked of the forums."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.facets import Bitmaps, Index, Own, Rows
from cooperation.filters.base import RecordFilterSet
from cooperation.filters.kinds import CodesFilter, YearFilter
from cooperation.filters.options import Codes
from cooperation.models import Country, Forum, Membership, Theme, Vitality

PRESENT_MEMBERS = Rows(Membership, "forum", ("country",), Membership.as_of())


def members(filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
    """Map each country to the forums that it belongs to: today, or as of the year that is asked."""
    if "as_of" not in asked:
        return filterset.index.bitmaps(PRESENT_MEMBERS)
    members_then = Rows(Membership, "forum", ("country",), Membership.as_of(asked["as_of"]))
    return {country: filterset.index.of_ids(ids) for country, ids in members_then.read()}


def vitalities(filterset: RecordFilterSet, asked: Mapping[str, Any]) -> Bitmaps:
    """Map each `Vitality` to its forums, as of today."""
    today = timezone.now().date()
    return filterset.index.derived(("vitality", today), _vitalities)


def _vitalities(index: Index) -> Bitmaps:
    found: dict[Vitality, list[int]] = {verdict: [] for verdict in Vitality}
    for forum in Forum.objects.published().with_signs_of_life():
        found[forum.vitality].append(forum.pk)
    return {verdict.value: index.of_ids(np.array(forums, np.int64)) for verdict, forums in found.items()}


class ForumFilterSet(RecordFilterSet):
    ORDERS = {"name": (_("Name"), ("name", "id")), "newest": (_("Newest change"), ("-updated", "-id"))}

    kind = CodesFilter(Own("kind"), label=_("Kind"), choices=Forum.Kind.choices)
    region = CodesFilter(Own("reach"), label=_("Regions"), choices=Forum.Reach.choices)
    vitality = CodesFilter(
        vitalities,
        sources=(),
        label=_("State"),
        choices=Vitality.choices,
        help_text=_(
            "Active: met within one and a half rounds of its own rhythm, or within three years when none is stated. "
            "Dormant: no meeting for longer than that and for over five years, and no project in execution. "
            "Quiet: in between. "
            "Not known: no meeting is recorded."
        ),
    )
    member = CodesFilter(
        members,
        sources=(PRESENT_MEMBERS,),
        group="membership",
        label=_("Member"),
        choices=Codes(Country, "iso3", "name"),
        help_text=_("Members and associate members, today or as of the year below; observers do not count."),
    )
    as_of = YearFilter(
        group="membership",
        label=_("Member as of (year)"),
        help_text=_("Who joined on no recorded date counts from the foundation of the forum on."),
    )
    theme = CodesFilter(
        Rows(Forum.themes.through, "forum", ("theme",)), label=_("Theme"), choices=Codes(Theme, "code", "name")
    )

    class Meta:
        model = Forum
        fields = ()
