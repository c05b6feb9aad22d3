"""The pages on which the operator states which personal data are kept, and how accessible the pages are."""

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

from tests.crawl import read

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

MISSING = {
    "OPERATOR_NAME": "cooperation.W001",
    "OPERATOR_CONTACT": "cooperation.W002",
    "ACCESSIBILITY_EVALUATION": "cooperation.W003",
    "SECURITY_CONTACT": "cooperation.W004",
}


@pytest.fixture
def named(settings):
    """An installation whose operator has filled in everything."""
    settings.OPERATOR_NAME = "Ministry of Foreign Affairs of Fiji"
    settings.OPERATOR_CONTACT = "mailto:portal@example.org"
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    settings.ACCESSIBILITY_EVALUATION = "Evaluated by four people who use screen readers, in March 2026."
    settings.ACCESSIBILITY_COMPLAINTS = "https://example.org/ombudsman"
    return settings


def warnings():
    return [each.id for each in run_checks(include_deployment_checks=True) if each.id in MISSING.values()]


@pytest.mark.parametrize("address", ["/privacy/", "/accessibility/"])
def test_statement_names_the_operator_and_the_contact(client, named, address):
    page = read(client, address)
    assert "Ministry of Foreign Affairs of Fiji" in page.text
    assert "mailto:portal@example.org" in page.links


@pytest.mark.parametrize("address", ["/privacy/", "/accessibility/"])
def test_statement_says_what_its_operator_did_not(client, settings, address):
    settings.OPERATOR_NAME = settings.OPERATOR_CONTACT = ""
    text = read(client, address).text
    assert "This installation does not say who operates it." in text
    assert "This installation gives no contact." in text


def test_name_of_the_operator_is_text(client, named):
    named.OPERATOR_NAME = "<b>Fiji</b> & friends"
    assert "<dd>&lt;b&gt;Fiji&lt;/b&gt; &amp; friends</dd>" in client.get("/privacy/").content.decode()


def test_privacy_says_how_long_reports_and_sign_ins_are_kept(client, settings):
    settings.CORRECTION_RETENTION_DAYS, settings.AUDIT_RETENTION_DAYS = 1, 400
    text = read(client, "/privacy/").text
    assert "Both are deleted 1 day after the report is closed." in text
    assert "They are deleted after 400 days." in text


def test_accessibility_claims_no_evaluation_that_was_not_made(client, settings):
    settings.ACCESSIBILITY_EVALUATION = ""
    assert "the portal does not claim to meet the guidelines in full" in read(client, "/accessibility/").text


def test_accessibility_says_which_evaluation_was_made_and_who_takes_complaints(client, named):
    page = read(client, "/accessibility/")
    assert "Evaluated by four people who use screen readers, in March 2026." in page.text
    assert "does not claim" not in page.text
    assert "https://example.org/ombudsman" in page.links


@pytest.mark.parametrize(
    ("has_addresses", "sentence"),
    [
        (False, "Your IP address is not in it."),
        (True, "The line holds your IP address, so that faults and attacks can be traced."),
    ],
)
def test_privacy_says_whether_the_log_holds_addresses(client, settings, has_addresses, sentence):
    settings.LOG_ADDRESSES = has_addresses
    assert sentence in read(client, "/privacy/").text


def test_change_of_the_operator_shows_at_once(client, named):
    read(client, "/privacy/")
    named.OPERATOR_NAME = "Ministry of Planning of Peru"
    assert "Ministry of Planning of Peru" in read(client, "/privacy/").text


@pytest.mark.parametrize("name", ["privacy", "accessibility"])
def test_every_page_leads_to_the_statements(client, name):
    for address in ("/", "/projects/", "/nowhere/", "/privacy/"):
        page = Client().get(address).content.decode()
        assert page.count(f'href="{reverse(name)}"') == 1


def test_check_warns_of_each_setting_that_visitors_miss(named):
    assert warnings() == []
    for name, number in MISSING.items():
        value = getattr(named, name)
        setattr(named, name, "")
        assert warnings() == [number]
        setattr(named, name, value)
