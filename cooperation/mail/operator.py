"""What the operator is told by mail, and how seldom the same is told twice."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import ngettext

from cooperation.mail.queue import queue_mail
from cooperation.models import OperatorNotice

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def mail_operator(subject: str, text: str) -> None:
    """Queue a mail to each address of the operator; none without a mail server."""
    if settings.HAS_MAIL:
        for recipient in settings.OPERATOR_MAIL:
            queue_mail(recipient, subject, text)


def mail_operator_once(key: str, subject: str, text: str, within: timedelta = HOUR) -> None:
    """Queue a mail to the operator, unless one of this key was queued `within` this time.

    Only within an hour it is counted how often it happened again: a state that lasts is mailed again as such.
    """
    if not (settings.HAS_MAIL and settings.OPERATOR_MAIL):
        return
    key, now = key[:200], timezone.now()
    with transaction.atomic():
        values = {"subject": subject[:200], "mailed": now}
        notice, is_new = OperatorNotice.objects.select_for_update().get_or_create(key=key, defaults=values)
        if not is_new and is_recent(notice.mailed, now, within):
            if within <= HOUR:
                OperatorNotice.objects.filter(key=key).update(further=F("further") + 1)
            return
        OperatorNotice.objects.filter(key=key).update(further=0, **values)
        mail_operator(subject, f"{text}\n\n{say_further(notice)}" if notice.further else text)


def mail_further_notices() -> None:
    """Queue how often something happened again after it was mailed, an hour later; forget it after a day."""
    now = timezone.now()
    for key in OperatorNotice.objects.filter(further__gt=0, mailed__lte=now - HOUR).values_list("key", flat=True):
        with transaction.atomic():
            notice = OperatorNotice.objects.select_for_update().filter(pk=key).first()
            if notice and notice.further and not is_recent(notice.mailed, now, HOUR):
                OperatorNotice.objects.filter(pk=key).update(further=0, mailed=now)
                mail_operator(notice.subject, say_further(notice))
    OperatorNotice.objects.filter(further=0, mailed__lte=now - DAY).delete()


def is_recent(mailed: datetime, now: datetime, within: timedelta) -> bool:
    """Tell if a mail is not yet so old. One from the future is old: the clock was set back."""
    return timedelta(0) <= now - mailed < within


def say_further(notice: OperatorNotice) -> str:
    sentence = ngettext(
        "It happened %(number)s more time since the mail of %(when)s UTC.",
        "It happened %(number)s more times since the mail of %(when)s UTC.",
        notice.further,
    )
    return sentence % {"number": notice.further, "when": f"{notice.mailed:%Y-%m-%d %H:%M}"}
