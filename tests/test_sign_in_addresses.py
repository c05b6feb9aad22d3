"""The addresses of the log-in, sent whatever can be sent."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.sign_in import CODE, LOG_IN, PASSWORD, SECOND_FACTOR, SET_UP, app_of, send_password

pytestmark = pytest.mark.django_db

ADDRESSES = [LOG_IN, CODE, SET_UP, SECOND_FACTOR, "/admin/unsent/", "/admin/password_reset/", "/admin/reset/MQ/a-b/"]
QUERIES = ["", "?next=%00", "?code=1&code=2", f"?next=/{'a' * 5_000}", "?%FF=%FE", "?next[]=/admin/"]
BODIES = {
    "NUL": ("application/x-www-form-urlencoded", b"code=%00&email=%00&username=%00&password=%00&new-codes=%00"),
    "no UTF-8": ("application/x-www-form-urlencoded", b"code=%FF&current-code=%FE&email=%FF&username=%FF&password=%FE"),
    "many fields": ("application/x-www-form-urlencoded", b"code=1&" * 11_000),
    "long": ("application/x-www-form-urlencoded", b"code=" + b"9" * 100_000 + b"&email=" + b"a" * 100_000),
    "JSON": ("application/json", b'{"code": 123456, "email": ["a"]}'),
    "broken parts": ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data; name="),
    "no boundary": ("multipart/form-data", b"code=1"),
    "unknown charset": ("application/x-www-form-urlencoded; charset=martian", b"code=1&email=a&username=a&password=a"),
}


@pytest.fixture(params=["nobody", "after the password", "logged in"])
def browser(request, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.HAS_MAIL = True
    browser = Client(raise_request_exception=False)
    ana = User.objects.create_superuser("ana.ruiz", password=PASSWORD)
    if request.param == "after the password":
        app_of(ana)
        send_password(browser)
    elif request.param == "logged in":
        browser.force_login(ana)
    return browser


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete", "trace"])
def test_whatever_is_asked_has_an_answer(browser, address, method):
    assert {getattr(browser, method)(address + query).status_code for query in QUERIES} <= {200, 302, 405}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("body", BODIES)
def test_whatever_is_sent_has_an_answer(browser, address, body):
    content_type, data = BODIES[body]
    assert browser.generic("POST", address, data, content_type).status_code in {200, 302, 400, 403}
