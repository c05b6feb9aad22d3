"""What the operator learns by mail: failed pages, failed tasks and old backups, and of each not too much."""

import logging
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from cooperation.mail import mail_operator_once, send_queued
from cooperation.management.commands.watch import watch_backup
from cooperation.models import OperatorNotice, QueuedMail
from tests import builders
from tests.mail_server import OPERATORS, mail_server, use_mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_mail(settings):
    use_mail(settings)


@pytest.fixture
def server(settings):
    with mail_server() as server:
        settings.EMAIL_PORT = server.port
        yield server


def test_clock_that_was_set_back_does_not_count_as_a_mail_of_a_moment_ago():
    tomorrow = timezone.now() + timedelta(days=1)
    OperatorNotice.objects.create(key="backup", subject="Backup", mailed=tomorrow)
    mail_operator_once("backup", "Backup", "The newest backup is old.")
    assert QueuedMail.objects.count() == len(OPERATORS)


def test_the_same_is_mailed_once_an_hour_with_the_number_of_further_ones():
    for _time in range(5):
        mail_operator_once("fault A", "A page failed", "Look at the log.")
    assert QueuedMail.objects.count() == len(OPERATORS)
    QueuedMail.objects.all().delete()
    OperatorNotice.objects.update(mailed=timezone.now() - timedelta(hours=1))
    mail_operator_once("fault A", "A page failed", "Look at the log.")
    text = QueuedMail.objects.first().text
    assert re.fullmatch(r"Look at the log\.\n\nIt happened 4 more times since the mail of .{16} UTC\.", text)


def test_number_of_further_ones_is_mailed_when_nothing_more_happens(server):
    mail_operator_once("fault A", "A page failed", "Look at the log.")
    mail_operator_once("fault A", "A page failed", "Look at the log.")
    send_queued()
    OperatorNotice.objects.update(mailed=timezone.now() - timedelta(hours=1))
    server.mails.clear()
    send_queued()
    assert [mail["Subject"] for mail in server.mails] == ["South-South Cooperation Portal: A page failed"] * 2
    assert server.mails[0].get_content().startswith("It happened 1 more time since the mail of ")
    OperatorNotice.objects.update(mailed=timezone.now() - timedelta(days=1))
    send_queued()
    assert not OperatorNotice.objects.exists()


@pytest.fixture
def failing(settings, client):
    """A browser for which the page /projects/<id>/ fails."""
    settings.ROOT_URLCONF = "tests.failing_urls"
    client.raise_request_exception = False
    return client


def test_page_that_fails_is_mailed_without_what_its_reader_sent(failing):
    failing.cookies["sessionid"] = "hush"
    answer = failing.post("/projects/rice-seeds/?email=mere@example.org", {"what": "My text"})
    assert answer.status_code == 500
    mails = QueuedMail.objects.order_by("id")
    assert [mail.recipient for mail in mails] == OPERATORS
    assert mails[0].subject == "South-South Cooperation Portal: A page failed (KeyError)"
    lines = mails[0].text.splitlines()
    assert lines[:3] == [
        "A reader was answered with status 500, “the server failed”.",
        "",
        "Request: POST /projects/rice-seeds/",
    ]
    assert re.fullmatch(r"Failure: KeyError in cooperation/\w+\.py, line \d+", lines[3])
    for private in ("hush", "mere@example.org", "My text", "secret of the reader", "?"):
        assert private not in mails[0].text


def test_page_of_the_admin_that_fails_is_mailed_without_the_secret_in_its_address(failing):
    failing.get("/admin/new-password/c2lyaXBvcm4-token/")
    assert "Request: GET /admin/new-password/<str:token>/\n" in QueuedMail.objects.first().text


def test_line_break_in_a_path_makes_no_line_in_the_mail(failing):
    failing.get("/projects/rice%0D%0ABcc: all/")
    assert "Request: GET /projects/rice\ufffd\ufffdBcc: all/\n" in QueuedMail.objects.first().text


def test_pages_that_fail_all_the_time_are_one_mail(failing):
    for _time in range(30):
        failing.get("/projects/rice-seeds/")
    assert QueuedMail.objects.count() == len(OPERATORS)
    assert OperatorNotice.objects.get().further == 29


