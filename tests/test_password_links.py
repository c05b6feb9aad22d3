"""Links to set a password: after an invitation, when it was forgotten, and from whom they are."""

import io
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from cooperation.accounts.links import make_password_link
from cooperation.workflow import make_groups
from tests.installation import Installation
from tests.sign_in import OFFICE, PASSWORD, app_of, browser_at, is_logged_in, recovery_code_of, send_password

pytestmark = pytest.mark.django_db

ASK = "/admin/password_reset/"
NEW = "two oceans and one shore"
LINK = re.compile(r"https://portal\.example\.org(/admin/reset/\w+/[\w-]+/)")
SENT = (
    "If an account has this e-mail address, a message with a link is on its way to it. If none arrives, look among "
    "unwanted mail, or ask an administrator of this portal."
)


@pytest.fixture(autouse=True)
def portal_with_mail(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.HAS_MAIL = True
    settings.ALLOWED_HOSTS = ["portal.example.org", "testserver"]


@pytest.fixture
def ana(portal_with_mail, db):
    return User.objects.create_user("ana.ruiz", "ana.ruiz@example.org", PASSWORD, is_staff=True)


@pytest.fixture
def superuser(portal_with_mail, client):
    client.force_login(User.objects.create_superuser("siriporn.chai", "siriporn@example.org"))
    return client


def ask(email="ana.ruiz@example.org", address=OFFICE, **headers):
    return browser_at(address).post(ASK, {"email": email}, follow=True, headers=headers)


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def path_in(text):
    return LINK.search(text)[1]


def set_password(path, password=NEW):
    browser = Client()
    page = browser.get(path, follow=True)
    if not page.context["validlink"]:
        return page
    data = {"new_password1": password, "new_password2": password}
    return browser.post(page.redirect_chain[-1][0], data, follow=True)


def run(command, *arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_forgotten_password_is_set_with_the_link_that_is_sent(ana):
    assert said(ask()) == [SENT]
    [message] = mail.outbox
    assert (message.subject, message.to) == (
        "South-South Cooperation Portal: set a new password",
        ["ana.ruiz@example.org"],
    )
    assert "Account: ana.ruiz\nThe link can be used once, within 24 hours." in message.body

    assert said(set_password(path_in(message.body))) == ["Your password is set. Log in with it."]
    browser = browser_at(OFFICE)
    send_password(browser, password=NEW)
    assert is_logged_in(browser)


def test_owner_is_told_that_the_password_was_set(ana):
    set_password(urlsplit(make_password_link(ana)).path)
    assert [message.subject for message in mail.outbox] == ["South-South Cooperation Portal: your account was changed"]
    assert "The password of your account was set with a link that had been sent to you." in mail.outbox[0].body


def test_link_is_valid_once(ana):
    path = urlsplit(make_password_link(ana)).path
    set_password(path)
    assert not set_password(path, "another password of mine").context["validlink"]


def test_link_ends_with_the_next_log_in(ana):
    path = urlsplit(make_password_link(ana)).path
    send_password(browser_at(OFFICE))
    assert not set_password(path).context["validlink"]


@pytest.mark.parametrize(("hours", "is_valid"), [(23, True), (25, False)])
def test_link_is_valid_for_24_hours(ana, hours, is_valid, monkeypatch):
    path = urlsplit(make_password_link(ana)).path
    later = timezone.make_naive(timezone.now()) + timedelta(hours=hours)
    monkeypatch.setattr(default_token_generator, "_now", lambda: later)
    assert Client().get(path, follow=True).context["validlink"] is is_valid


def test_link_does_not_replace_the_second_factor(ana):
    app_of(ana)
    set_password(urlsplit(make_password_link(ana)).path)
    browser = browser_at(OFFICE)
    assert send_password(browser, password=NEW)["Location"] == "/admin/login/code/"
    assert not is_logged_in(browser)


def test_weak_password_is_refused(ana):
    page = set_password(urlsplit(make_password_link(ana)).path, "1q2w3e4r5t6y")
    assert page.context["form"].errors == {"new_password2": ["This password is too common."]}


@pytest.mark.parametrize(
    "email", ["nobody@example.org", "reader@example.org", "left@example.org", "invited@example.org"]
)
def test_answer_does_not_tell_whether_there_is_an_account(ana, email):
    User.objects.create_user("reader", "reader@example.org", PASSWORD)
    User.objects.create_user("left", "left@example.org", PASSWORD, is_staff=True, is_active=False)
    User.objects.create_user("invited", "invited@example.org", is_staff=True)

    answers = [ask(email), ask()]

    assert [(answer.redirect_chain, said(answer)) for answer in answers] == [([("/admin/login/", 302)], [SENT])] * 2
    assert [message.to for message in mail.outbox] == [["ana.ruiz@example.org"]]


def test_fourth_link_for_an_address_in_an_hour_is_refused_whether_there_is_an_account_or_not(ana):
    for email in ("ana.ruiz@example.org", "nobody@example.org"):
        answers = [ask(email, f"203.0.113.{number}") for number in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[3].context["form"].non_field_errors() == ["Too many attempts. Try again in 60 minutes."]
    assert len(mail.outbox) == 3


@pytest.mark.parametrize("host", ["evil.example.com", "testserver"])
def test_link_begins_with_the_first_name_of_the_portal_whatever_host_was_asked(ana, host, settings):
    settings.ALLOWED_HOSTS = ["portal.example.org", ".example.com", "testserver"]
    ask(Host=host, **{"X-Forwarded-Host": "evil.example.org"})
    assert len(LINK.findall(mail.outbox[0].body)) == 1


@pytest.mark.parametrize(
    "email", ["", "\0", "a" * 5_000 + "@example.org", "ana@example.org\r\nBcc: b@example.org", "[]"]
)
def test_what_is_no_address_is_refused(ana, email):
    answer = ask(email)
    assert (answer.status_code, list(answer.context["form"].errors), mail.outbox) == (200, ["email"], [])


@pytest.mark.parametrize(
    "path", ["/admin/reset/MQ/x/", f"/admin/reset/{'OTk5' * 2_000}/set-password/", "/admin/reset/%00/a-b/"]
)
def test_made_up_link_is_not_valid(ana, path):
    answer = Client().get(path)
    assert answer.status_code in (200, 404)
    assert answer.status_code == 404 or "This link is not valid." in answer.content.decode()


def test_page_of_the_link_does_not_have_the_token_in_its_address(ana):
    path = urlsplit(make_password_link(ana)).path
    page = Client().get(path, follow=True)
    assert page.redirect_chain[-1][0].endswith("/set-password/")
    assert (page["Referrer-Policy"], "no-store" in page["Cache-Control"]) == ("same-origin", True)


def test_portal_without_mail_says_whom_to_ask(ana, settings):
    settings.HAS_MAIL = False
    for answer in (Client().get(ASK), ask()):
        assert "This portal sends no mail." in answer.content.decode()
    assert mail.outbox == []


def test_log_in_leads_to_the_page_for_a_forgotten_password(client):
    assert f'<a href="{ASK}">Forgotten your password?</a>' in client.get("/admin/login/").content.decode()


def test_invitation_is_sent_by_mail(settings):
    make_groups()
    assert run("invite", "mere.tuilagi", "--email", "mere@example.org", "--group", "Editors") == (
        "A link was sent to mere@example.org.\n",
        "The account mere.tuilagi was made.\n",
    )
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (True, False, False)
    assert list(user.groups.all()) == [Group.objects.get(name="Editors")]
    set_password(path_in(mail.outbox[0].body))
    assert send_password(browser_at(OFFICE), "mere.tuilagi", NEW)["Location"] == "/admin/guide/"


@pytest.mark.parametrize("has_mail", [True, False])
def test_invitation_without_mail_is_printed(settings, has_mail):
    settings.HAS_MAIL = has_mail
    out, err = run("invite", "mere.tuilagi", *([] if has_mail else ["--email", "mere@example.org"]))
    assert LINK.fullmatch(out.strip())
    assert err.splitlines() == [
        "The account mere.tuilagi was made.",
        "Give this link to its owner: it can be used once, within 24 hours.",
    ]
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ana.ruiz"], "A user with that username already exists."),
        (["mere tuilagi"], "Enter a valid username."),
        (["mere.tuilagi", "--email", "mere"], "Enter a valid email address."),
        (
            ["mere.tuilagi", "--group", "Editor"],
            "There is no group 'Editor'. There are: Editors, Publishers, Reviewers.",
        ),
    ],
)
def test_invitation_that_cannot_be_made_is_refused_with_a_sentence(ana, arguments, sentence):
    make_groups()
    with pytest.raises(CommandError) as error:
        run("invite", *arguments)
    assert str(error.value).startswith(sentence)
    assert list(User.objects.all()) == [ana]


@pytest.mark.slow
@pytest.mark.any_database
def test_printed_link_begins_with_the_path_of_the_portal_on_a_shared_host(set_up_empty, tmp_path):
    installation = Installation.make(tmp_path, var=set_up_empty.var)
    shared = {"URL_PREFIX": "/registry", "ALLOWED_HOSTS": "localhost,portal.example.org"}
    result = installation.manage("invite", "mere.tuilagi", "--email", "mere@example.org", **shared)
    assert result.stdout.startswith("https://portal.example.org/registry/admin/reset/")


def test_command_prints_a_link_for_an_account(ana):
    out, err = run("password_link", "ana.ruiz")
    assert err == "The link can be used once, within 24 hours.\n"
    assert said(set_password(path_in(out))) == ["Your password is set. Log in with it."]


@pytest.mark.parametrize("command", ["password_link", "reset_second_factor"])
@pytest.mark.parametrize("name", ["nobody", "\0", ""])
def test_commands_for_an_account_that_there_is_not_say_so(command, name):
    with pytest.raises(CommandError, match=re.escape(f"There is no account {name!r}.")):
        run(command, name)


def test_no_link_is_made_for_an_account_that_is_not_active(ana):
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match=r"The account ana\.ruiz is not active"):
        run("password_link", "ana.ruiz")


