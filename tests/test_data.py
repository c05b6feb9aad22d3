"""The page about the data, the data dictionary, and the files that were published."""

import csv
import gzip
import hashlib
import io
import json
import shlex
import shutil
import subprocess

import pytest
from django.core.management import call_command
from django.template.defaultfilters import filesizeformat
from django.test import Client, RequestFactory
from django.urls import reverse

from cooperation.exports.columns import TABLES
from cooperation.exports.dictionary import WRITTEN_AS
from cooperation.exports.event_table import EventColumns
from cooperation.exports.flow_table import FlowColumns
from cooperation.exports.publication import read_publication
from cooperation.models import Meeting, Participation, Project
from cooperation.views.data import published_file
from tests import builders
from tests.crawl import Page, read
from tests.files import content, csv_rows
from tests.records import make_one_of_each

SITE = "https://portal.example.org"
CURL = shutil.which("curl")


@pytest.fixture
def published():
    """What was published of a registry with one record of each type."""
    make_one_of_each()
    call_command("publish_data", "--site", SITE, stdout=io.StringIO())
    return read_publication()


def words(client):
    return read(client, "/data/").text


def size_of(file):
    """The size as a page prints it, with a plain space."""
    return " ".join(filesizeformat(file.bytes).split())


@pytest.mark.django_db
def test_page_before_the_first_publication_says_so_and_offers_no_file(client):
    builders.make_project()
    page = read(client, "/data/")
    assert "The whole registry has not been published as one file yet." in page.text
    assert [link for link in page.links if link.startswith("/data/") and "dictionary" not in link] == ["/data/"]


@pytest.mark.django_db
def test_page_offers_the_zip_with_its_size_its_checksum_and_its_date(client, published):
    page = read(client, "/data/")
    assert f"one zip, {size_of(published.archive)}, as of {published.made:%-d %B %Y}" in page.text
    assert f"As of {published.made:%-d %B %Y, %H:%M} UTC" in page.text
    assert f"Checksum (SHA-256) {published.archive.sha256}" in page.text
    assert {"/data/sscportal-data.zip", "/data/sscportal-data.zip.sha256", "/data/index.json"} <= set(page.links)
    assert f"names the {len(published.files)} files" in page.text


