"""The log-in: how often a password may be tried, by whom and from where."""

from datetime import timedelta
from time import process_time

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.db import connection
from django.db.models import F

from cooperation.accounts.signals import sign_in_refused
from cooperation.models import KnownAddress, SignInAttempt
from tests.installation import PROJECT, Installation
from tests.sign_in import (
    ELSEWHERE,
    LOG_IN,
    OFFICE,
    PASSWORD,
    browser_at,
    is_logged_in,
    let_through_at_once,
    problems,
    send_password,
)

pytestmark = pytest.mark.django_db

WRONG = (
    "Please enter the correct username and password for a staff account. Note that both fields may be case-sensitive."
)
WAIT = "Too many attempts. Try again in {}."


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ana(quick_passwords, db):
    return User.objects.create_user("ana.ruiz", password=PASSWORD, is_staff=True)


@pytest.fixture
def refusals():
    """What the signal of a refusal says."""
    heard = []

    def listen(sender, **said):
        heard.append((said["name"], said["step"]))

    sign_in_refused.connect(listen)
    yield heard
    sign_in_refused.disconnect(listen)


def fail(address, times, name="ana.ruiz"):
    return [send_password(browser_at(address), name, "one shore of two oceans") for _time in range(times)]


def time_passes(**time):
    SignInAttempt.objects.update(at=F("at") - timedelta(**time))


def test_right_password_leads_to_the_page_that_was_asked_for(ana):
    browser = browser_at(OFFICE)
    answer = send_password(browser)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/guide/")
    assert is_logged_in(browser)


@pytest.mark.parametrize("next_url", ["https://example.org/", "//example.org", "javascript:alert(1)", "", "\0"])
def test_log_in_leads_to_no_other_site(ana, next_url):
    answer = send_password(browser_at(OFFICE), next=next_url)
    assert answer["Location"] == "/admin/"


def test_sixth_attempt_is_refused_even_with_the_right_password(ana):
    answers = fail(OFFICE, 5)
    refused = send_password(browser_at(OFFICE))

    assert [problems(answer) for answer in answers] == [[WRONG]] * 5
    assert (refused.status_code, problems(refused)) == (429, [WAIT.format("15 minutes")])
    assert 880 < int(refused["Retry-After"]) <= 900


def test_refused_page_has_the_form_and_a_heading(ana):
    fail(OFFICE, 5)
    refused = send_password(browser_at(OFFICE)).content.decode()
    assert 'name="password"' in refused
    assert "<h1>Log in</h1>" in refused


def test_attempts_are_accepted_again_after_a_quarter_of_an_hour_although_somebody_goes_on_trying(ana):
    fail(OFFICE, 5)
    time_passes(minutes=14)
    assert [answer.status_code for answer in fail(OFFICE, 6)] == [429] * 6
    time_passes(minutes=1, seconds=1)
    assert send_password(browser_at(OFFICE)).status_code == 302


def test_right_password_makes_up_for_wrong_ones(ana):
    for _time in range(3):
        fail(OFFICE, 4)
        assert send_password(browser_at(OFFICE)).status_code == 302


def test_answers_are_the_same_for_a_name_without_an_account(ana, refusals):
    known, unknown = fail(OFFICE, 6), fail(ELSEWHERE, 6, "nobody")
    assert [(answer.status_code, problems(answer)) for answer in known] == [
        (answer.status_code, problems(answer)) for answer in unknown
    ]
    assert refusals == [("ana.ruiz", "password"), ("nobody", "password")]


def test_guessing_from_elsewhere_does_not_lock_a_curator_out(ana):
    assert send_password(browser_at(OFFICE)).status_code == 302
    fail(OFFICE, 4)  # by the curator, which is no guessing from elsewhere
    guesses = [fail(f"203.0.113.{number}", 1)[0].status_code for number in range(40)]

    assert guesses == [200] * 30 + [429] * 10
    assert send_password(browser_at(OFFICE)).status_code == 302


def test_guesser_with_many_addresses_is_stopped_at_thirty_attempts_in_an_hour(ana):
    for number in range(30):
        fail(f"203.0.113.{number}", 1)
    refused = send_password(browser_at(ELSEWHERE))
    assert problems(refused) == [WAIT.format("60 minutes")]


def test_other_ways_to_write_a_name_count_as_the_same_name(ana):
    for name in ("ana.ruiz", "ANA.RUIZ", " Ana.Ruiz", "ana．ruiz", "ana.ruiz "):
        fail(OFFICE, 1, name)
    assert fail(OFFICE, 1)[0].status_code == 429


def test_address_from_which_many_names_are_tried_is_refused(ana):
    for number in range(30):
        fail(ELSEWHERE, 1, f"curator-{number}")
    assert send_password(browser_at(ELSEWHERE)).status_code == 429
    assert send_password(browser_at(OFFICE)).status_code == 302


