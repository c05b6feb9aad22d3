"""What the guarded sign-in leaves in the audit log."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from cooperation.models import AuditEntry
from tests.sign_in import (
    CODE,
    OFFICE,
    PASSWORD,
    app_of,
    browser_at,
    code_of,
    recovery_code_of,
    send_password,
    wrong_code_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def second_factor_is_required(settings):
    settings.SECOND_FACTOR_REQUIRED = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ana(second_factor_is_required, db):
    return User.objects.create_user("ana.ruiz", "ana@example.org", PASSWORD, is_staff=True)


def entries():
    """`[(action, who, about, detail), ...]` since the account was made."""
    rows = AuditEntry.objects.exclude(action=AuditEntry.Action.ACCOUNT_ADDED).order_by("id")
    return [(row.action, row.user_name, row.about, row.detail) for row in rows]


def test_wrong_code_and_recovery_code_are_written(ana):
    device, code = app_of(ana), recovery_code_of(ana)
    browser = browser_at(OFFICE)
    send_password(browser)
    browser.post(CODE, {"code": wrong_code_of(device)})
    browser.post(CODE, {"code": code})
    assert entries() == [
        ("sign_in_refused", "", "user ana.ruiz", "Wrong code."),
        ("code_used", "ana.ruiz", "user ana.ruiz", "Codes left: 0."),
        ("signed_in", "ana.ruiz", "", ""),
    ]
    assert {entry.address for entry in AuditEntry.objects.filter(about="user ana.ruiz", address__gt="")} == {OFFICE}


def test_codes_are_in_no_entry(ana):
    device = app_of(ana)
    browser = browser_at(OFFICE)
    send_password(browser)
    code = code_of(device)
    browser.post(CODE, {"code": code})
    assert entries()[-1][0] == "signed_in"
    assert [secret in str(entries()) for secret in (code, device.key)] == [False, False]


def test_too_many_attempts_are_one_entry(ana):
    browser = browser_at(OFFICE)
    for _attempt in range(60):
        send_password(browser, "ana.ruiz", "wrong")
    details = [detail for _action, _who, _about, detail in entries()]
    assert details.count("Too many attempts.") == 1
    assert len(details) < 60


def test_too_many_attempts_for_no_account_do_not_keep_what_was_typed(ana):
    browser = browser_at(OFFICE)
    for _attempt in range(60):
        send_password(browser, PASSWORD, "ana.ruiz")
    assert {(action, about) for action, _who, about, _detail in entries()} == {("sign_in_refused", "unknown account")}


def test_second_factor_that_a_command_removes_is_written(ana):
    app_of(ana)
    call_command("reset_second_factor", "ana.ruiz", stdout=StringIO())
    assert ("factor_removed", "", "user ana.ruiz", "") in entries()


def test_link_for_a_new_password_is_written_without_the_link(ana):
    output = StringIO()
    call_command("password_link", "ana.ruiz", stdout=output)
    assert entries() == [("link_made", "", "user ana.ruiz", "")]
