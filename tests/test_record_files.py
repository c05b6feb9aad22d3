"""One record in other formats: what each file says, whatever record type it is."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import bibtexparser
import pytest
import rispy
from django.urls import reverse

from cooperation.exports.files import record_formats
from cooperation.models import PUBLIC_RECORDS, Country, Forum, Project, Record, Source
from tests import builders
from tests.crawl import read
from tests.kept_pages import set_version
from tests.records import list_url, make_record

pytestmark = pytest.mark.django_db

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()

every_record_type = pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)
every_publishable_type = pytest.mark.parametrize(
    "model", [model for model in PUBLIC_RECORDS if issubclass(model, Record)], ids=lambda model: model._meta.model_name
)

HOSTILE_TITLES = [
    'The "South-South" fund {phase 2',
    "Phase 2} of the fund",
    "R&D: 100 % of $5 for #1 in north_east ~ ^ \\textbf{all}\\",
    "Training\r\nER  - \r\nTY  - JOUR\nTI  - Another",
    "Paragraph\N{PARAGRAPH SEPARATOR}separator\x85and\x07bell",
    "</script><script>alert(1)</script>",
    "สำนักงานความร่วมมือเพื่อการพัฒนาระหว่างประเทศ",
    "التعاون فيما بين بلدان الجنوب",
    "@misc{another, title = {Another}}",
    "Ministry of Agriculture and Fisheries, Tonga",
    "A" * 290,
]
# As LaTeX prints them.
SIGNS = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    **{f"\\{sign}": sign for sign in "&%$#_"},
}


def file_of(record, suffix):
    return reverse(f"{record._meta.model_name}_detail_{suffix}", args=[record.public_id])


def suffixes_of(model):
    return [each.suffix for each in record_formats(model)]


def printed(text):
    """A field of BibTeX as LaTeX prints it, without the braces that keep its capitals."""
    text, done = text.removeprefix("{").removesuffix("}"), ""
    while text:
        command = next((each for each in SIGNS if text.startswith(each)), text[0])
        assert command not in SIGNS.values(), text
        done, text = done + SIGNS.get(command, command), text[len(command) :]
    return done


def bibtex_entry(client, record):
    """The one entry of the file, as `{field: text}` with its key."""
    library = bibtexparser.parse_string(client.get(file_of(record, "bib")).content.decode())
    assert library.failed_blocks == []
    (entry,) = library.blocks
    assert entry.entry_type == "misc"
    return {"key": entry.key, **{field.key: field.value for field in entry.fields}}


def ris_reference(client, record):
    text = client.get(file_of(record, "ris")).content.decode()
    lines = text.removesuffix("\r\n").split("\r\n")
    assert [line for line in lines if line[2:6] != "  - " or len(line.splitlines()) != 1] == []
    (reference,) = rispy.loads(text)
    return reference


def on_one_line(text):
    return " ".join(text.replace("\x07", "").split())


@every_record_type
def test_every_format_is_given_under_the_address_of_the_page_with_a_suffix(client, model):
    record = make_record(model)
    for each in record_formats(model):
        address = file_of(record, each.suffix)
        assert address == record.get_absolute_url().removesuffix("/") + f".{each.suffix}"
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, f"{each.media_type}; charset=utf-8")
        assert answer["Access-Control-Allow-Origin"] == "*"
        page = f"http://testserver{record.get_absolute_url()}"
        assert answer["Link"] == f'<{LICENCE}>; rel="license", <{page}>; rel="alternate"; type="text/html"'
    assert suffixes_of(model) == (["json", "xml", "bib", "ris"] if model is Project else ["json", "bib", "ris"])


@every_record_type
def test_json_is_the_object_of_the_list_and_says_what_the_page_says_of_itself(client, model):
    record = make_record(model)
    listed = client.get(f"{list_url(model).removesuffix('/')}.json").json()
    set_version(NOON)
    whole = client.get(file_of(record, "json")).json()
    said = {name: whole.pop(name) for name in ("as_of", "licence", "citation")}
    assert whole == next(each for each in listed["results"] if each["id"] == record.public_id)
    assert said == {
        "as_of": "2026-11-24T12:00:00Z",
        "licence": LICENCE,
        "citation": f"South-South Cooperation Portal, “{record}”, as of 24 November 2026, "
        f"http://testserver{record.get_absolute_url()}, CC BY 4.0",
    }


def test_iati_file_holds_the_one_activity_of_the_project(client):
    make_record(Project)
    project = make_record(Project, 1)
    root = ElementTree.fromstring(client.get(file_of(project, "xml")).content)  # noqa: S314 (we wrote it)
    assert [each.text for each in root.iter("iati-identifier")] == ["XE-EXAMPLE-SSCPORTAL-project-number-1"]


def test_only_a_project_is_an_activity(client):
    forum = make_record(Forum)
    assert client.get(forum.get_absolute_url().removesuffix("/") + ".xml").status_code == 404


@every_publishable_type
@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_unpublished_record_is_in_no_file(client, model, status):
    record = make_record(model, publication_status=status)
    answers = {suffix: client.get(file_of(record, suffix)).status_code for suffix in suffixes_of(model)}
    assert set(answers.values()) == {410 if status == "withdrawn" else 404}, answers


def test_source_of_a_draft_alone_is_in_no_file(client):
    draft = builders.make_project(publication_status="draft")
    source = builders.make_source("Concept note")
    draft.citations.create(fact="title", source=source)
    assert {client.get(file_of(source, suffix)).status_code for suffix in suffixes_of(Source)} == {404}


@every_publishable_type
def test_changed_slug_leads_to_the_same_file_at_the_present_address(client, model):
    record = make_record(model)
    former = {suffix: file_of(record, suffix) for suffix in suffixes_of(model)}
    for slug in ("second-address", "third-address"):
        record.slug = slug
        record.save()
    for suffix, address in former.items():
        second = reverse(f"{model._meta.model_name}_detail_{suffix}", args=["second-address"])
        for each in (address, second):
            answer = client.get(each)
            assert (answer.status_code, answer["Location"]) == (301, file_of(record, suffix))
    record.publication_status = "withdrawn"
    record.save()
    assert {client.get(address).status_code for address in former.values()} == {410}


def test_code_of_a_country_in_small_letters_leads_to_that_in_capitals(client):
    builders.make_country("THA")
    for suffix in suffixes_of(Country):
        answer = client.get(f"/countries/tha.{suffix}")
        assert (answer.status_code, answer["Location"]) == (301, f"/countries/THA.{suffix}")
        assert client.get(f"/countries/xxx.{suffix}").status_code == 404


def test_file_is_kept_until_a_record_changes(client):
    project = builders.make_project("Rice seeds")
    first = client.get("/projects/rice-seeds.bib")
    unchanged = client.get("/projects/rice-seeds.bib", headers={"If-None-Match": first["ETag"]})
    project.title = "Maize seeds"
    project.save()
    changed = client.get("/projects/rice-seeds.bib", headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, changed.status_code) == (304, 200)
    assert "Maize seeds" in changed.content.decode()


# To be cited


@pytest.mark.parametrize("model", [model for model in PUBLIC_RECORDS if model is not Source])
def test_reference_managers_learn_who_says_what_as_of_when(client, model):
    record = make_record(model)
    set_version(NOON)
    address = f"http://testserver{record.get_absolute_url()}"
    note = f"As of 24 November 2026. Licence: CC BY 4.0, {LICENCE}"
    assert bibtex_entry(client, record) == {
        "key": f"sscportal-{model._meta.model_name}-{record.public_id}",
        "author": "{South-South Cooperation Portal}",
        "title": f"{{{record}}}",
        "year": "2026",
        "url": address,
        "urldate": "2026-11-24",
        "note": note,
    }
    assert ris_reference(client, record) == {
        "type_of_reference": "DATA",
        "title": str(record),
        "authors": ["South-South Cooperation Portal"],
        "year": "2026",
        "date": "2026/11/24/",
        "access_date": "2026/11/24/",
        "urls": [address],
        "publisher": "South-South Cooperation Portal",
        "notes": [note],
    }


@pytest.mark.slow
@every_record_type
@pytest.mark.parametrize("title", HOSTILE_TITLES, ids=lambda title: ascii(title[:12]))
def test_hostile_title_is_one_value_of_one_reference(client, model, title):
    record = make_record(model)
    name = "title" if hasattr(record, "title") else "name"
    title = title[: model._meta.get_field(name).max_length]
    # Past the forms, which would refuse some of it: an import or another program may write it.
    model.objects.filter(pk=record.pk).update(**{name: title})
    assert printed(bibtex_entry(client, record)["title"]) == on_one_line(title)
    assert ris_reference(client, record)["title"] == on_one_line(title)
    assert client.get(file_of(record, "json")).json()[name] == title


def test_source_is_cited_as_the_work_that_it_is(client):
    forum = builders.make_forum()
    source = builders.make_source(
        "Annual report", publisher="R&D Agency", url="https://example.org/a_b?x={1}&y=%20#z", published="2016-03"
    )
    forum.citations.create(fact="name", source=source)
    listed = "Listed in the South-South Cooperation Portal: http://testserver/sources/annual-report/"
    assert bibtex_entry(client, source) == {
        "key": "sscportal-source-annual-report",
        "author": r"{R\&D Agency}",
        "title": "{Annual report}",
        "year": "2016",
        "url": "https://example.org/a_b?x=%7B1%7D&y=%20#z",
        "urldate": "2026-11-24",
        "note": listed,
    }
    assert ris_reference(client, source) == {
        "type_of_reference": "ELEC",
        "title": "Annual report",
        "authors": ["R&D Agency"],
        "year": "2016",
        "date": "2016/03//",
        "access_date": "2026/11/24/",
        "urls": ["https://example.org/a_b?x={1}&y=%20#z"],
        "publisher": "R&D Agency",
        "notes": [listed],
    }
    text = read(client, "/sources/annual-report/").text
    assert (
        "Cite as R&D Agency, “Annual report”, March 2016, https://example.org/a_b?x={1}&y=%20#z, "
        "read on 24 November 2026" in text
    )


def test_what_is_not_known_of_a_source_is_not_made_up(client):
    source = builders.make_source("Undated page", retrieved=None)
    builders.make_forum().citations.create(fact="name", source=source)
    assert bibtex_entry(client, source).keys() == {"key", "author", "title", "url", "note"}
    assert ris_reference(client, source).keys() & {"year", "date", "access_date"} == set()
    assert (
        "Cite as ESCAP, “Undated page”, https://www.unescap.org/undated-page Take"
        in read(client, "/sources/undated-page/").text
    )


@every_record_type
def test_page_offers_every_file_and_says_how_to_cite_it(client, model):
    record = make_record(model)
    page = read(client, record.get_absolute_url())
    assert [link for link in page.links if link in {file_of(record, each) for each in suffixes_of(model)}] == [
        file_of(record, each) for each in suffixes_of(model)
    ]
    assert "Take it away JSON" in page.text
    if model is not Source:
        assert f"Cite as {client.get(file_of(record, 'json')).json()['citation']}" in page.text
