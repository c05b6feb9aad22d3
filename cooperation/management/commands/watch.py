"""`manage.py watch`: look for what an operator should know before it is needed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.mail import tell_operator
from cooperation.mail.operator import DAY
from cooperation.management.backup_file import newest_backup


class Command(BaseCommand):
    help = (
        "Tells the operator by mail, once a day, when the newest backup is older than BACKUP_MAX_AGE_HOURS or there is "
        "none; it then ends with status 1. To be run every hour, by a timer."
    )

    def handle(self, **options: Any) -> None:
        watch_backup(newest_backup)
        self.stdout.write(_("The newest backup is new enough."))


def watch_backup(newest_backup: Callable[[], datetime | None]) -> None:
    """Mail the operator and raise CommandError when there is no backup that is new enough."""
    try:
        problem = describe_backup(newest_backup(), timezone.now())
    except OSError as error:
        problem = _("The backups cannot be read: %(why)s.") % {"why": error.strerror or error}
    if not problem:
        return
    subject = _("The backup needs attention")
    advice = _("Look into the log of the nightly backup, and make one: manage.py backup. This is mailed once a day.")
    tell_operator("backup", subject, f"{problem}\n\n{advice}", within=DAY)
    raise CommandError(problem)


def describe_backup(newest: datetime | None, now: datetime) -> str:
    """Say what is wrong with the time of the newest backup; "" when it is new enough."""
    if newest is None:
        return _("There is no backup.")
    age = now - newest
    if age <= timedelta(hours=settings.BACKUP_MAX_AGE_HOURS):
        return ""
    hours = int(age.total_seconds() // 3600)
    sentence = ngettext(
        "The newest backup is %(hours)s hour old (%(made)s UTC); at most %(most)s are allowed.",
        "The newest backup is %(hours)s hours old (%(made)s UTC); at most %(most)s are allowed.",
        hours,
    )
    return sentence % {"hours": hours, "made": f"{newest:%Y-%m-%d %H:%M}", "most": settings.BACKUP_MAX_AGE_HOURS}
