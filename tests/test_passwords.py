"""Passwords of curators: chosen by themselves, as long as they like, and stored so that nobody can read them."""

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client

from cooperation.management.commands.demo import make_curator
from tests.crawl import Page

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ADDRESS = "/admin/password_change/"
OLD, NEW = "forty-two lagoons", "breadfruit at noon"
OF_CONTEXT = "This password is mostly made of words of the portal, which others try first. Choose other words."


@pytest.fixture
def ana() -> Client:
    """A browser in which somebody is logged in, as `user`."""
    browser = Client()
    browser.user = User.objects.create_user("ana.ruiz", "ana.ruiz@mfa.example.org", OLD, is_staff=True)
    browser.force_login(browser.user)
    return browser


def change(browser: Client, new: str, old: str = OLD) -> HttpResponse:
    return browser.post(ADDRESS, {"old_password": old, "new_password1": new, "new_password2": new})


def is_password(browser: Client, password: str) -> bool:
    browser.user.refresh_from_db()
    return browser.user.check_password(password)


def errors(answer: HttpResponse) -> list[str]:
    return [text for texts in answer.context["form"].errors.values() for text in texts]


@pytest.mark.parametrize(
    "password",
    [
        NEW,
        "breadfruitnoon",
        "BREADFRUITNOON",
        "  breadfruit at noon  ",
        "palo santo y ñandú 蓮の花",
        "'; DROP TABLE auth_user; --",
        "x9" * 500,
        "the forum of 40 pelicans",
    ],
)
def test_password_of_any_kind_is_taken_as_it_was_written(ana, password):
    assert change(ana, password).status_code == 302
    assert is_password(ana, password)
    others = {password[:72], password.strip(), password.lower(), password.upper()} - {password}
    assert [other for other in others if is_password(ana, other)] == []


def test_password_is_changed_by_who_knows_the_present_one(ana):
    answer = change(ana, NEW, old="a guess at it")
    assert errors(answer) == ["Your old password was entered incorrectly. Please enter it again."]
    assert is_password(ana, OLD)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("lagoon-x-42", "This password is too short. It must contain at least 12 characters."),
        ("international", "This password is too common."),
        ("South-South-2026", OF_CONTEXT),
        ("SSCportal!Admin#1", OF_CONTEXT),
        ("passwordpassword", OF_CONTEXT),
        ("development.agency", OF_CONTEXT),
        ("ana.ruiz.2026", "The password is too similar to the username."),
    ],
)
def test_password_that_is_easily_guessed_is_refused_in_words(ana, settings, password, sentence):
    settings.ALLOWED_HOSTS = ["development.example.org", "testserver"]
    assert sentence in errors(change(ana, password))
    assert is_password(ana, OLD)


def test_other_sessions_end_when_the_password_is_changed_and_the_own_one_goes_on(ana):
    elsewhere = Client()
    elsewhere.force_login(ana.user)
    change(ana, NEW)
    assert (ana.get("/admin/").status_code, elsewhere.get("/admin/").status_code) == (200, 302)


def test_password_is_stored_by_a_slow_function_and_a_salt(ana):
    algorithm, iterations, salt, _digest = ana.user.password.split("$")
    assert (algorithm, int(iterations) >= 600_000, len(salt) >= 22) == ("pbkdf2_sha256", True, True)
    assert not identify_hasher(ana.user.password).must_update(ana.user.password)


def test_password_that_the_portal_makes_cannot_be_guessed(db):
    made = make_curator()
    # 22 letters and digits of base64: 128 bits.
    assert (len(made), User.objects.get(username="curator").check_password(made)) == (22, True)


@pytest.mark.parametrize(("address", "number"), [("/admin/login/", 1), (ADDRESS, 3)])
def test_password_is_hidden_while_it_is_typed_and_may_be_filled_in_by_a_program(ana, address, number):
    browser = Client() if "login" in address else ana
    fields = [
        each for each in Page(browser.get(address).content.decode()).all("input") if "password" in each.get("name", "")
    ]
    assert [each["type"] for each in fields] == ["password"] * number
    assert {each["autocomplete"] for each in fields} <= {"current-password", "new-password"}
    assert not any(name.startswith("on") or name in ("maxlength", "readonly") for each in fields for name in each)


def test_every_page_of_the_admin_offers_to_log_out_and_to_change_the_password(ana):
    ana.user.user_permissions.set(Permission.objects.filter(content_type__app_label="cooperation"))
    for address in ("/admin/", "/admin/guide/", "/admin/cooperation/project/", "/admin/cooperation/project/add/"):
        page = Page(ana.get(address).content.decode())
        assert [each["action"] for each in page.all("form") if each.get("id") == "logout-form"] == ["/admin/logout/"]
        assert ADDRESS in page.links
