"""Send what is queued: each mail once, and none is lost when the server or this program fails.

A mail is claimed by moving the time at which it is due, in one statement, so that of several programs one has it. It is
deleted when the server has taken it. A program that is killed between the two leaves one mail that is sent again when
its claim has expired; it keeps its Message-ID.
"""

import logging
import smtplib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import Error
from django.db.models import F
from django.utils import timezone
from django.utils.http import http_date

from cooperation.mail.operator import HOUR, mail_further_notices, mail_operator_once
from cooperation.mail.queue import make_mail
from cooperation.models import QueuedMail

logger = logging.getLogger(__name__)

SMTP = "django.core.mail.backends.smtp.EmailBackend"
# Longer than a server that answers at all takes for one mail.
CLAIM = timedelta(minutes=10)
# After a failure a mail waits a minute, then two, then four, and so on until this.
MAX_PAUSE = timedelta(hours=1)
# The server may be set up wrongly, so that a mail that it refuses is tried a few times more.
PAUSE_AFTER_REFUSAL = timedelta(hours=6)
KEEP_REFUSED = timedelta(days=3)
FIRST_PERMANENT_STATUS = 500
SERVICE_NOT_AVAILABLE = 421


@dataclass
class SendingResult:
    """How many mails were sent and how many were not; `server_problem` says why the server took none, or no more."""

    sent: int = 0
    refused: int = 0
    server_problem: str = ""


class MailRefusedError(Exception):
    """The server answers, but does not take this mail. `is_final`: it said that it never will."""

    def __init__(self, problem: str, is_final: bool) -> None:
        super().__init__(problem)
        self.is_final = is_final


def send_queued() -> SendingResult:
    """Send every mail that is due. A server that does not answer ends it, and all mails wait."""
    mail_further_notices()
    result, server = SendingResult(), get_connection(SMTP)
    try:
        for mail in QueuedMail.objects.filter(due__lte=timezone.now()):
            if not claim(mail):
                continue
            try:
                server.open()
                send_one(mail, server)
            except MailRefusedError as error:
                result.refused += 1
                put_off_refused(mail, error)
            except OSError as error:  # also all of smtplib
                result.server_problem = describe_error(error)
                put_off_all(mail, result.server_problem)
                break
            else:
                result.sent += 1
                QueuedMail.objects.filter(pk=mail.pk).delete()
    finally:
        close_quietly(server)
    return result


def claim(mail: QueuedMail) -> bool:
    """Take a mail that is due for this program; False when another one was faster."""
    now = timezone.now()
    due = QueuedMail.objects.filter(pk=mail.pk, due__lte=now)
    return due.update(due=now + CLAIM, attempts=F("attempts") + 1) == 1


def make_message(mail: QueuedMail, server: Any = None) -> EmailMessage:
    headers = {
        "Message-ID": mail.message_id,
        "Date": http_date(mail.made.timestamp()),
        "Auto-Submitted": "auto-generated",  # asks out-of-office programs not to answer
    }
    return EmailMessage(mail.subject, mail.text, mail.sender, [mail.recipient], headers=headers, connection=server)


def send_one(mail: QueuedMail, server: Any) -> None:
    """Give a mail to the server. Raises MailRefusedError, and OSError for whatever concerns all mails."""
    try:
        make_message(mail, server).send()
    except smtplib.SMTPRecipientsRefused as error:
        status, answer = next(iter(error.recipients.values()))
        raise_refusal(status, answer, error)
    except smtplib.SMTPDataError as error:
        raise_refusal(error.smtp_code, error.smtp_error, error)
    except ValueError as error:  # an address that no mail can be written to
        raise MailRefusedError(str(error), is_final=True) from error


def raise_refusal(status: int, answer: bytes | str, error: OSError) -> None:
    """Raise MailRefusedError, or the error itself when the server takes no other mail either."""
    if status == SERVICE_NOT_AVAILABLE:
        raise error
    text = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
    raise MailRefusedError(f"{status} {text}", is_final=status >= FIRST_PERMANENT_STATUS) from error


def put_off_refused(mail: QueuedMail, error: MailRefusedError) -> None:
    """Let a mail wait that the server did not take; delete it when it has been refused for days."""
    if error.is_final and timezone.now() - mail.made > KEEP_REFUSED:
        logger.error("The mail “%s” was refused for days and is deleted: %s", mail.subject, error)
        QueuedMail.objects.filter(pk=mail.pk).delete()
        return
    logger.warning("The mail “%s” was refused and waits: %s", mail.subject, error)
    pause = PAUSE_AFTER_REFUSAL if error.is_final else pause_after(mail.attempts)
    QueuedMail.objects.filter(pk=mail.pk).update(due=timezone.now() + pause, problem=str(error)[:300])


def put_off_all(mail: QueuedMail, problem: str) -> None:
    """Let all mails that are due wait as long as the one with which the server failed."""
    now = timezone.now()
    due = now + pause_after(mail.attempts)
    QueuedMail.objects.filter(pk=mail.pk).update(due=due, problem=problem[:300])
    QueuedMail.objects.filter(due__lte=now).update(due=due)


def pause_after(attempts: int) -> timedelta:
    """Return one minute after the first attempt (`attempts` before it: 0), and twice as long after each further one."""
    return min(timedelta(minutes=2 ** min(attempts, 10)), MAX_PAUSE)


def describe_error(error: OSError) -> str:
    """Say what the mail server did, in one line. Its answer to a sign-in holds no password."""
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
        return f"{error.smtp_code} {' '.join(text.split())}"
    return " ".join(str(error).split()) or type(error).__name__


def close_quietly(server: Any) -> None:
    """End the connection. What the server answers to that concerns no mail."""
    try:
        server.close()
    except OSError as error:
        logger.info("The mail server did not say goodbye: %s", error)


def tell_operator(key: str, subject: str, text: str, within: timedelta = HOUR) -> None:
    """Queue a mail to the operator for a command; without a database that takes it, send it at once.

    Never raises what the database or the mail server raise: the command has its own failure to report.
    """
    try:
        mail_operator_once(key, subject, text, within)
    except Error as error:
        logger.warning("The mail “%s” cannot be queued and is sent at once: %s", subject, error)
        send_now(subject, text)


def send_now(subject: str, text: str) -> None:
    """Send a mail to each address of the operator without the queue. What fails goes into the log."""
    server = get_connection(SMTP)
    try:
        server.open()
        for recipient in settings.OPERATOR_MAIL:
            send_one(make_mail(recipient, subject, text), server)
    except (OSError, MailRefusedError) as error:
        logger.error("The mail “%s” could not be sent: %s", subject, error)
    finally:
        close_quietly(server)
