"""What the pages tell search engines they are about."""

import json

import pytest
from django.utils import timezone

from cooperation.models import (
    PUBLIC_RECORDS,
    Agency,
    Country,
    Forum,
    Fund,
    Lesson,
    Milestone,
    Participation,
    Project,
    Record,
    Source,
)
from tests import builders
from tests.crawl import read
from tests.records import cite, make_record

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
TYPES = {
    Project: "Project",
    Agency: "Organization",
    Forum: "Organization",
    Fund: "FundingScheme",
    Country: "Country",
    Milestone: "Event",
    Lesson: "Article",
    Source: "CreativeWork",
}

every_record_type = pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)
every_publishable_type = pytest.mark.parametrize(
    "model", [model for model in PUBLIC_RECORDS if issubclass(model, Record)], ids=lambda model: model._meta.model_name
)


def about(client, record):
    return read(client, record.get_absolute_url()).about


def values_in(content):
    """Every value in a structure of dicts and lists."""
    inner = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return [content, *(value for each in inner for value in values_in(each))]


@every_record_type
def test_page_says_what_it_is_about_and_under_which_licence(client, model):
    record = make_record(model)
    said, address = about(client, record), f"{SITE}{record.get_absolute_url()}"
    assert (said["@context"], said["@type"], said["@id"]) == ("https://schema.org", TYPES[model], f"{address}#record")
    assert said["name"] == (getattr(record, "title", "") or record.name)
    page = said["mainEntityOfPage"]
    assert (page["@type"], page["@id"], page["isPartOf"]) == ("WebPage", address, {"@id": f"{SITE}/"})
    assert page["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert page.get("dateModified") == (f"{timezone.now():%Y-%m-%d}" if issubclass(model, Record) else None)
    assert [value for value in values_in(said) if value in (None, "", [], {})] == []


@pytest.mark.parametrize("model", [model for model in PUBLIC_RECORDS if model is not Source])
def test_first_ten_sources_are_named_in_the_order_of_the_page(client, model):
    record = make_record(model, parts=0)
    record.citations.all().delete()
    sources = [builders.make_source(f"Report {number}") for number in range(12)]
    for source in sources:
        cite(record, "further", source, f"Statement of {source.title}")
    named = [{"@type": "CreativeWork", "url": source.url} for source in sources[:10]]
    assert about(client, record)["mainEntityOfPage"]["citation"] == named


@every_publishable_type
def test_no_text_ends_the_block_or_begins_a_script(client, model):
    name = "title" if hasattr(model, "title") else "name"
    record = make_record(model)
    texts = ["</script><script>alert(1)</script>", "<!-- <script> -->", "A\N{LINE SEPARATOR}B & “C” \\u003c \"D\" 'E'"]
    for text in texts:
        setattr(record, name, text)
        record.save()
        page = read(client, record.get_absolute_url())
        assert page.running_scripts == []
        assert page.about["name"] == text
        html = client.get(record.get_absolute_url()).content.decode()
        block = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
        assert [sign for sign in "<>&\N{LINE SEPARATOR}" if sign in block] == []


def test_project_names_its_countries_bodies_and_dates_as_far_as_known(client):
    tica = builders.make_agency(slug="tica")
    project = builders.make_project(
        official_id="SME 01 2018",
        start="2019",
        end="2021-03",
        summary="Two study visits.",
        partners=[("pivotal", "THA"), ("beneficiary", "COL")],
        themes=["Digital trade"],
    )
    for role in ("implementing", "pivotal"):
        Participation.objects.create(project=project, role=role, agency=tica, country=builders.make_country("THA"))
    Participation.objects.create(project=project, role="funding", organisation="OPEC Fund")
    said = about(client, project)
    assert (said["identifier"], said["foundingDate"], said["dissolutionDate"]) == ("SME 01 2018", "2019", "2021-03")
    assert (said["description"], said["keywords"]) == ("Two study visits.", ["Digital trade"])
    assert [each["name"] for each in said["location"]] == ["Thailand", "Colombia"]
    assert said["member"] == [{"@type": "Organization", "name": "Thailand International Cooperation Agency"}]
    assert said["funder"] == [{"@type": "Organization", "name": "OPEC Fund"}]


def test_agency_names_its_seat_its_other_names_and_the_body_above_it(client):
    agency = builders.make_agency(
        acronym="TICA",
        native_name="สำนักงานความร่วมมือ",
        headquarters="Bangkok",
        parent_name="Ministry of Foreign Affairs",
        established="2004-10",
        website="https://tica-thaigov.mfa.go.th/",
        iati_id="TH-GOV-TICA",
    )
    said = about(client, agency)
    assert said["alternateName"] == ["TICA", "สำนักงานความร่วมมือ"]
    assert said["location"]["address"] == {
        "@type": "PostalAddress",
        "addressLocality": "Bangkok",
        "addressCountry": "TH",
    }
    assert said["parentOrganization"] == {"@type": "Organization", "name": "Ministry of Foreign Affairs"}
    assert (said["foundingDate"], said["identifier"]) == ("2004-10", "TH-GOV-TICA")
    assert said["sameAs"] == "https://tica-thaigov.mfa.go.th/"


def test_milestone_is_an_event_with_its_days_and_its_place(client):
    bandung = builders.make_milestone(end="1955-04-24", city="Bandung", country=builders.make_country("IDN"))
    said = about(client, bandung)
    assert (said["startDate"], said["endDate"]) == ("1955-04-18", "1955-04-24")
    assert said["location"]["address"] == {
        "@type": "PostalAddress",
        "addressLocality": "Bandung",
        "addressCountry": "ID",
    }


def test_source_is_the_work_at_its_own_address(client):
    source = builders.make_source(published="2016-03", archived_url="https://web.archive.org/web/2016/x")
    cite(builders.make_forum(), "name", source)
    said = about(client, source)
    assert (said["url"], said["datePublished"]) == (source.url, "2016-03")
    assert (said["archivedAt"], said["publisher"]["name"]) == ("https://web.archive.org/web/2016/x", "ESCAP")
    assert said["mainEntityOfPage"]["@id"] == f"{SITE}{source.get_absolute_url()}"


def test_records_that_are_not_public_are_not_named(client):
    draft = {"publication_status": "draft"}
    agency = builders.make_agency("Zanzibarine agency", country=None, **draft)
    forum = builders.make_forum("Zanzibarine forum", **draft)
    project, fund, milestone = builders.make_project(), builders.make_fund(forum=forum), builders.make_milestone()
    child = builders.make_agency(parent=agency)
    Participation.objects.create(project=project, role="provider", agency=agency)
    Participation.objects.create(project=project, role="funding", agency=agency, country=builders.make_country("THA"))
    milestone.forum = forum
    milestone.save()
    for record in (project, fund, milestone, child):
        said = about(client, record)
        assert "Zanzibarine" not in json.dumps(said), record
        assert said.keys() & {"member", "funder", "parentOrganization", "organizer"} == set(), record


@pytest.mark.slow
def test_home_page_says_how_to_search(client):
    cite(builders.make_forum(acronym="FEALAC"), "name", builders.make_source())
    said = read(client, "/").about
    assert (said["@type"], said["@id"], said["name"]) == ("WebSite", f"{SITE}/", "South-South Cooperation Portal")
    search = said["potentialAction"]
    assert (search["@type"], search["query-input"]) == ("SearchAction", "required name=words")
    found = read(client, search["target"]["urlTemplate"].removeprefix(SITE).replace("{words}", "FEALAC"))
    assert "Forum for East Asia-Latin America Cooperation" in found.text


def test_page_of_the_data_has_what_search_engines_for_data_ask_for(client):
    builders.make_project()
    page = read(client, "/data/")
    said = page.about
    assert (said["@type"], said["name"], said["url"]) == ("Dataset", "the whole registry", f"{SITE}/data/")
    assert (said["license"][:28], said["isPartOf"]) == ("https://creativecommons.org/", {"@id": f"{SITE}/"})
    given = [(each["encodingFormat"], each["contentUrl"]) for each in said["distribution"]]
    assert ("text/csv", f"{SITE}/projects.csv") in given
    assert [url for _media_type, url in given if url.removeprefix(SITE) not in page.links] == []
