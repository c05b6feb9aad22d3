"""The second factor of the log-in: codes of an authenticator app, and recovery codes."""

import re
from base64 import b32decode

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from cooperation.accounts.second_factor import digest_code, remove_second_factor
from cooperation.accounts.signals import (
    recovery_code_used,
    recovery_codes_made,
    second_factor_added,
    second_factor_failed,
    second_factor_removed,
)
from cooperation.models import RecoveryCode
from tests.sign_in import (
    CODE,
    ELSEWHERE,
    LOG_IN,
    OFFICE,
    PASSWORD,
    SECOND_FACTOR,
    SET_UP,
    app_of,
    browser_at,
    code_of,
    is_logged_in,
    problems,
    recovery_code_of,
    send_password,
    wrong_code_of,
)

pytestmark = pytest.mark.django_db

WRONG = "This code is wrong or was used before. Enter the one that the app shows now."


@pytest.fixture(autouse=True)
def second_factor_is_required(settings):
    settings.SECOND_FACTOR_REQUIRED = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ana(second_factor_is_required, db):
    return User.objects.create_superuser("ana.ruiz", password=PASSWORD)


@pytest.fixture
def browser(ana):
    """A browser in which Ana has given her password."""
    browser = browser_at(OFFICE)
    send_password(browser)
    return browser


def secret_on(page):
    """The secret that a page shows, as an app that is set up with it."""
    secret = re.search(r'<code class="secret">(.*?)</code>', page.content.decode())[1]
    return TOTPDevice(key=b32decode(secret.replace(" ", "")).hex())


def codes_on(page):
    return re.findall(r"<li><code>([A-Z2-7-]+)</code></li>", page.content.decode())


@pytest.fixture
def heard():
    """Which signals were sent."""
    signals = {
        "added": second_factor_added,
        "removed": second_factor_removed,
        "failed": second_factor_failed,
        "recovery code": recovery_code_used,
        "new codes": recovery_codes_made,
    }
    heard, listeners = [], []
    for name, signal in signals.items():

        def listen(sender, name=name, **said):
            heard.append((name, said["user"].username))

        listeners.append(listen)
        signal.connect(listen)
    yield heard
    for signal, listen in zip(signals.values(), listeners, strict=True):
        signal.disconnect(listen)


def test_password_alone_opens_nothing_of_the_admin(ana):
    app_of(ana)
    browser = browser_at(OFFICE)
    assert send_password(browser)["Location"] == CODE
    for address in ("/admin/", "/admin/guide/", "/admin/auth/user/", SECOND_FACTOR, "/admin/password_change/"):
        answer = browser.get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"{LOG_IN}?next={address}")


def test_code_of_the_app_leads_to_the_page_that_was_asked_for(ana, browser):
    answer = browser.post(CODE, {"code": code_of(app_of(ana))})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/guide/")
    assert is_logged_in(browser)


@pytest.mark.parametrize("spaced", ["{0}{1}{2} {3}{4}{5}", " {0}{1}{2}-{3}{4}{5} "])
def test_code_may_be_written_with_spaces(ana, browser, spaced):
    assert browser.post(CODE, {"code": spaced.format(*code_of(app_of(ana)))}).status_code == 302


def test_wrong_code_is_refused_with_a_sentence(ana, browser, heard):
    answer = browser.post(CODE, {"code": wrong_code_of(app_of(ana))})
    assert (answer.status_code, problems(answer)) == (200, [WRONG])
    assert not is_logged_in(browser)
    assert heard == [("failed", "ana.ruiz")]


def test_code_is_accepted_once(ana, browser):
    code = code_of(app_of(ana))
    other = browser_at(ELSEWHERE)
    send_password(other)
    assert browser.post(CODE, {"code": code}).status_code == 302
    assert problems(other.post(CODE, {"code": code})) == [WRONG]


@pytest.mark.parametrize(
    "code", ["", "\0", "１２３４５６", "12345", "9" * 50, "9" * 5_000, "-1", "1_0000", b"\xff\xfe", "ABCD", ["1", "2"]]
)
def test_what_is_no_code_is_refused_with_a_sentence(ana, browser, code):
    app_of(ana)
    answer = browser.post(CODE, {"code": code})
    assert (answer.status_code, len(problems(answer))) == (200, 1)


def test_sixth_code_is_refused_without_being_checked(ana, browser):
    device = app_of(ana)
    for _time in range(5):
        browser.post(CODE, {"code": wrong_code_of(device)})
    refused = browser.post(CODE, {"code": code_of(device)})
    assert (refused.status_code, problems(refused)) == (429, ["Too many attempts. Try again in 15 minutes."])
    assert 880 < int(refused["Retry-After"]) <= 900


