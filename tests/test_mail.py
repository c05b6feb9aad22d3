"""Mail: it waits in the database, a server that fails loses none of it, and the operator learns what matters."""

import os
import re
import socket
from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core import mail as django_mail
from django.core.mail import BadHeaderError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from cooperation.mail import mail_operator, mail_operator_once, queue_mail, send_queued
from cooperation.models import QueuedMail
from tests.installation import Installation, end, wait_until
from tests.mail_server import mail_server, use_mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_mail(settings):
    use_mail(settings)


@pytest.fixture
def server(settings):
    with mail_server() as server:
        settings.EMAIL_PORT = server.port
        yield server


def make_due():
    """Let the time pass after which mails are tried again."""
    QueuedMail.objects.update(due=timezone.now())


def wait_in_minutes(mail):
    """For how many minutes from now a mail waits."""
    mail.refresh_from_db()
    return round((mail.due - timezone.now()).total_seconds() / 60)


def queue(*recipients):
    for recipient in recipients:
        queue_mail(recipient, "Backup", "The newest backup is old.")


def test_mail_is_plain_text_with_the_name_of_the_portal_first(server):
    queue_mail("mere@example.org", "Bonjour — “café”", "Première ligne\nLigne 2")
    assert send_queued().sent == 1
    [mail] = server.mails
    assert mail["Subject"].strip() == "South-South Cooperation Portal: Bonjour — “café”"
    assert (mail["From"], mail["To"]) == ("portal@registry.example.org", "mere@example.org")
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content() == "Première ligne\nLigne 2\n"
    assert mail["Message-ID"].endswith("@registry.example.org>")


def test_mail_is_deleted_when_the_server_has_taken_it(server):
    queue("mere@example.org")
    send_queued()
    assert not QueuedMail.objects.exists()
    assert send_queued().sent == 0
    assert server.recipients() == ["mere@example.org"]


def test_mail_of_a_transaction_that_is_undone_is_not_sent(server):
    with transaction.atomic():
        queue("mere@example.org")
        transaction.set_rollback(True)
    assert (send_queued().sent, server.mails) == (0, [])


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\x0b", "\u2028", "\0"])
def test_line_break_in_a_subject_makes_no_header(server, sign):
    queue_mail("mere@example.org", f"Hello{sign}Bcc: all@example.org", "Text")
    send_queued()
    [mail] = server.mails
    assert mail["Subject"] == "South-South Cooperation Portal: Hello Bcc: all@example.org"
    assert (mail["Bcc"], server.seen) == (None, ["mere@example.org"])


@pytest.mark.parametrize("address", ["mere@example.org\nBcc: all@example.org", "mere@example.org\r\n\r\nText"])
def test_line_break_in_an_address_is_refused(address):
    with pytest.raises(BadHeaderError):
        queue_mail(address, "Hello", "Text")
    with pytest.raises(BadHeaderError):
        queue_mail("mere@example.org", "Hello", "Text", sender=address)
    assert not QueuedMail.objects.exists()


def test_functions_of_django_put_mail_into_the_queue(server):
    recipients = ["mere@example.org", "tomas@example.org"]
    assert django_mail.send_mail("Your new password", "Follow the link.", None, recipients) == 1
    assert server.mails == []
    send_queued()
    assert sorted(server.recipients()) == recipients


def test_functions_of_django_are_told_what_the_queue_does_not_take():
    message = django_mail.EmailMultiAlternatives("Hello", "Text", None, ["mere@example.org"])
    message.attach_alternative("<p>Text</p>", "text/html")
    with pytest.raises(ValueError, match="The queue takes plain text"):
        message.send()


def test_without_a_mail_server_nothing_is_queued_and_nothing_breaks(settings):
    settings.HAS_MAIL = False
    mail_operator("Backup", "The newest backup is old.")
    mail_operator_once("backup", "Backup", "The newest backup is old.")
    assert django_mail.send_mail("Hello", "Text", None, ["mere@example.org"]) == 0
    output = StringIO()
    call_command("send_mail", stdout=output)
    assert output.getvalue() == "EMAIL_URL is not set, so no mail is sent.\n"
    assert not QueuedMail.objects.exists()


def test_server_that_is_not_there_delays_all_mail_with_growing_pauses():
    queue("mere@example.org", "tomas@example.org")
    first = QueuedMail.objects.first()
    pauses = []
    for _attempt in range(8):
        QueuedMail.objects.filter(pk=first.pk).update(due=timezone.now())
        assert "refused" in send_queued().server_problem
        pauses.append(wait_in_minutes(first))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert QueuedMail.objects.count() == 2


