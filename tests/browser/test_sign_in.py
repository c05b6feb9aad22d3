"""The log-in in a real browser, from the invitation to the recovery code: with scripts, and without any."""

import re
from base64 import b32decode

import pytest
from django_otp.oath import totp

from tests.browser.conftest import REPORT_REFUSALS, WIDE, node_module, served
from tests.browser.test_states import ACCESSIBLE, TOO_WIDE, VIOLATIONS
from tests.installation import Installation

PASSWORD = "two oceans and one shore"


@pytest.fixture(scope="module")
def own(installation, tmp_path_factory):
    """A portal of its own, in which nobody has an authenticator app yet."""
    return Installation.make(tmp_path_factory.mktemp("log-in"), var=installation.var)


@pytest.fixture(scope="module")
def strict_portal(own):
    with served(own, SECOND_FACTOR_REQUIRED="true") as address:
        yield address


def invite(own, name):
    """The path of the link in an invitation."""
    made = own.manage("invite", name, "--group", "Editors")
    assert made.returncode == 0, made.stderr
    return re.search(r"/admin/reset/\S+", made.stdout)[0]


def set_password(page, link):
    page.goto(link)
    for name in ("new_password1", "new_password2"):
        page.fill(f"[name={name}]", PASSWORD)


def send(page):
    page.click("#content-main input[type=submit]")


def log_in(page, name):
    page.goto("/admin/login/?next=/admin/guide/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    send(page)


def secret_on(page):
    return b32decode(page.inner_text("code.secret").replace(" ", ""))


def test_invited_curator_comes_in_without_any_script(own, strict_portal, browser):
    page = browser.new_context(base_url=strict_portal, java_script_enabled=False).new_page()
    set_password(page, invite(own, "mere.tuilagi"))
    send(page)
    assert page.inner_text("ul.messagelist") == "Your password is set. Log in with it."

    log_in(page, "mere.tuilagi")
    page.fill("[name=code]", f"{totp(secret_on(page)):06d}")
    send(page)
    codes = page.locator("ul.recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    page.click("text=I have kept them. Continue.")
    assert page.inner_text("h1 >> nth=-1") == "Guide for curators"

    page.click("#logout-form button")
    log_in(page, "mere.tuilagi")
    page.fill("[name=code]", codes[3])
    send(page)
    assert page.inner_text("h1 >> nth=-1") == "Guide for curators"


def test_each_step_is_accessible_and_fits_a_phone(own, strict_portal, browser):
    axe = node_module("axe-core/axe.min.js").read_text()
    context = browser.new_context(base_url=strict_portal, viewport={**WIDE, "width": 320}, reduced_motion="reduce")
    context.add_init_script(REPORT_REFUSALS)
    page = context.new_page()
    complaints, found = [], {}
    page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))

    def look(step):
        page.evaluate(axe)
        problems = page.evaluate(VIOLATIONS, ACCESSIBLE) + page.evaluate(TOO_WIDE)
        found[step] = problems

    set_password(page, invite(own, "tomas.silva"))
    look("set a password")
    send(page)
    log_in(page, "tomas.silva")
    secret = secret_on(page)
    look("set up an app")
    page.fill("[name=code]", "123")
    send(page)
    look("wrong code at the set-up")
    page.fill("[name=code]", f"{totp(secret):06d}")
    send(page)
    look("recovery codes")
    page.goto("/admin/second-factor/")
    look("authenticator app")
    page.click("#logout-form button")
    log_in(page, "tomas.silva")
    look("code")
    page.fill("[name=code]", "123")
    send(page)
    look("wrong code")
    page.goto("/admin/password_reset/")
    look("forgotten password")
    page.goto("/admin/reset/MQ/cut-off/")
    look("link that is not valid")

    assert {step: problems for step, problems in found.items() if problems} == {}
    assert complaints == []