def test_somebody_who_knows_the_password_does_not_lock_its_owner_out(ana, browser):
    device = app_of(ana)
    browser.post(CODE, {"code": code_of(device)})
    browser.post(reverse("admin:logout"))
    refused = []
    for number in range(12):
        guesser = browser_at(f"203.0.113.{number}")
        send_password(guesser)
        refused.append(guesser.post(CODE, {"code": wrong_code_of(device)}).status_code)
    assert refused == [200] * 10 + [429] * 2

    send_password(browser)
    assert browser.post(CODE, {"code": code_of(device, later=1)}).status_code == 302


def test_ten_minutes_after_the_password_it_is_asked_for_again(ana, browser):
    device = app_of(ana)
    session = browser.session
    number, digest, began, next_url = session["pending_sign_in"]
    session["pending_sign_in"] = [number, digest, began - 601, next_url]
    session.save()
    answer = browser.post(CODE, {"code": code_of(device)}, follow=True)
    assert answer.redirect_chain == [(LOG_IN, 302)]
    assert [str(message) for message in answer.context["messages"]] == [
        "The log-in took too long. Enter your password again."
    ]


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {"password": "!"}])
def test_who_may_not_log_in_any_more_cannot_after_the_password_either(ana, browser, change):
    device = app_of(ana)
    User.objects.update(**change)
    assert browser.post(CODE, {"code": code_of(device)})["Location"] == LOG_IN


@pytest.mark.parametrize("address", [CODE, SET_UP])
@pytest.mark.parametrize("method", ["get", "post"])
def test_steps_without_a_password_lead_to_the_log_in(client, address, method):
    answer = getattr(client, method)(address)
    assert (answer.status_code, answer["Location"]) == (302, LOG_IN)


def test_key_of_the_session_changes_after_the_password_and_after_the_code(ana):
    app = app_of(ana)
    browser = browser_at(OFFICE)
    session = browser.session
    session.save()
    browser.cookies["sessionid"] = session.session_key
    keys = [session.session_key]
    for post in (lambda: send_password(browser), lambda: browser.post(CODE, {"code": code_of(app)})):
        post()
        keys.append(browser.session.session_key)
    assert len(set(keys)) == 3
    assert is_logged_in(browser)
    stolen = browser_at(ELSEWHERE)
    stolen.cookies["sessionid"] = keys[1]
    assert not is_logged_in(stolen)


def test_account_without_an_app_sets_one_up_after_the_password(ana, browser, heard):
    assert send_password(browser)["Location"] == SET_UP
    app = secret_on(browser.get(SET_UP))
    assert not is_logged_in(browser)

    shown = browser.post(SET_UP, {"code": code_of(app)})
    assert len(set(codes_on(shown))) == 10
    assert 'href="/admin/guide/"' in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert is_logged_in(browser)
    assert heard == [("added", "ana.ruiz"), ("new codes", "ana.ruiz")]


def test_wrong_code_sets_nothing_up_and_keeps_the_key_that_was_scanned(ana, browser):
    app = secret_on(browser.get(SET_UP))
    answer = browser.post(SET_UP, {"code": wrong_code_of(app)})
    assert problems(answer) == ["This code is wrong. Check the clock of your phone, and enter the next code."]
    assert secret_on(answer).key == app.key
    assert not TOTPDevice.objects.exists()
    assert not is_logged_in(browser)


def test_account_with_an_app_cannot_set_up_another_with_the_password_alone(ana, browser):
    app = secret_on(browser.get(SET_UP))
    device = app_of(ana)
    assert browser.post(SET_UP, {"code": code_of(app)})["Location"] == LOG_IN
    assert list(TOTPDevice.objects.all()) == [device]


def test_picture_and_key_of_the_app_are_the_same_secret(ana, browser):
    page = browser.get(SET_UP)
    text = page.content.decode()
    assert re.search(r'<svg class="qr-code" role="img" aria-label="[^"]+"', text)
    assert [
        sign for sign in ("style=", "<style", "data:", "<script") if sign in text.partition('id="content"')[2]
    ] == []
    assert len(secret_on(page).bin_key) == 20


def test_recovery_code_stands_in_for_the_app_once(ana, browser, heard):
    app_of(ana)
    code = recovery_code_of(ana)
    other = browser_at(ELSEWHERE)
    send_password(other)

    assert browser.post(CODE, {"code": code.lower()})["Location"] == "/admin/guide/"
    assert problems(other.post(CODE, {"code": code})) == [WRONG]
    assert heard == [("recovery code", "ana.ruiz"), ("failed", "ana.ruiz")]