def test_server_that_is_not_there_is_asked_once_for_all_mails():
    queue("mere@example.org", "tomas@example.org", "siriporn@example.org")
    send_queued()
    assert sorted(QueuedMail.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert send_queued().server_problem == ""


def test_mail_that_waited_for_its_server_is_sent_when_it_is_back(settings):
    queue("mere@example.org")
    send_queued()
    make_due()
    with mail_server() as server:
        settings.EMAIL_PORT = server.port
        assert send_queued().sent == 1
    assert server.recipients() == ["mere@example.org"]


def test_command_names_what_the_server_did():
    queue("mere@example.org")
    with pytest.raises(CommandError, match=r"The mail server takes no mail: .*refused.* What waits is tried again"):
        call_command("send_mail")


@pytest.mark.slow
def test_server_that_never_says_a_word_is_left_after_the_timeout(settings):
    settings.EMAIL_TIMEOUT = 0.3
    queue("mere@example.org")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.EMAIL_PORT = mute.getsockname()[1]
        result = send_queued()
    assert result.server_problem == "Connection unexpectedly closed: timed out"
    assert wait_in_minutes(QueuedMail.objects.get()) == 1


@pytest.mark.slow
def test_server_that_hangs_on_one_mail_gets_the_others_first_the_next_time(settings, server):
    settings.EMAIL_TIMEOUT = 0.3
    server.hangs_on = "mere@example.org"
    queue("mere@example.org", "tomas@example.org")
    assert send_queued().server_problem == "Connection unexpectedly closed: timed out"
    make_due()
    assert send_queued().sent == 1
    assert server.recipients() == ["tomas@example.org"]
    assert QueuedMail.objects.get().recipient == "mere@example.org"


@pytest.mark.parametrize(("answer", "minutes"), [("450 try again later", 1), ("550 no such user", 6 * 60)])
def test_refusal_of_one_address_does_not_hold_up_the_others(server, answer, minutes):
    server.refused["mere@example.org"] = answer
    queue("mere@example.org", "tomas@example.org")
    result = send_queued()
    assert (result.sent, result.refused, result.server_problem) == (1, 1, "")
    assert server.recipients() == ["tomas@example.org"]
    left = QueuedMail.objects.get()
    assert (left.recipient, left.problem, wait_in_minutes(left)) == ("mere@example.org", answer, minutes)


def test_mail_that_was_refused_is_sent_once_the_server_takes_it(server):
    server.refused["mere@example.org"] = "550 relaying denied"
    queue("mere@example.org")
    send_queued()
    server.refused.clear()
    make_due()
    assert send_queued().sent == 1


def test_mail_that_is_refused_for_good_is_deleted_after_three_days(server, caplog):
    server.refused["mere@example.org"] = "550 no such user"
    queue("mere@example.org")
    QueuedMail.objects.update(made=timezone.now() - timedelta(days=3))
    send_queued()
    assert not QueuedMail.objects.exists()
    assert caplog.messages == [
        "The mail “South-South Cooperation Portal: Backup” was refused for days and is deleted: 550 no such user"
    ]


def test_mail_that_waits_for_its_server_is_never_deleted():
    queue("mere@example.org")
    QueuedMail.objects.update(made=timezone.now() - timedelta(days=365))
    send_queued()
    assert QueuedMail.objects.count() == 1


QUEUE = """
from cooperation.mail import queue_mail
for name in {names}:
    queue_mail(f"{{name}}@example.org", "Backup", "The newest backup is old.")
"""
MAKE_DUE = "UPDATE cooperation_queuedmail SET due = '2026-01-01 00:00:00'"


def queue_in(installation, names, **variables):
    script = QUEUE.format(names=names)
    result = installation.manage("shell", "--no-imports", "--command", script, **variables)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.fixture
def database():
    """The address of an empty database of the kind that the tests use."""
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield ""
        return
    name = f"senders_at_once_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield urlsplit(address)._replace(path=f"/{name}").geturl()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.slow
def test_two_senders_at_once_send_each_mail_once(server, database, set_up_empty, tmp_path):
    installation = Installation.make(tmp_path, var=set_up_empty.var)
    variables = {"EMAIL_URL": f"smtp://localhost:{server.port}", **({"DATABASE_URL": database} if database else {})}
    assert installation.manage("migrate", "--verbosity=0", **variables).returncode == 0
    names = [f"curator{number}" for number in range(40)]
    queue_in(installation, names, **variables)
    server.delay = 0.1
    with (tmp_path / "printed").open("w") as output:
        senders = [installation.start("manage.py", "send_mail", output=output, **variables) for _each in range(2)]
        assert [sender.wait(timeout=60) for sender in senders] == [0, 0]
    assert sorted(server.recipients()) == sorted(f"{name}@example.org" for name in names)
    # Both had their share.
    assert len(re.findall(r"^[1-9][0-9]* mails were sent\.$", (tmp_path / "printed").read_text(), re.MULTILINE)) == 2


@pytest.mark.slow
@pytest.mark.any_database
def test_sender_that_is_killed_while_it_sends_loses_nothing(server, set_up_empty, tmp_path):
    installation = Installation.make(tmp_path, var=set_up_empty.var)
    url = {"EMAIL_URL": f"smtp://localhost:{server.port}"}
    queue_in(installation, ["mere", "tomas", "siriporn"], **url)
    server.hangs_on = "tomas@example.org"
    sender = installation.start("manage.py", "send_mail", **url)
    try:
        wait_until(server.hangs.is_set, sender)
        sender.kill()
    finally:
        end(sender)
    left = installation.query("SELECT recipient, attempts FROM cooperation_queuedmail ORDER BY id")
    assert left == [("tomas@example.org", 1), ("siriporn@example.org", 0)]
    server.hangs_on = ""
    installation.query(MAKE_DUE)
    result = installation.manage("send_mail", **url)
    assert (result.returncode, result.stdout, result.stderr) == (0, "2 mails were sent.\n", "")
    assert sorted(server.seen) == ["mere@example.org", "siriporn@example.org", "tomas@example.org", "tomas@example.org"]
    assert installation.query("SELECT count(*) FROM cooperation_queuedmail") == [(0,)]
