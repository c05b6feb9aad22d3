"""The cookies of the admin, which is the only place that sets any: for this site alone, and for no script."""

from http.cookies import SimpleCookie

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils.http import url_has_allowed_host_and_scheme

from tests.admin_form import Form
from tests.admin_records import change_url
from tests.builders import make_project

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PASSWORD = "forty-two lagoons"


@pytest.fixture(autouse=True)
def settings(settings):
    """A portal behind https."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    return settings


@pytest.fixture
def ana_at_the_log_in(db) -> Client:
    """A browser of somebody who is not logged in yet."""
    User.objects.create_user("ana.ruiz", password=PASSWORD, is_staff=True)
    return Client()


def log_in(browser: Client, **fields: str) -> HttpResponse:
    return browser.post("/admin/login/", {"username": "ana.ruiz", "password": PASSWORD, **fields}, secure=True)


def attributes(cookies: SimpleCookie) -> dict[str, tuple]:
    """Return what browsers are told of each cookie: whether it goes over https alone, from where, to no script."""
    return {name: (cookie["secure"], cookie["samesite"], cookie["httponly"]) for name, cookie in cookies.items()}


def test_log_in_sets_cookies_for_https_this_site_and_no_script(ana_at_the_log_in):
    answer = log_in(ana_at_the_log_in)
    assert answer.status_code == 302
    assert attributes(answer.cookies) == {
        "csrftoken": (True, "Lax", True),
        "sessionid": (True, "Lax", True),
    }


def test_message_waits_in_a_cookie_for_https_this_site_and_no_script(curator):
    project = make_project("Rice seeds", publication_status="draft")
    data = Form(curator.get(change_url(project), secure=True)).data | {"end": "2020"}
    answer = curator.post(change_url(project), data, secure=True)
    assert attributes(answer.cookies) == {"messages": (True, "Lax", True)}


def test_log_in_replaces_a_session_that_somebody_else_may_have_planted(ana_at_the_log_in):
    planted = SessionStore()
    planted["planted"] = True
    planted.create()
    ana_at_the_log_in.cookies["sessionid"] = planted.session_key
    log_in(ana_at_the_log_in)
    number = ana_at_the_log_in.cookies["sessionid"].value
    # 32 letters and digits: 165 bits.
    assert (len(number), number == planted.session_key) == (32, False)
    assert not Session.objects.filter(session_key=planted.session_key).exists()


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_log_in_leads_to_no_other_site(ana_at_the_log_in, address):
    location = log_in(ana_at_the_log_in, next=address)["Location"]
    assert url_has_allowed_host_and_scheme(location, allowed_hosts=None), location


def test_session_that_was_logged_out_is_of_no_use_any_more(curator):
    key = curator.cookies["sessionid"].value
    assert curator.get("/admin/", secure=True).status_code == 200
    curator.post("/admin/logout/", secure=True)
    other = Client()
    other.cookies["sessionid"] = key
    assert other.get("/admin/", secure=True).status_code == 302


def test_another_secret_key_ends_all_sessions(curator, settings):
    assert curator.get("/admin/", secure=True).status_code == 200
    settings.SECRET_KEY = "another-key-of-a-portal-that-was-restored-elsewhere-0123456789"
    assert curator.get("/admin/", secure=True).status_code == 302


def test_pages_of_the_admin_are_kept_by_no_browser_and_no_proxy(curator):
    project = make_project("Rice seeds", publication_status="draft")
    for address in ("/admin/", "/admin/guide/", "/admin/cooperation/project/", change_url(project)):
        answer = curator.get(address, secure=True)
        assert answer.status_code == 200
        assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