def test_recovery_code_of_somebody_else_is_wrong(ana, browser):
    app_of(ana)
    code = recovery_code_of(User.objects.create_user("tomas.silva"))
    assert problems(browser.post(CODE, {"code": code})) == [WRONG]


def test_recovery_codes_are_stored_as_digests(ana, browser):
    app = secret_on(browser.get(SET_UP))
    codes = codes_on(browser.post(SET_UP, {"code": code_of(app)}))
    assert {digest_code(code.replace("-", "")) for code in codes} == set(
        RecoveryCode.objects.values_list("digest", flat=True)
    )


def logged_in(ana):
    device = app_of(ana)
    browser = browser_at(OFFICE)
    send_password(browser)
    browser.post(CODE, {"code": code_of(device)})
    return browser, device


def test_new_recovery_codes_void_the_former_ones(ana):
    browser, device = logged_in(ana)
    former = recovery_code_of(ana)
    shown = browser.post(SECOND_FACTOR, {"new-codes": "1", "current-code": code_of(device, later=1)})
    assert len(codes_on(shown)) == 10
    assert former not in codes_on(shown)
    assert RecoveryCode.objects.count() == 10


@pytest.mark.parametrize("data", [{"new-codes": "1"}, {"new-codes": "1", "current-code": "000000x"}, {"code": "1"}])
def test_second_factor_changes_with_a_code_of_it_only(ana, data):
    browser, device = logged_in(ana)
    answer = browser.post(SECOND_FACTOR, data)
    assert answer.status_code == 200
    assert answer.context["current"].errors != {}
    assert (list(TOTPDevice.objects.all()), RecoveryCode.objects.count()) == ([device], 0)


def test_another_phone_takes_the_place_of_the_former(ana):
    browser, device = logged_in(ana)
    other = browser_at(ELSEWHERE)
    TOTPDevice.objects.update(last_t=-1)
    send_password(other)
    other.post(CODE, {"code": code_of(device)})
    app = secret_on(browser.get(SECOND_FACTOR))

    shown = browser.post(SECOND_FACTOR, {"current-code": code_of(device, later=1), "code": code_of(app)})

    assert len(codes_on(shown)) == 10
    assert [each.key for each in TOTPDevice.objects.all()] == [app.key]
    # Whoever logged in with the former phone logs in again.
    assert (is_logged_in(browser), is_logged_in(other)) == (True, False)


def test_removed_second_factor_ends_the_sessions_that_began_with_it(ana, heard):
    browser, _device = logged_in(ana)
    recovery_code_of(ana)
    assert remove_second_factor(ana)
    answer = browser.get("/admin/guide/", follow=True)
    assert answer.redirect_chain == [(f"{LOG_IN}?next=/admin/guide/", 302)]
    assert [str(message) for message in answer.context["messages"]] == [
        "Log in again with a code of your authenticator app."
    ]
    assert RecoveryCode.objects.count() == 0
    assert heard == [("removed", "ana.ruiz")]


def test_session_that_began_with_a_password_alone_ends_when_the_second_factor_becomes_required(ana, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    browser = browser_at(OFFICE)
    send_password(browser)
    assert is_logged_in(browser)
    settings.SECOND_FACTOR_REQUIRED = True
    assert not is_logged_in(browser)


def test_app_is_asked_for_where_it_is_not_required_too(ana, browser, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    app_of(ana)
    assert send_password(browser)["Location"] == CODE
    assert not is_logged_in(browser)


def test_app_can_be_set_up_where_it_is_not_required(ana, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    browser = browser_at(OFFICE)
    send_password(browser)
    app = secret_on(browser.get(SECOND_FACTOR))
    assert len(codes_on(browser.post(SECOND_FACTOR, {"code": code_of(app)}))) == 10
    assert is_logged_in(browser)


def test_nobody_sees_the_secrets_of_others_in_the_admin(ana):
    assert [model for model in admin.site._registry if model._meta.app_label == "otp_totp"] == []


@pytest.mark.parametrize("query", ["?next=%00", "?next=//example.org", f"?next=/{'a' * 5_000}", "?code=%00"])
def test_steps_answer_whatever_the_query(ana, browser, query):
    app_of(ana)
    assert browser.get(CODE + query).status_code == 200


def test_code_is_not_taken_from_another_site(ana):
    app = app_of(ana)
    browser = type(browser_at(OFFICE))(enforce_csrf_checks=True)
    assert browser.post(CODE, {"code": code_of(app)}).status_code == 403