def test_operator_removes_a_lost_app_and_its_owner_is_told(ana):
    app_of(ana)
    recovery_code_of(ana)
    out, _err = run("reset_second_factor", "ana.ruiz")
    assert out == "ana.ruiz sets up an authenticator app at the next log-in.\n"
    assert not TOTPDevice.objects.exists()
    assert "The authenticator app of your account was removed." in mail.outbox[0].body
    with pytest.raises(CommandError, match=r"The account ana\.ruiz has no authenticator app\."):
        run("reset_second_factor", "ana.ruiz")


def act(browser, action, user):
    data = {"action": action, "_selected_action": user.pk}
    return browser.post("/admin/auth/user/", data, follow=True)


def test_superuser_removes_a_lost_app(superuser, ana):
    app_of(ana)
    assert said(act(superuser, "reset_second_factors", ana)) == [
        "ana.ruiz sets up an authenticator app at the next log-in."
    ]
    assert not TOTPDevice.objects.exists()
    assert said(act(superuser, "reset_second_factors", ana)) == ["ana.ruiz has no authenticator app."]


def test_superuser_sends_links(superuser, ana):
    assert said(act(superuser, "send_password_links", ana)) == ["A link was sent to 1 account."]
    set_password(path_in(mail.outbox[0].body))
    User.objects.filter(pk=ana.pk).update(email="")
    assert said(act(superuser, "send_password_links", ana)) == [
        "No link was sent to ana.ruiz: the account is not active or has no e-mail address."
    ]


def test_superuser_sees_who_has_an_app(superuser, ana):
    app_of(ana)
    rows = superuser.get("/admin/auth/user/").context["cl"].result_list
    assert {user.username: user.has_app for user in rows} == {"ana.ruiz": True, "siriporn.chai": False}


@pytest.mark.parametrize("action", ["reset_second_factors", "send_password_links"])
def test_staff_who_may_change_accounts_cannot_take_over_one(ana, action, client):
    app_of(ana)
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__endswith="_user"))
    client.force_login(clerk)
    act(client, action, ana)
    assert (TOTPDevice.objects.count(), mail.outbox) == (1, [])


def test_account_with_an_app_can_be_deleted(superuser, ana):
    app_of(ana)
    recovery_code_of(ana)
    send_password(browser_at(OFFICE))
    answer = superuser.post(f"/admin/auth/user/{ana.pk}/delete/", {"post": "yes"})
    assert (answer.status_code, TOTPDevice.objects.count(), User.objects.filter(pk=ana.pk).exists()) == (302, 0, False)
