"""Every address, every role: who is shown a page, who is refused, and that nothing changes for who is refused."""

import logging
from itertools import product

import pytest
from django.apps import apps
from django.db import transaction
from django.test import override_settings

from cooperation import search
from tests.access import METHODS, ROLES, TABLE, Site, addresses, format_row, is_of_admin, read_table

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.any_database]

EXPECTED = read_table()
HOW_TO_ADD = """{table} has no row for what follows. Add these rows if each answer is what that role should get
(page, login, redirect or a status; for a public address one word for everybody):

{rows}"""
# Tables that say who asked for what, and hold nothing of the registry.
ABOUT_REQUESTS = {"sessions.Session", "cooperation.AuditEntry", "cooperation.SignInAttempt"}


@pytest.fixture(scope="module")
def installation(django_db_setup, django_db_blocker):
    """One installation for all tests, which leave it as it was."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(SECOND_FACTOR_REQUIRED=False):
        yield Site()
        transaction.set_rollback(True)


@pytest.fixture
def site(installation):
    """The installation, in which the forms that are posted and the search index are there before anything is asked."""
    assert installation.bodies
    search.catch_up()
    return installation


@pytest.fixture(autouse=True)
def no_log():
    """Thousands of refusals, each with a traceback, are not written to a log that nobody reads."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def rows_of_all_tables():
    """`{table: [row, ...]}`, to be compared."""
    models = [model for model in apps.get_models() if model._meta.label not in ABOUT_REQUESTS]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def test_every_address_has_its_rows(site):
    missing = [key for key in product(addresses(), METHODS) if key not in EXPECTED]
    browsers = [site.browser(role) for role in ROLES] if missing else []
    rows = [format_row(*key, [site.word(browser, *key) for browser in browsers]) for key in missing]
    assert rows == [], HOW_TO_ADD.format(table=TABLE.name, rows="\n".join(rows))


def test_every_row_has_its_address():
    assert [key for key in EXPECTED if key not in set(product(addresses(), METHODS))] == []


@pytest.mark.parametrize("role", ROLES)
def test_role_gets_the_answers_of_the_table_and_changes_nothing_where_it_is_refused(site, role):
    expected = {key: words[ROLES.index(role)] for key, words in EXPECTED.items() if is_of_admin(key[0])}
    browser, before = site.browser(role), rows_of_all_tables()

    answers = {key: site.word(browser, *key) for key in expected}

    assert answers == expected
    assert rows_of_all_tables() == before


def test_public_address_gives_everybody_the_answer_of_the_table(site):
    expected = {(role, *key): words[0] for key, words in EXPECTED.items() if not is_of_admin(key[0]) for role in ROLES}
    browsers, before = {role: site.browser(role) for role in ROLES}, rows_of_all_tables()

    answers = {(role, *key): site.word(browsers[role], *key) for role, *key in expected}

    assert answers == expected
    assert rows_of_all_tables() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_public_address_refuses_every_method_that_would_change_something(site, method):
    public = [address for address in addresses() if not is_of_admin(address)]
    assert {site.word(site.browser("superuser"), address, method) for address in public} == {"405"}


def test_delete_as_a_method_changes_nothing_in_the_admin(site):
    browser, before = site.browser("superuser"), rows_of_all_tables()
    for address in filter(is_of_admin, addresses()):
        site.word(browser, address, "DELETE")
    assert rows_of_all_tables() == before
