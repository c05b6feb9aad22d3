"""Whether a forum lives, from the meetings that are recorded as held and the projects that it carries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# Months since the last meeting: so many are allowed where no rhythm is stated; after so many nothing is quiet any more.
ALLOWED_WITHOUT_RHYTHM = 36
DORMANT_AFTER = 60


class Vitality(models.TextChoices):
    """What a forum is said to be, by the rule of `vitality`."""

    ACTIVE = "active", _("Active")
    QUIET = "quiet", _("Quiet")
    DORMANT = "dormant", _("Dormant")
    NOT_KNOWN = "not_known", _("Not known")


def months_since(date, today):
    """Whole months from the last one that the partial date `date` can mean to that of `today`; negative if later."""
    return (today.year - int(date[:4])) * 12 + today.month - int(date[5:7] or 12)


def months_allowed(rhythm_months):
    """How many months may pass since the last meeting of an active forum: one and a half rounds of its rhythm."""
    return rhythm_months * 3 // 2 if rhythm_months else ALLOWED_WITHOUT_RHYTHM


def vitality(last_meeting, rhythm_months, today, has_running_project=False):
    """The `Vitality` of a forum that last met on the partial date `last_meeting` (None or "" if no meeting is known).

    Active: that was at most one and a half rounds of its own rhythm ago, or three years when no rhythm is stated.
    Dormant: it was longer ago than that, and more than five years, and no project of it is in execution. Quiet: in
    between. A date known to the year or the month counts as its last month.
    """
    if not last_meeting:
        return Vitality.NOT_KNOWN
    months = months_since(last_meeting, today)
    if months <= months_allowed(rhythm_months):
        return Vitality.ACTIVE
    return Vitality.DORMANT if months > DORMANT_AFTER and not has_running_project else Vitality.QUIET