def test_page_that_fails_is_answered_alike_when_its_mail_cannot_be_written(failing, caplog):
    def full(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE")):
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    expected = failing.get("/projects/rice-seeds/").content
    QueuedMail.objects.all().delete()
    caplog.clear()
    with connection.execute_wrapper(full), caplog.at_level(logging.ERROR, "cooperation"):
        answer = failing.get("/projects/rice-seeds/")
    assert (answer.status_code, answer.content) == (500, expected)
    assert not QueuedMail.objects.exists()
    assert "A page failed, and the mail about it could not be queued: database or disk is full" in caplog.messages


def test_record_that_is_not_there_is_no_failure(client):
    assert client.get("/projects/rice-seeds/").status_code == 404
    assert not QueuedMail.objects.exists()


def test_nightly_task_that_fails_is_mailed_and_fails_all_the_same(settings, tmp_path):
    builders.make_project()
    (tmp_path / "data").write_text("in the way")
    settings.DATA_DIR = tmp_path / "data"
    with pytest.raises(CommandError, match="The files cannot be written"):
        call_command("publish_data", stdout=StringIO())
    mails = QueuedMail.objects.order_by("id")
    assert [mail.recipient for mail in mails] == OPERATORS
    assert mails[0].subject == "South-South Cooperation Portal: publish_data failed"
    assert mails[0].text.startswith("manage.py publish_data did not finish.\n\nWhy: The files cannot be written to ")


def test_backup_that_fails_is_mailed(tmp_path):
    (tmp_path / "portal.zip").write_text("in the way")
    with pytest.raises(CommandError) as error:
        call_command("backup", tmp_path / "portal.zip")
    mail = QueuedMail.objects.order_by("id").first()
    assert mail.subject == "South-South Cooperation Portal: backup failed"
    assert mail.text.startswith(f"manage.py backup did not finish.\n\nWhy: {error.value}\n")


def test_nightly_task_that_succeeds_mails_nothing():
    call_command("tidy_desk", stdout=StringIO())
    assert not QueuedMail.objects.exists()


def test_nightly_task_that_fails_with_its_database_is_mailed_at_once(server):
    def gone(_execute, _sql, _params, _many, _context):
        raise OperationalError("database disk image is malformed")

    with connection.execute_wrapper(gone), pytest.raises(CommandError):
        call_command("tidy_desk", stdout=StringIO())
    assert server.recipients() == OPERATORS
    assert "Why: The database cannot be used: database disk image is malformed.\n" in server.mails[0].get_content()


def old_backup():
    return timezone.now() - timedelta(hours=30, minutes=5)


def test_backup_that_is_too_old_is_mailed_once_a_day():
    for _hour in range(3):
        with pytest.raises(
            CommandError, match=r"^The newest backup is 30 hours old \(.* UTC\); at most 26 are allowed"
        ):
            watch_backup(old_backup)
    mails = QueuedMail.objects.order_by("id")
    assert [mail.recipient for mail in mails] == OPERATORS
    assert mails[0].subject == "South-South Cooperation Portal: The backup needs attention"
    assert mails[0].text.startswith("The newest backup is 30 hours old (")
    OperatorNotice.objects.update(mailed=timezone.now() - timedelta(hours=23))
    send_queued()
    assert QueuedMail.objects.count() == len(OPERATORS)
    OperatorNotice.objects.update(mailed=timezone.now() - timedelta(hours=24))
    with pytest.raises(CommandError):
        watch_backup(old_backup)
    assert QueuedMail.objects.count() == 2 * len(OPERATORS)


def test_backup_that_was_never_made_is_mailed():
    with pytest.raises(CommandError, match=r"^There is no backup\.$"):
        watch_backup(lambda: None)
    assert QueuedMail.objects.first().text.startswith("There is no backup.\n")


def test_backup_that_is_new_enough_is_not_mailed():
    watch_backup(lambda: timezone.now() - timedelta(hours=26) + timedelta(minutes=1))
    assert not QueuedMail.objects.exists()


def test_backups_that_cannot_be_read_are_mailed():
    def refuse():
        raise PermissionError(13, "Permission denied")

    with pytest.raises(CommandError, match=r"^The backups cannot be read: Permission denied\.$"):
        watch_backup(refuse)
    assert QueuedMail.objects.count() == len(OPERATORS)
