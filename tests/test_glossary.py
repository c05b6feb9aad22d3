"""The glossary: every word that an IATI file points to, with the words of others."""

from urllib.parse import urldefrag

import pytest
from lxml import etree

from cooperation.models import Instrument, PartnerRole, Project, Scope, Theme
from cooperation.views.glossary import COLLABORATION_TYPES, ORGANISATION_ROLES
from tests.crawl import Page, read
from tests.files import content
from tests.iati_standard import STANDARD, needs_standard


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("fixtures_loaded")
def test_every_address_in_the_iati_file_leads_to_a_place_on_a_page(client):
    root = etree.fromstring(content(client, "/projects.xml"))
    addresses = set(root.xpath("//@vocabulary-uri"))
    assert len(addresses) > 40
    anchors, lost = {}, []
    for address in addresses:
        page, fragment = urldefrag(address)
        path = page.removeprefix("http://testserver")
        if path not in anchors:
            anchors[path] = {attrs["id"] for _tag, attrs in read(client, path).elements if "id" in attrs}
        if fragment and fragment not in anchors[path]:
            lost.append(address)
    assert lost == []
    assert {path for path in anchors if path.startswith("/about/")} == {"/about/"}


@pytest.mark.django_db
@pytest.mark.usefixtures("fixtures_loaded")
def test_every_word_of_the_registry_has_its_place(client):
    ids = {attrs["id"] for _tag, attrs in read(client, "/about/").elements if "id" in attrs}
    expected = {
        *(f"role-{role}" for role in PartnerRole.values),
        *(f"modality-{modality}" for modality in Project.Modality.values),
        *(f"scope-{scope}" for scope in Scope.values),
        *(f"instrument-{each.code}" for each in Instrument.objects.all()),
        *(f"theme-{each.code}" for each in Theme.objects.all()),
        "themes",
    }
    assert expected <= ids


def row(html, anchor):
    """The text of the line of the glossary at an anchor."""
    start = html.index(f'id="{anchor}"')
    return Page(html[start - 5 : html.index("</tr>", start)]).text


@pytest.mark.parametrize(
    ("anchor", "words"),
    [
        ("role-pivotal", "first provider pivotal partner organisation role 3, Extending"),
        ("role-facilitating", "second provider facilitating partner organisation role 1, Funding"),
        ("role-beneficiary", "recipient beneficiary partner organisation role 2, Accountable"),
        ("role-implementing", "– – organisation role 4, Implementing"),
        ("modality-bilateral", "Bilateral South-South Cooperation – collaboration type 1, Bilateral"),
        ("modality-triangular", "triangular co-operation collaboration type 8, Bilateral, triangular co-operation"),
        ("modality-regional", "Regional South-South Cooperation – –"),
    ],
)
@pytest.mark.django_db
def test_word_stands_beside_those_of_segib_the_oecd_and_iati(client, anchor, words):
    assert row(client.get("/about/").content.decode(), anchor).endswith(words)


@pytest.mark.django_db
def test_triangular_is_called_trilateral_as_well(client):
    assert "trilateral" in row(client.get("/about/").content.decode(), "modality-triangular")


@pytest.mark.django_db
def test_every_word_leads_to_the_list_of_its_projects(client):
    links = read(client, "/about/").links
    assert {"/projects/?role=pivotal", "/projects/?modality=triangular", "/projects/?scope=interregional"} <= set(links)


@needs_standard
@pytest.mark.parametrize(
    ("names", "codelist"), [(ORGANISATION_ROLES, "OrganisationRole"), (COLLABORATION_TYPES, "CollaborationType")]
)
def test_names_of_iati_codes_are_the_official_ones(names, codelist):
    [path] = STANDARD.glob(f"codelists-*/xml/{codelist}.xml")
    official = {
        each.findtext("code"): each.findtext("name/narrative") for each in etree.parse(path).iter("codelist-item")
    }
    assert names == {code: official[code] for code in names}
