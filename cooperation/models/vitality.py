"""Whether a forum lives, from the meetings that are recorded as held."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Vitality(models.TextChoices):
    """What a forum is said to be, by the rule of `vitality`."""

    ACTIVE = "active", _("Active")
    QUIET = "quiet", _("Quiet")
    DORMANT = "dormant", _("Dormant")
    NOT_KNOWN = "not_known", _("Not known")


def vitality(last_meeting, rhythm_months, today):
    """The `Vitality` of a forum that last met on the partial date `last_meeting` (None or "" if no meeting is known).

    Active: that was at most one and a half rounds of its own rhythm ago, or three years when no rhythm is stated.
    Dormant: it was longer ago than that, and more than five years. Quiet: in between. A date known to the year or the
    month counts as its last month.
    """
    if not last_meeting:
        return Vitality.NOT_KNOWN
    year, month = int(last_meeting[:4]), int(last_meeting[5:7] or 12)
    months = (today.year - year) * 12 + today.month - month
    if months <= (rhythm_months * 1.5 if rhythm_months else 36):
        return Vitality.ACTIVE
    return Vitality.DORMANT if months > 60 else Vitality.QUIET
