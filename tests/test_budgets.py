"""Every page of the registry as it is, and how many bytes a reader on a slow line waits for, compressed as served."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from cooperation.models import PUBLIC_RECORDS, Source
from tests.crawl import Page
from tests.records import list_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures_loaded"), pytest.mark.any_database]

# A kB is 1,000 bytes.
LIST, DETAIL, STYLE, FIRST_VIEW, TILE_MAP = 14_000, 10_000, 10_000, 40_000, 20_000
# The longest record: 36 members and 34 meetings with 31 sources, none of which may be left out.
LONGEST = {"fealac": 11_500}
STATIC = settings.BASE_DIR / "static" / "cooperation"
TILE_MAP_PART = re.compile(rb'<section class="map.*?</section>', re.DOTALL)
PAGES_WITH_MAP = ["/", "/countries/CHL/", "/forums/fealac/", "/projects/mexico-caricom-fao/"]
model_name = {"ids": lambda model: model._meta.model_name}


def size(content):
    """The bytes that travel: of GZipMiddleware, but for those of chance by which it lengthens each answer."""
    return len(gzip.compress(content, compresslevel=6))


def page_size(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return size(response.content)


def static_size(name):
    return size((STATIC / name).read_bytes())


@pytest.mark.parametrize("model", PUBLIC_RECORDS, **model_name)
def test_list_is_within_its_budget(client, model):
    assert page_size(client, list_url(model)) <= LIST


@pytest.mark.slow
@pytest.mark.parametrize("model", PUBLIC_RECORDS, **model_name)
def test_page_of_every_record_opens_with_its_name_and_is_within_its_budget(client, model):
    """The tile map apart, which has a budget of its own."""
    unnamed, too_large = [], {}
    for record in model.objects.published():
        answer = client.get(record.get_absolute_url())
        name = record.title if model is Source else str(record)
        if answer.status_code != 200 or " ".join(name.split()) not in Page(answer.content.decode()).text:
            unnamed.append(record.public_id)
        travels = size(TILE_MAP_PART.sub(b"", answer.content))
        if travels > LONGEST.get(record.public_id, DETAIL):
            too_large[record.public_id] = travels
    assert model.objects.published().count() > 3
    assert (unnamed, too_large) == ([], {})


def test_style_and_first_view_are_within_their_budgets(client):
    assert static_size("portal.css") <= STYLE
    assert page_size(client, reverse("home")) + static_size("portal.css") + static_size("icon.svg") <= FIRST_VIEW


@pytest.mark.parametrize("address", PAGES_WITH_MAP)
def test_tile_map_is_within_its_budget(client, address):
    (tile_map,) = TILE_MAP_PART.findall(client.get(address).content)
    assert size(tile_map) <= TILE_MAP


@pytest.mark.parametrize("address", [*map(list_url, PUBLIC_RECORDS), *PAGES_WITH_MAP, "/flows/", "/search/?q=fealac"])
def test_page_loads_nothing_but_its_style_and_icon(client, address):
    page = Page(client.get(address).content.decode())
    loaded = [each["href"] for each in page.all("link") if each["rel"] in ("stylesheet", "icon", "preload")]
    assert [urlsplit(each).path.rpartition("/")[2] for each in loaded] == ["portal.css", "icon.svg"]
    assert [urlsplit(each).netloc for each in loaded] == ["", ""]
    assert page.running_scripts == page.all("img") == page.all("iframe") == []


def test_style_loads_nothing():
    assert re.findall(r"@import|@font-face|url\(", (STATIC / "portal.css").read_text()) == []
