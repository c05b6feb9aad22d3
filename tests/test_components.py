"""The page on which developers see the parts of the look."""

import re

import pytest

from tests import builders
from tests.crawl import read
from tests.records import make_one_of_each
from tests.test_colours import TOKENS

pytestmark = pytest.mark.django_db


@pytest.fixture
def for_developers(settings):
    settings.DEBUG = True


def test_components_are_for_developers_only(client):
    assert client.get("/about/components/").status_code == 404


@pytest.mark.slow
@pytest.mark.usefixtures("for_developers")
def test_components_show_a_card_of_every_type_of_record_and_no_draft(client):
    make_one_of_each()
    builders.make_forum("Zanzibarine Forum", publication_status="draft")
    page = read(client, "/about/components/")
    kinds = ("projects", "agencies", "forums", "funds", "countries", "milestones", "lessons", "sources")
    assert [kind for kind in kinds if not any(link.startswith(f"/{kind}/") for link in page.links)] == []
    assert "Zanzibarine" not in page.text


@pytest.mark.usefixtures("for_developers")
def test_components_show_every_colour(client):
    page = read(client, "/about/components/")
    assert {name for name in re.findall(r"--([a-z][a-z0-9-]*)", page.text) if not name.startswith("space")} == set(
        TOKENS["light"]
    )
