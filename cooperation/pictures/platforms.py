"""The platforms across regions side by side: which of them live, and what the living have in common."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperation.models import Agency, Forum, ForumRole, Vitality
from cooperation.pictures.pulse import Pulse, read_pulses

BEGINNERS = (ForumRole.Role.INITIATOR, ForumRole.Role.CONVENER)
# The groups of platforms that are held against each other.
SIDES = ((Vitality.ACTIVE,), (Vitality.QUIET, Vitality.DORMANT), (Vitality.NOT_KNOWN,))


@dataclass(frozen=True)
class Platform:
    """A forum with its pulse, and who began it: public initiators and conveners, as `ForumRole`s."""

    forum: Forum
    pulse: Pulse
    beginners: list


@dataclass(frozen=True)
class Trait:
    """What platforms may have; `counts` are how many of each group of SIDES have it."""

    label: str
    counts: list


TRAITS = (
    (gettext_lazy("a secretariat is stated"), lambda platform: bool(platform.forum.secretariat)),
    (gettext_lazy("hosts came from both shores"), lambda platform: platform.pulse.both_shores is True),
    (gettext_lazy("an initiator or convener is named"), lambda platform: bool(platform.beginners)),
    (gettext_lazy("a fund belongs to it"), lambda platform: bool(platform.pulse.funds)),
    (gettext_lazy("a project is in execution"), lambda platform: platform.pulse.running > 0),
    (gettext_lazy("a rhythm of meetings is stated"), lambda platform: bool(platform.forum.rhythm_months)),
)


def read_platforms(reach, today):
    """The public forums of a `Forum.Reach` as `Platform`s, the liveliest first, in six queries."""
    forums = list(Forum.objects.published().filter(reach=reach).for_list().order_by("name"))
    pulses, beginners = read_pulses(forums, today), defaultdict(list)
    roles = ForumRole.objects.filter(forum__in=forums, role__in=BEGINNERS).select_related("country")
    for role in roles.prefetch_related(Prefetch("agency", Agency.objects.published())):
        if role.names_someone:
            beginners[role.forum_id].append(role)
    # A stable sort: by name, by last meeting, by verdict.
    forums.sort(key=lambda forum: pulses[forum.pk].last_meeting, reverse=True)
    forums.sort(key=lambda forum: list(Vitality).index(pulses[forum.pk].verdict))
    return [Platform(forum, pulses[forum.pk], beginners[forum.pk]) for forum in forums]


def sides(platforms):
    """The platforms in the groups of SIDES."""
    return [[each for each in platforms if each.pulse.verdict in verdicts] for verdicts in SIDES]


def traits(platforms):
    """What the platforms of each group have, as `Trait`s."""
    return [Trait(str(label), [sum(map(has, side)) for side in sides(platforms)]) for label, has in TRAITS]


def count_in_words(platforms):
    """“10 platforms: 5 active, 3 dormant, 2 not known”."""
    counts = Counter(each.pulse.verdict for each in platforms)
    parts = [f"{counts[verdict]} {verdict.label.lower()}" for verdict in Vitality if counts[verdict]]
    count = ngettext("%(count)s platform", "%(count)s platforms", len(platforms)) % {"count": len(platforms)}
    return f"{count}: {', '.join(parts)}" if parts else count


def widest_gap(platforms):
    """In which trait the active platforms differ most from the quiet and dormant, in words; "" where none differ."""
    active, others = (len(side) for side in sides(platforms)[:2])
    if not active or not others:
        return ""
    gap, trait = max(
        ((each.counts[0] / active - each.counts[1] / others, each) for each in traits(platforms)),
        key=lambda pair: pair[0],
    )
    if gap <= 0:
        return ""
    return _(
        "What sets the active ones apart most: %(trait)s, for %(some)s of the %(active)s active "
        "and %(few)s of the %(others)s quiet or dormant ones."
    ) % {
        "trait": trait.label,
        "some": trait.counts[0],
        "active": active,
        "few": trait.counts[1],
        "others": others,
    }
