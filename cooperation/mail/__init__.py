"""Mail: it waits in the database, and `manage.py send_mail` sends it."""

from cooperation.mail.operator import mail_operator, mail_operator_once
from cooperation.mail.queue import QueueBackend, queue_mail
from cooperation.mail.sending import SendingResult, send_queued, tell_operator

__all__ = [
    "QueueBackend",
    "SendingResult",
    "mail_operator",
    "mail_operator_once",
    "queue_mail",
    "send_queued",
    "tell_operator",
]
