"""The queue: a request writes a row and goes on, whatever the mail server does."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import make_msgid
from django.utils.translation import gettext as _

from cooperation.models import QueuedMail

MAX_SUBJECT = 200  # characters


class QueueBackend(BaseEmailBackend):
    """What Django’s own functions for mail send, put into the queue."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue plain text mails and return their number. Raises ValueError for a mail that holds anything else."""
        if not settings.HAS_MAIL:
            return 0
        for message in email_messages:
            if (
                message.attachments
                or message.reply_to
                or message.extra_headers
                or getattr(message, "alternatives", None)
            ):
                raise ValueError("The queue takes plain text without attachments and further headers.")
            for recipient in message.recipients():
                queue_mail(recipient, str(message.subject), str(message.body), message.from_email)
        return len(email_messages)


def queue_mail(recipient: str, subject: str, text: str, sender: str = "") -> None:
    """Keep a plain text mail to one recipient until the mail server has taken it.

    It is queued in the transaction of its cause: what is rolled back is not mailed. Raises BadHeaderError for an
    address of more than one line.
    """
    make_mail(recipient, subject, text, sender).save()


def make_mail(recipient: str, subject: str, text: str, sender: str = "") -> QueuedMail:
    """Make a mail that is not stored yet."""
    sender = sender or settings.DEFAULT_FROM_EMAIL
    if not (sender + recipient).isprintable():
        raise BadHeaderError("An address of mail is one line.")
    return QueuedMail(
        message_id=make_msgid(domain=sender.rpartition("@")[2].strip("<>")),
        sender=sender,
        recipient=recipient,
        subject=whole_subject(subject),
        text=text.replace("\0", ""),
    )


def whole_subject(subject: str) -> str:
    """Begin a subject with the name of the portal, and leave no control character in it."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in subject).split())
    if not line.startswith(_("South-South Cooperation Portal")):
        line = _("South-South Cooperation Portal: %(subject)s") % {"subject": line}
    return line[:MAX_SUBJECT]