@pytest.mark.slow
@pytest.mark.django_db
def test_page_shows_a_new_publication_at_once_although_it_is_kept(client):
    builders.make_project()
    before = client.get("/data/")
    assert "has not been published" in before.content.decode()
    call_command("publish_data", "--site", SITE, stdout=io.StringIO())
    after = client.get("/data/", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "sscportal-data.zip" in after.content.decode()
    assert client.get("/data/", headers={"If-None-Match": after["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_page_counts_records_and_rows_as_the_files_have_them(client):
    forum = builders.make_forum(members=["THA", "FJI"])
    Meeting.objects.create(forum=forum, edition="1st Meeting", date="2001", country=builders.make_country("CHL"))
    builders.make_project(partners=[("pivotal", "THA"), ("beneficiary", "COL")])
    builders.make_project("Rice seeds", publication_status="draft", partners=[("provider", "THA")])
    text = words(client)
    assert "Projects 1 CSV, Excel, JSON, IATI XML, Atom feed Partners of projects 2 rows" in text
    assert "Members of forums 2 rows Roles in forums 0 rows Meetings of forums 1 row Citations 0 rows" in text
    for name, rows in (("projects.partners", 2), ("forums.members", 2), ("forums.meetings", 1)):
        assert len(csv_rows(client, f"/{name}.csv")) == rows


@pytest.mark.django_db
def test_page_leads_to_every_list_in_every_format_and_to_every_part(client):
    page = read(client, "/data/")
    parts = {
        reverse(f"{model._meta.model_name}_{part.name}_csv") for model, table in TABLES.items() for part in table.parts
    }
    lists = {
        reverse(f"{model._meta.model_name}_list_{suffix}")
        for model in TABLES
        for suffix in ("csv", "xlsx", "json", "atom")
    }
    assert parts | lists | {"/projects.xml"} <= set(page.links)


@pytest.mark.django_db
def test_sizes_are_those_of_whole_files_only(client, published):
    text = words(client)
    assert f"CSV {size_of(published.files['projects.csv'])}, Excel" in text
    assert "JSON, IATI XML" in text


@pytest.mark.parametrize(("publisher", "is_provisional"), [("XE-EXAMPLE-SSCPORTAL", True), ("XM-DAC-41122", False)])
@pytest.mark.django_db
def test_publisher_is_called_provisional_until_it_is_registered(client, settings, publisher, is_provisional):
    settings.IATI_ORGANISATION_ID = publisher
    text = words(client)
    assert f"Publisher {publisher}" in text
    assert ("This id is provisional" in text) is is_provisional


@pytest.mark.django_db
def test_page_says_how_to_cite_the_licence_and_how_to_read_formulas(client):
    text = words(client)
    assert "http://testserver/data/, CC BY 4.0" in text
    assert "Creative Commons Attribution 4.0 (CC BY 4.0)" in text
    assert "'=1+1 is =1+1" in text


@pytest.mark.django_db
def test_published_file_comes_whole_with_its_digest_as_etag(client, published):
    for name, file in published.files.items():
        answer = client.get(f"/data/{name}", headers={"Accept-Encoding": "gzip"})
        body = b"".join(answer.streaming_content)
        assert (answer.status_code, answer["ETag"]) == (200, f'"{file.sha256}"'), name
        assert hashlib.sha256(body).hexdigest() == file.sha256
        assert answer["Content-Length"] == str(len(body))
        assert "Content-Encoding" not in answer
        assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.django_db
def test_copy_that_is_still_good_is_not_sent_again(client, published):
    etag = f'"{published.archive.sha256}"'
    answer = client.get("/data/sscportal-data.zip", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
    stale = client.get("/data/sscportal-data.zip", headers={"If-None-Match": '"another"'})
    assert stale.status_code == 200
    stale.close()


@pytest.mark.django_db
def test_head_of_a_file_says_how_large_it_is_and_reads_nothing(published):
    # The client of tests would leave the content out by itself.
    answer = published_file(RequestFactory().head("/data/sscportal-data.zip"), "sscportal-data.zip")
    assert (answer.status_code, b"".join(answer)) == (200, b"")
    assert answer["Content-Length"] == str(published.archive.bytes)
    answer.close()


@pytest.mark.parametrize(
    ("name", "content_type", "disposition"),
    [
        ("sscportal-data.zip", "application/zip", 'attachment; filename="sscportal-data.zip"'),
        ("projects.csv", "text/csv; charset=utf-8", 'attachment; filename="projects.csv"'),
        ("projects.xml", "application/xml; charset=utf-8", 'attachment; filename="projects.xml"'),
        ("README.txt", "text/plain; charset=utf-8", 'inline; filename="README.txt"'),
        ("index.json", "application/json", 'inline; filename="index.json"'),
    ],
)
@pytest.mark.django_db
@pytest.mark.usefixtures("published")
def test_file_says_what_it_is(client, name, content_type, disposition):
    answer = client.get(f"/data/{name}")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (content_type, disposition)
    answer.close()


@pytest.mark.parametrize(
    "name",
    [
        "lock",
        "current",
        "nothing.csv",
        "PROJECTS.CSV",
        "..%2Fsecret_key",
        "%2e%2e/%2e%2e/manage.py",
        "../secret_key",
        "current/projects.csv",
        "projects.csv%00",
        "%2Fetc%2Fpasswd",
        ".",
    ],
)
@pytest.mark.django_db
@pytest.mark.usefixtures("published")
def test_only_names_of_the_index_lead_to_files(client, name):
    assert client.get(f"/data/{name}").status_code == 404


@pytest.mark.django_db
def test_there_is_no_file_before_the_first_publication(client):
    assert client.get("/data/sscportal-data.zip").status_code == 404


def commands_on(page):
    return [text for text in page.texts_of("code", "address") if text.startswith("curl ")]


@pytest.mark.slow
@pytest.mark.skipif(CURL is None, reason="curl is not installed")
@pytest.mark.django_db(transaction=True)
def test_every_example_works_as_pasted(client, live_server):
    thailand, forum = builders.make_country("THA"), builders.make_forum(acronym="FEALAC", members=["THA", "CHL"])
    builders.make_project(partners=[("pivotal", "THA"), ("beneficiary", "COL")])
    builders.make_project("Coral reefs of Tonga", partners=[("beneficiary", "TON")])
    builders.make_project("Rice seeds for Fiji", partners=[("beneficiary", "FJI")])
    Participation.objects.create(
        project=Project.objects.get(slug="rice-seeds-for-fiji"), role="provider", country=thailand
    )
    withdrawn = builders.make_project("Mango trees", partners=[("pivotal", "THA"), ("beneficiary", "FJI")])
    withdrawn.publication_status = "withdrawn"
    withdrawn.save()
    page = client.get("/data/", headers={"Host": live_server.url.removeprefix("http://")})
    # The page names the host that it was asked from.
    commands = commands_on(Page(page.content.decode()))
    island, pivotal, changed, members, found, refused = (run(command) for command in commands)
    assert {each["title"] for each in json.loads(island)["results"]} == {"Coral reefs of Tonga", "Rice seeds for Fiji"}
    assert [row["title"] for row in as_rows(pivotal)] == ["Thai-Colombian exchange on digital trade"]
    assert [each["id"] for each in json.loads(changed)["withdrawn"]] == ["mango-trees"]
    assert json.loads(changed)["count"] == 3
    assert [(row["forum"], row["country"]) for row in as_rows(members)] == [(forum.slug, "THA"), (forum.slug, "CHL")]
    assert json.loads(found)["best"]["url"] == f"/forums/{forum.slug}/"
    problem = json.loads(refused)
    assert (problem["status"], problem["errors"][0]["given"]) == (400, ["Atlantis"])
    assert {"value": "THA", "label": "Thailand"} in problem["errors"][0]["allowed"]


def run(command):
    program, *arguments = shlex.split(command)
    assert program == "curl"
    result = subprocess.run([CURL, "--silent", "--show-error", *arguments], capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr
    return result.stdout


def as_rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.django_db
def test_dictionary_has_every_column_of_every_table_once(client):
    page = read(client, "/data/dictionary/")
    whole = (*TABLES.values(), EventColumns, FlowColumns)
    columns = [column.name for table in whole for part in (table, *table.parts) for column in part.columns]
    rows = as_rows(content(client, "/data/dictionary.csv").decode())
    tables = client.get("/data/dictionary.json").json()["tables"]
    assert [row["column"] for row in rows] == columns
    assert [each["column"] for table in tables for each in table["columns"]] == columns
    assert [attrs["scope"] for attrs in page.all("th")].count("row") == len(columns) + len(WRITTEN_AS)


@pytest.mark.slow
@pytest.mark.django_db
def test_dictionary_names_the_columns_of_the_files(client):
    make_one_of_each()
    tables = client.get("/data/dictionary.json").json()["tables"]
    for table in tables:
        header = content(client, f"/{table['table']}.csv").decode().partition("\r\n")[0]
        assert header.split(",") == [each["column"] for each in table["columns"]], table["table"]


@pytest.mark.django_db
def test_dictionary_says_which_codes_may_stand_in_a_column_and_where_ids_lead(client):
    builders.make_theme("Digital trade")
    rows = {(row["table"], row["column"]): row for row in as_rows(content(client, "/data/dictionary.csv").decode())}
    assert rows["projects", "modality"]["codes"].startswith("bilateral = Bilateral; triangular = Triangular")
    assert rows["projects", "themes"]["codes"] == "digital-trade = Digital trade"
    assert rows["projects.partners", "agency"]["refers_to"] == "agencies"
    assert rows["projects", "start"]["type"] == "date as far as known"


@pytest.mark.django_db
def test_every_column_has_a_label_and_a_meaning(client):
    tables = client.get("/data/dictionary.json").json()["tables"]
    assert [each for table in tables for each in table["columns"] if not (each["label"] and each["meaning"])] == []


@pytest.mark.django_db
def test_values_are_written_as_the_dictionary_says(client):
    builders.make_theme("Digital trade")
    types = {each["type"]: each for each in client.get("/data/dictionary.json").json()["types"]}
    project = builders.make_project(
        "Digital trade", modality="triangular", budget_amount="275525.50", budget_currency="USD", start="2019-03"
    )
    for country in ("FJI", "TON"):
        Participation.objects.create(project=project, role="beneficiary", country=builders.make_country(country))
    line = content(client, "/projects.csv").decode().partition("\r\n")[2]
    live = client.get("/projects.json").content.decode()
    for kind in ("text", "code", "amount", "list"):
        assert types[kind]["csv"] in line, kind
        assert types[kind]["json"] in live, kind
    assert "2019-03" in types["partial_date"]["csv"]
    assert ",2019-03," in line


@pytest.mark.parametrize(
    "address", ["/data/", "/data/dictionary.json", "/openapi.json", "/projects.json", "/search.json"]
)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
@pytest.mark.django_db
def test_what_can_only_be_read_says_so_to_every_other_method(address, method):
    answer = getattr(Client(enforce_csrf_checks=True), method)(address)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.django_db
def test_footer_of_every_page_leads_to_the_data(client):
    assert "/data/" in read(client, "/lessons/").links


@pytest.mark.django_db
def test_pages_about_the_data_fit_a_slow_line(client):
    for address in ("/data/", "/data/dictionary/"):
        assert len(gzip.compress(client.get(address).content)) < 14_000
