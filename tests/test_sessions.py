"""How long somebody stays logged in, and what becomes of a form that is sent too late."""

import re

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cooperation.accounts.unsent import MAX_UNSENT
from cooperation.models import Theme
from tests.sign_in import LOG_IN, PASSWORD, is_logged_in, send_password

pytestmark = pytest.mark.django_db

GUIDE = "/admin/guide/"
ADD = "/admin/cooperation/theme/add/"
HALF_AN_HOUR, TWELVE_HOURS = 30 * 60, 12 * 3600


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ana(quick_passwords, db):
    return User.objects.create_superuser("ana.ruiz", password=PASSWORD)


@pytest.fixture
def browser(ana, client):
    client.force_login(ana)
    return client


def time_passes(browser, idle=0, in_all=0):
    """Let a session be so many seconds older."""
    session = browser.session
    session["signed_in"] -= in_all
    session["last_seen"] -= idle
    session.save()


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def test_session_ends_after_30_minutes_without_a_request(browser):
    time_passes(browser, idle=HALF_AN_HOUR - 60)
    assert is_logged_in(browser)
    time_passes(browser, idle=HALF_AN_HOUR + 60)
    answer = browser.get(GUIDE, follow=True)
    assert answer.redirect_chain == [(f"{LOG_IN}?next={GUIDE}", 302)]
    assert said(answer) == ["You were logged out after 30 minutes without activity. Log in again."]


def test_requests_keep_a_session_in_use(browser):
    for _time in range(3):
        time_passes(browser, idle=HALF_AN_HOUR - 60)
        assert is_logged_in(browser)


def test_session_ends_after_12_hours_in_all(browser):
    time_passes(browser, in_all=TWELVE_HOURS - 60)
    assert is_logged_in(browser)
    time_passes(browser, in_all=120)
    answer = browser.get(GUIDE, follow=True)
    assert said(answer) == ["You were logged out after 12 hours. Log in again."]


def test_settings_say_how_long_sessions_last(browser, settings):
    settings.SESSION_IDLE_MINUTES = 1
    time_passes(browser, idle=70)
    assert said(browser.get(GUIDE, follow=True)) == [
        "You were logged out after 1 minute without activity. Log in again."
    ]


def test_clock_that_is_put_back_makes_no_session_last_longer(browser):
    time_passes(browser, idle=-HALF_AN_HOUR - 60)
    assert not is_logged_in(browser)


def test_session_of_a_former_version_ends(browser):
    session = browser.session
    del session["signed_in"]
    session.save()
    assert not is_logged_in(browser)


def test_ended_session_is_gone_from_the_database(browser):
    key = browser.session.session_key
    time_passes(browser, idle=HALF_AN_HOUR + 60)
    browser.get(GUIDE)
    assert not Session.objects.filter(session_key=key).exists()


def test_many_requests_write_the_session_once_in_a_minute(browser, django_assert_num_queries):
    browser.get(GUIDE)
    stored = Session.objects.values_list("session_data", flat=True).get()
    browser.get(GUIDE)
    assert Session.objects.values_list("session_data", flat=True).get() == stored


def test_new_password_ends_the_sessions_everywhere_else(ana, browser):
    other = Client()
    other.force_login(ana)
    new = "two oceans and one shore"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert browser.post("/admin/password_change/", data).status_code == 302
    assert (is_logged_in(browser), is_logged_in(other)) == (True, False)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_account_that_is_switched_off_is_logged_out_at_once(ana, browser, change):
    assert is_logged_in(browser)
    User.objects.update(**change)
    assert not is_logged_in(browser)


def test_public_pages_have_no_session(browser):
    time_passes(browser, idle=HALF_AN_HOUR + 60)
    key = browser.session.session_key
    answer = browser.get("/about/")
    assert (answer.cookies, Session.objects.filter(session_key=key).exists()) == ({}, True)


def send_late(browser, address=ADD, **data):
    time_passes(browser, idle=HALF_AN_HOUR + 60)
    return browser.post(address, {"name": "Fisheries", "code": "fisheries", "_save": "Save", **data}, follow=True)


def resend(browser, page):
    """Press “Send it now”."""
    text = page.content.decode().partition('id="content-main"')[2]
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text)
    address = re.search(r'action="([^"]+)">\s*<input type="hidden" name="csrf', text)[1]
    data = {name: value for name, value in fields if name != "csrfmiddlewaretoken"}
    return browser.post(address, data)


def test_form_that_was_sent_too_late_is_sent_after_the_log_in(browser):
    late = send_late(browser)
    assert said(late) == [
        "You were logged out after 30 minutes without activity. Log in again.",
        "What you typed is not saved yet. You can send it after the log-in.",
    ]
    assert not Theme.objects.exists()

    answer = send_password(browser)
    assert answer["Location"] == "/admin/unsent/"
    page = browser.get("/admin/unsent/")
    assert "You had been logged out when you sent this form, so it was not saved." in page.content.decode()
    assert resend(browser, page).status_code == 302
    assert [theme.name for theme in Theme.objects.all()] == ["Fisheries"]
    assert browser.get("/admin/unsent/")["Location"] == "/admin/"


def test_form_that_was_sent_too_late_can_be_discarded(browser):
    send_late(browser)
    send_password(browser)
    assert browser.post("/admin/unsent/")["Location"] == "/admin/"
    assert browser.get("/admin/unsent/")["Location"] == "/admin/"
    assert not Theme.objects.exists()


def test_form_of_somebody_else_is_not_shown_to_the_next_who_logs_in(browser):
    User.objects.create_superuser("tomas.silva", password=PASSWORD)
    send_late(browser)
    assert send_password(browser, "tomas.silva")["Location"] == GUIDE
    assert browser.get("/admin/unsent/")["Location"] == "/admin/"


def test_form_of_somebody_who_was_never_logged_in_is_not_kept(client):
    answer = client.post(ADD, {"name": "Fisheries"})
    assert (answer.status_code, Session.objects.count()) == (302, 0)


@pytest.mark.parametrize(
    ("address", "data"),
    [("/admin/password_change/", {"old_password": PASSWORD}), (ADD, {"name": "a" * MAX_UNSENT})],
    ids=["passwords", "more than fits"],
)
def test_what_is_not_kept_is_not_promised(browser, address, data):
    assert said(send_late(browser, address, **data)) == [
        "You were logged out after 30 minutes without activity. Log in again."
    ]


def test_form_that_was_opened_before_another_log_in_is_shown_again(ana):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ana)
    data = {"name": "Fisheries", "code": "fisheries", "_save": "Save", "csrfmiddlewaretoken": "a" * 64}
    page = browser.post(ADD, data, headers={"Origin": "http://testserver"})
    assert page.status_code == 403
    assert "You logged in again after this form had been opened, so it was not saved." in page.content.decode()

    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    assert browser.post(ADD, {**data, "csrfmiddlewaretoken": token}).status_code == 302
    assert [theme.name for theme in Theme.objects.all()] == ["Fisheries"]


@pytest.mark.parametrize("origin", ["https://example.org", "null", "http://testserver.example.org"])
def test_form_from_another_site_is_refused_without_being_shown(ana, origin):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ana)
    page = browser.post(ADD, {"name": "Fisheries"}, headers={"Origin": origin})
    assert page.status_code == 403
    assert "Fisheries" not in page.content.decode()
    assert "The form could not be checked, so nothing was changed." in page.content.decode()


def test_nightly_task_deletes_expired_sessions(browser):
    Session.objects.update(expire_date=timezone.now())
    call_command("tidy_desk")
    assert not Session.objects.exists()
