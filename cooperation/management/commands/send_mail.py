"""`manage.py send_mail`: send what waits in the queue."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.mail import send_queued
from cooperation.management.commands.setup import explain_database_errors


class Command(BaseCommand):
    help = (
        "Sends the mails that wait in the database to the mail server of EMAIL_URL. What cannot be sent waits and is "
        "tried again after growing pauses, of an hour at most. To be run every minute, by a timer."
    )

    def handle(self, **options: Any) -> None:
        if not settings.HAS_MAIL:
            self.stdout.write(_("EMAIL_URL is not set, so no mail is sent."))
            return
        with explain_database_errors():
            result = send_queued()
        if result.sent:
            sent = ngettext("%(number)s mail was sent.", "%(number)s mails were sent.", result.sent)
            self.stdout.write(sent % {"number": result.sent})
        if result.refused:
            text = ngettext(
                "%(number)s mail was refused. It is tried again later.",
                "%(number)s mails were refused. They are tried again later.",
                result.refused,
            )
            self.stdout.write(text % {"number": result.refused})
        if result.server_problem:
            sentence = _("The mail server takes no mail: %(problem)s. What waits is tried again later.")
            raise CommandError(sentence % {"problem": result.server_problem.rstrip(".")})
