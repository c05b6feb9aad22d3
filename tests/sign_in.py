"""Logging in step by step, as a browser does."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connections
from django.test import Client, RequestFactory
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from cooperation.accounts.second_factor import digest_code
from cooperation.accounts.throttle import TooManyAttemptsError, begin_attempt
from cooperation.models import RecoveryCode, SignInAttempt

LOG_IN, CODE, SET_UP, SECOND_FACTOR = (
    "/admin/login/",
    "/admin/login/code/",
    "/admin/login/set-up/",
    "/admin/second-factor/",
)
PASSWORD = "two shores of one ocean"
# Networks for documentation: nobody has them.
OFFICE, ELSEWHERE = "192.0.2.10", "198.51.100.20"


def browser_at(address):
    """A browser at an address of the internet."""
    return Client(REMOTE_ADDR=address)


def send_password(browser, name="ana.ruiz", password=PASSWORD, **data):
    return browser.post(LOG_IN, {"username": name, "password": password, "next": "/admin/guide/", **data})


def app_of(user):
    """An authenticator app that somebody set up some time ago."""
    return TOTPDevice.objects.create(user=user, name="authenticator")


def code_of(device, later=0):
    """The six digits that an app shows now, or so many times 30 seconds later."""
    return f"{totp(device.bin_key, drift=later):06d}"


def wrong_code_of(device):
    right = {code_of(device, later) for later in range(-2, 4)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in right)


def recovery_code_of(user, code="ABCD-EFGH-IJKL-MNOP-QRST-UVWX"):
    RecoveryCode.objects.create(user=user, digest=digest_code(code.replace("-", "")))
    return code


def problems(response):
    """The errors of the form that an answer shows, as sentences."""
    return [message for messages in response.context["form"].errors.values() for message in messages]


def is_logged_in(browser):
    return browser.get("/admin/guide/").status_code == 200


def let_through_at_once(number):
    """How many of so many attempts at the same moment, for one account from one address, are let through."""

    def attempt(_number):
        try:
            begin_attempt(RequestFactory().post(LOG_IN, REMOTE_ADDR=OFFICE), SignInAttempt.Step.PASSWORD, "ana.ruiz")
        except TooManyAttemptsError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as threads:
        return sum(threads.map(attempt, range(number)))