def test_visitors_behind_the_proxy_are_told_apart(ana):
    def behind_proxy(address):
        return browser_at("127.0.0.1").post(
            LOG_IN,
            {"username": "ana.ruiz", "password": "wrong"},
            headers={"X-Forwarded-For": f"192.0.2.77, {address}"},
        )

    assert [behind_proxy(ELSEWHERE).status_code for _time in range(6)] == [200] * 5 + [429]
    assert behind_proxy(OFFICE).status_code == 200


def test_address_is_unknown_again_after_90_days(ana):
    send_password(browser_at(OFFICE))
    KnownAddress.objects.update(last_used=F("last_used") - timedelta(days=91))
    for number in range(30):
        fail(f"203.0.113.{number}", 1)
    assert send_password(browser_at(OFFICE)).status_code == 429


def test_neither_names_nor_addresses_are_stored(ana):
    fail(OFFICE, 1)
    send_password(browser_at(ELSEWHERE), "two shores of one ocean", "ana.ruiz")
    send_password(browser_at(OFFICE))
    rows = [*SignInAttempt.objects.values(), *KnownAddress.objects.values()]
    stored = " ".join(str(value) for row in rows for value in row.values())
    assert [word for word in ("ana", "shores", "192.0.2", "198.51") if word in stored] == []


def test_old_attempts_are_deleted_by_the_next(ana):
    fail(OFFICE, 5)
    time_passes(days=1, seconds=1)
    fail(OFFICE, 1)
    assert SignInAttempt.objects.count() == 1


def test_attempts_of_a_clock_that_was_ahead_do_not_count(ana):
    fail(OFFICE, 5)
    time_passes(hours=-3)
    assert send_password(browser_at(OFFICE)).status_code == 302


def test_account_that_is_no_staff_is_not_told_from_a_wrong_password(ana):
    User.objects.create_user("reader", password=PASSWORD)
    User.objects.create_user("left", password=PASSWORD, is_staff=True, is_active=False)
    answers = [send_password(browser_at(OFFICE), name) for name in ("reader", "left", "nobody")]
    assert [(answer.status_code, problems(answer)) for answer in answers] == [(200, [WRONG])] * 3


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"username": "ana.ruiz"},
        {"username": "\0", "password": PASSWORD},
        {"username": "ana.ruiz", "password": "\0"},
        {"username": "a" * 100_000, "password": PASSWORD},
        {"username": "ana.ruiz", "password": "a" * 100_000},
        {"username": ["ana.ruiz", "nobody"], "password": ["a", "b"]},
        {"username": "\ud800".encode("utf-8", "surrogatepass"), "password": b"\xff\xfe"},
    ],
    ids=["nothing", "no password", "NUL", "NUL as password", "long", "long password", "lists", "no UTF-8"],
)
def test_what_is_no_name_or_password_is_refused_with_a_sentence(ana, data):
    answer = browser_at(OFFICE).post(LOG_IN, data)
    assert (answer.status_code, len(problems(answer)) > 0) == (200, True)


def test_session_has_another_key_after_the_log_in(ana):
    browser = browser_at(OFFICE)
    session = browser.session
    session["before"] = True
    session.save()
    browser.cookies["sessionid"] = session.session_key
    send_password(browser)
    assert browser.session.session_key != session.session_key
    assert not type(session)().exists(session.session_key)


def test_log_in_is_told_to_who_listens_once(ana):
    heard = []

    def listen(sender, request, user, **said):
        heard.append(user.username)

    user_logged_in.connect(listen)
    send_password(browser_at(OFFICE))
    user_logged_in.disconnect(listen)
    assert heard == ["ana.ruiz"]


@pytest.mark.slow
def test_answer_takes_as_long_without_an_account(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    User.objects.create_user("ana.ruiz", password=PASSWORD, is_staff=True)
    User.objects.create_user("invited", is_staff=True).set_unusable_password()

    def seconds(name):
        begun = process_time()
        fail(OFFICE, 1, name)
        return process_time() - begun

    taken = {name: min(seconds(name) for _time in range(3)) for name in ("ana.ruiz", "nobody", "invited")}
    assert max(taken.values()) < 1.3 * min(taken.values())


# Those that are refused may count one another for a moment, so that fewer than five may be let through, but never more.
AT_ONCE = range(1, 6)


@pytest.mark.slow
@pytest.mark.any_database
def test_of_many_attempts_at_once_no_more_are_let_through_than_one_after_another(set_up_empty, tmp_path):
    installation = Installation.make(tmp_path, var=set_up_empty.var)
    script = "from tests.sign_in import let_through_at_once; print(let_through_at_once(24))"
    result = installation.manage("shell", "--no-imports", "--command", script, PYTHONPATH=str(PROJECT))
    assert result.stderr == ""
    assert int(result.stdout) in AT_ONCE


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor == "sqlite", reason="threads of a test cannot share a database in memory")
@pytest.mark.django_db(transaction=True)
def test_of_many_attempts_at_once_on_postgresql_no_more_are_let_through():
    assert let_through_at_once(24) in AT_ONCE
