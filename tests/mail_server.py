"""A mail server on this machine for tests: it keeps what it takes, and can refuse, hang or be slow."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.installation import free_port

OPERATORS = ["portal@example.org", "it@example.org"]


def use_mail(settings):
    """Make a portal with mail whose server does not answer, unless a test starts one."""
    settings.HAS_MAIL = True
    settings.OPERATOR_MAIL = OPERATORS
    settings.DEFAULT_FROM_EMAIL = "portal@registry.example.org"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 5
    settings.EMAIL_BACKEND = "cooperation.mail.queue.QueueBackend"


class MailServer:
    """`mails` is what it took, `seen` the recipients of all mails that it began to read.

    `refused` has answers by recipient; `hangs_on` a recipient whose mail is read and never answered, `delay` is the
    seconds that every mail takes.
    """

    def __init__(self) -> None:
        self.mails = []
        self.seen = []
        self.refused = {}
        self.hangs_on = ""
        self.delay = 0
        self.hangs = Event()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if answer := self.refused.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        [recipient] = envelope.rcpt_tos
        self.seen.append(recipient)
        if self.hangs_on == recipient:
            self.hangs.set()
            await asyncio.sleep(60)
        await asyncio.sleep(self.delay)
        content = envelope.original_content.replace(b"\r\n", b"\n")
        self.mails.append(message_from_bytes(content, policy=policy.default))
        return "250 taken"

    def recipients(self):
        return [mail["To"] for mail in self.mails]


class ServerThread(Controller):
    def factory(self):
        return SMTP(self.handler, hostname="mail.example.org")


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A running server; its `port` is on 127.0.0.1."""
    server = MailServer()
    server.port = free_port()
    thread = ServerThread(server, hostname="127.0.0.1", port=server.port)
    thread.start()
    try:
        yield server
    finally:
        thread.stop()
