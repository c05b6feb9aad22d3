"""`manage.py publish_data`: what it writes, and what it leaves alone."""

import fcntl
import hashlib
import io
import json
import resource
import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from cooperation import changes
from cooperation.exports import whole_registry
from cooperation.exports.publication import read_publication
from cooperation.models import PUBLIC_RECORDS, Record
from tests import builders
from tests.files import csv_rows, json_pages
from tests.iati_standard import faults
from tests.installation import Installation
from tests.planting import link_to_published, plant
from tests.records import make_one_of_each

SITE = "https://portal.example.org"
PARTS = {
    "projects": ("partners", "documents", "citations"),
    "agencies": ("roles", "citations"),
    "forums": ("members", "roles", "meetings", "citations"),
    "funds": ("managers", "contributors", "citations"),
    "countries": ("citations",),
    "milestones": ("citations",),
    "lessons": ("claims", "evidence", "citations"),
    "sources": (),
}
LISTS = [f"{name}.{suffix}" for name in PARTS for suffix in ("csv", "json", "xlsx")] + ["projects.xml"]
TABLES = [f"{name}.csv" for name in PARTS] + [f"{name}.{part}.csv" for name, parts in PARTS.items() for part in parts]
ALL = {
    *LISTS,
    *TABLES,
    "data-dictionary.csv",
    "data-dictionary.json",
    "README.txt",
    "LICENCE.txt",
    "sscportal-data.zip",
    "sscportal-data.zip.sha256",
    "index.json",
}


def publish(*arguments):
    """What was published, and what the command said."""
    said = io.StringIO()
    call_command("publish_data", "--site", SITE, *arguments, stdout=said)
    return read_publication(), said.getvalue()


def read(publication, name):
    return (publication.folder / name).read_bytes()


def rows_of(publication, name):
    """The rows of a published CSV file, as the files of a live list are read."""
    return csv_rows(Publisher(publication), name)


class Publisher:
    """Gives published files as a test client gives answers."""

    def __init__(self, publication):
        self.publication = publication

    def get(self, name, headers=()):
        content = read(self.publication, name)
        return type("Answer", (), {"status_code": 200, "streaming": False, "content": content})


@pytest.mark.slow
@pytest.mark.django_db
def test_every_list_and_what_belongs_to_it_is_published_in_every_format():
    make_one_of_each()
    publication, _said = publish()
    assert set(publication.files) == ALL
    assert {path.name for path in publication.folder.iterdir()} == ALL


@pytest.mark.slow
@pytest.mark.django_db
def test_index_says_of_every_file_its_rows_its_bytes_and_its_digest():
    make_one_of_each()
    publication, _said = publish()
    index = json.loads(read(publication, "index.json"))
    for file in index["files"]:
        content = read(publication, file["name"])
        assert file["bytes"] == len(content)
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["url"] == f"{SITE}/data/{file['name']}"
    rows = {file["name"]: file["rows"] for file in index["files"]}
    assert {name: rows[name] for name in TABLES} == {name: len(rows_of(publication, name)) for name in TABLES}
    records = {name: len(json.loads(read(publication, f"{name}.json"))["results"]) for name in PARTS}
    assert {name: rows[f"{name}.{suffix}"] for name in PARTS for suffix in ("json", "xlsx")} == records
    assert rows["projects.partners.csv"] == 1
    assert rows["README.txt"] is None


@pytest.mark.slow
@pytest.mark.django_db
def test_zip_holds_all_files_as_they_are_and_of_the_time_of_the_data():
    make_one_of_each()
    publication, _said = publish()
    made = datetime.fromtimestamp(changes.current() // 1_000_000, UTC)
    assert publication.made == made
    with ZipFile(publication.folder / "sscportal-data.zip") as archive:
        assert archive.testzip() is None
        outside = {"sscportal-data.zip", "sscportal-data.zip.sha256", "index.json"}
        assert {each.removeprefix("sscportal-data/") for each in archive.namelist()} == ALL - outside
        for each in archive.infolist():
            assert archive.read(each) == read(publication, each.filename.removeprefix("sscportal-data/"))
            # A zip counts in steps of two seconds.
            assert each.date_time == (*made.timetuple()[:5], made.second // 2 * 2)


@pytest.mark.slow
@pytest.mark.django_db
def test_checksum_is_as_sha256sum_checks_it():
    make_one_of_each()
    publication, _said = publish()
    digest = hashlib.sha256(read(publication, "sscportal-data.zip")).hexdigest()
    assert read(publication, "sscportal-data.zip.sha256").decode() == f"{digest}  sscportal-data.zip\n"


@pytest.mark.slow
@pytest.mark.django_db
def test_same_data_give_the_same_bytes_and_other_data_others():
    project = make_one_of_each()[3]
    first, _said = publish()
    again, _said = publish()
    assert first.files == again.files
    project.title = "Rice seeds for Fiji"
    project.save()
    assert publish()[0].archive.sha256 != first.archive.sha256


@pytest.mark.slow
@pytest.mark.django_db
def test_published_rows_are_those_of_the_live_lists(client):
    make_one_of_each()
    publication, _said = publish()
    for name in ("projects", "projects.partners", "forums.meetings", "lessons.evidence", "countries"):
        live = [
            {key: text.replace("http://testserver", SITE) for key, text in row.items()}
            for row in csv_rows(client, f"/{name}.csv")
        ]
        published = rows_of(publication, f"{name}.csv")
        assert sorted(map(str, published)) == sorted(map(str, live))
    [live] = json_pages(client, "/agencies.json?sort=name")
    text = json.dumps(live["results"], ensure_ascii=False).replace("http://testserver", SITE)
    assert json.loads(read(publication, "agencies.json"))["results"] == json.loads(text)


@pytest.mark.slow
@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
@pytest.mark.parametrize(
    "model", [each for each in PUBLIC_RECORDS if issubclass(each, Record)], ids=lambda model: model._meta.model_name
)
@pytest.mark.django_db
def test_record_that_is_not_published_is_in_no_file(model, status):
    record = plant(model, status, "zanzibarine")
    link_to_published(record)
    publication, _said = publish()
    for name in publication.files:
        content = read(publication, name)
        if name.endswith((".zip", ".xlsx")):
            content = b"".join(members_of(content))
        assert b"zanzibarine" not in content, name
    assert rows_of(publication, "projects.csv")[0]["title"] == f"Project beside the {model._meta.model_name}"
    counted = {name: publication.files[name].rows for name in TABLES}
    assert counted == {name: len(rows_of(publication, name)) for name in TABLES}


def members_of(content):
    """What is in a zip, and in the workbooks in it, which are zips as well."""
    with ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            member = archive.read(name)
            yield from members_of(member) if name.endswith(".xlsx") else [name.encode(), member]


@pytest.mark.slow
@pytest.mark.django_db
def test_iati_file_is_sound_and_none_is_written_without_projects():
    builders.make_agency()
    assert "projects.xml" not in publish()[0].files
    builders.make_project(partners=[("pivotal", "THA"), ("beneficiary", "COL")])
    tree = etree.ElementTree(etree.fromstring(read(publish()[0], "projects.xml")))
    assert faults(tree) == []
    assert tree.xpath("//@linked-data-uri") == [f"{SITE}/projects/thai-colombian-exchange-on-digital-trade/"]


@pytest.mark.slow
@pytest.mark.django_db
def test_list_that_is_too_long_has_no_workbook(monkeypatch):
    monkeypatch.setattr(whole_registry, "MOST_IN_WORKBOOK", 1)
    builders.make_project("Rice seeds")
    builders.make_project("Coral reefs")
    builders.make_forum()
    files = publish()[0].files
    assert ("projects.xlsx" in files, "forums.xlsx" in files, "projects.csv" in files) == (False, True, True)


@pytest.mark.slow
@pytest.mark.django_db
def test_text_that_looks_like_a_formula_comes_back_as_it_was():
    builders.make_project("=1+1", slug="formula")
    publication, _said = publish()
    assert b'"\'=1+1"' in read(publication, "projects.csv")
    assert json.loads(read(publication, "projects.json"))["results"][0]["title"] == "=1+1"
    assert rows_of(publication, "projects.csv")[0]["title"] == "=1+1"


@pytest.mark.slow
@pytest.mark.django_db
def test_texts_beside_the_data_say_what_it_is_how_to_cite_it_and_how_much_there_is():
    builders.make_project()
    publication, _said = publish()
    read_me, licence = (" ".join(read(publication, name).decode().split()) for name in ("README.txt", "LICENCE.txt"))
    day = f"{publication.made:%-d %B %Y}"
    cited = f"South-South Cooperation Portal, “the whole registry”, as of {day}, {SITE}/data/, CC BY 4.0"
    assert cited in read_me
    assert cited in licence
    assert "projects.csv Projects: 1 projects.partners.csv Partners of projects: 0" in read_me
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in licence


@pytest.mark.slow
@pytest.mark.django_db
def test_command_says_what_it_did(settings):
    builders.make_project()
    publication, said = publish()
    made, zip_file = f"{publication.made:%Y-%m-%d %H:%M:%S}", publication.archive
    assert said.splitlines() == [
        f"{len(ALL)} files were published in {settings.DATA_DIR}: the registry as of {made} UTC.",
        f"The addresses in them begin with {SITE} (another one: --site).",
        f"sscportal-data.zip has {zip_file.bytes} bytes and the SHA-256 digest {zip_file.sha256}.",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hosts", "site"),
    [
        (["127.0.0.1", "[::1]", "localhost"], "http://127.0.0.1:8000"),
        (["portal.example.org", "www.example.org"], "https://portal.example.org"),
        (["127.0.0.1", ".example.org"], "https://example.org"),
    ],
)
@pytest.mark.django_db
def test_addresses_in_the_files_begin_with_the_first_name_of_the_portal(settings, hosts, site):
    settings.ALLOWED_HOSTS = hosts
    builders.make_project("Rice seeds")
    call_command("publish_data", stdout=io.StringIO())
    assert rows_of(read_publication(), "projects.csv")[0]["url"] == f"{site}/projects/rice-seeds/"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hosts", "arguments", "warnings"),
    [
        (["localhost"], [], 1),
        (["localhost"], ["--site", "http://127.0.0.1:8000"], 0),
        (["localhost", "portal.example.org"], [], 0),
    ],
)
@pytest.mark.django_db
def test_files_whose_addresses_lead_to_this_computer_are_warned_of_unless_asked_for(
    settings, hosts, arguments, warnings
):
    settings.ALLOWED_HOSTS = hosts
    warned = io.StringIO()
    call_command("publish_data", *arguments, stdout=io.StringIO(), stderr=warned, no_color=True)
    sentence = (
        "Warning: the addresses in these files will lead to this computer only. For the public, set ALLOWED_HOSTS or "
        "add --site https://portal.example.org\n"
    )
    assert warned.getvalue() == sentence * warnings


@pytest.mark.parametrize("address", ["portal.example.org", "ftp://portal.example.org", "https://portal.example.org/x"])
def test_address_that_is_no_site_is_refused(address):
    with pytest.raises(CommandError, match="is not the address of a site"):
        call_command("publish_data", "--site", address)


@contextmanager
def files_no_larger_than(number):
    """No file that this process writes can grow beyond so many bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (number, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.slow
@pytest.mark.parametrize("room", [0, 500, 75_000], ids=["no file", "half a list", "no zip"])
@pytest.mark.django_db
def test_failure_leaves_what_was_published_before(settings, room):
    make_one_of_each()
    before, _said = publish()
    with files_no_larger_than(room), pytest.raises(CommandError) as failure:
        publish()
    assert str(failure.value) == (
        f"The files cannot be written to {settings.DATA_DIR} (File too large). What was published before is unchanged."
    )
    assert read_publication() == before
    assert {path.name for path in settings.DATA_DIR.iterdir()} == {"current", "lock", before.folder.name}


@pytest.mark.django_db
def test_place_that_is_no_folder_is_named(settings):
    settings.DATA_DIR.write_text("")
    with pytest.raises(CommandError, match="cannot be written to"):
        publish()


@pytest.mark.slow
@pytest.mark.django_db
def test_second_run_at_the_same_time_leaves_the_first_alone(settings):
    builders.make_project()
    before, _said = publish()
    half_written = settings.DATA_DIR / "files-half"
    half_written.mkdir()
    with (settings.DATA_DIR / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="Another publish_data is at work"):
            publish()
        assert half_written.is_dir()
    assert read_publication() == before


@pytest.mark.slow
@pytest.mark.django_db
def test_what_an_interrupted_run_left_is_removed_and_who_still_reads_can_go_on(settings):
    builders.make_project()
    left = settings.DATA_DIR / "files-left"
    left.mkdir(parents=True)
    first, _said = publish()
    assert not left.exists()
    second, _said = publish()
    assert read(first, "projects.csv") == read(second, "projects.csv")
    publish()
    assert not first.folder.exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_every_user_of_the_machine_can_read_the_files():
    publication, _said = publish()
    assert publication.folder.stat().st_mode & 0o777 == 0o755


@pytest.fixture(scope="module")
def installation(set_up, tmp_path_factory):
    """An installation with the fixtures in its database."""
    return Installation.make(tmp_path_factory.mktemp("published"), var=set_up.var)


@pytest.mark.slow
@pytest.mark.any_database
def test_operator_publishes_while_a_curator_is_saving(installation):
    connection = sqlite3.connect(installation.database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE cooperation_project SET title = 'Half saved'")
    result = installation.manage("publish_data", "--site", SITE)
    connection.execute("ROLLBACK")
    connection.close()
    assert (result.returncode, result.stderr) == (0, "")
    published = installation.var / "data" / "current"
    assert "Half saved" not in (published / "projects.csv").read_text()
    count = installation.query("SELECT COUNT(*) FROM cooperation_project WHERE publication_status = 'published'")[0][0]
    assert json.loads((published / "projects.json").read_text())["count"] == count


CHANGE_IN_BETWEEN = """
import django, sqlite3
django.setup()
from django.conf import settings
from cooperation.exports.publication import one_moment
from cooperation.models import Project
with one_moment():
    before = Project.objects.filter(title="Saved meanwhile").count()
    curator = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
    curator.execute("UPDATE cooperation_project SET title = 'Saved meanwhile'")
    during = Project.objects.filter(title="Saved meanwhile").count()
after = Project.objects.filter(title="Saved meanwhile").exists()
print(before, during, after)
"""


@pytest.mark.any_database
def test_curator_saves_while_files_are_written_which_stay_as_of_one_moment(installation):
    result = installation.run("-c", CHANGE_IN_BETWEEN, DJANGO_SETTINGS_MODULE="sscportal.settings")
    assert (result.stdout, result.stderr) == ("0 0 True\n", "")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_publishing_leaves_no_transaction_behind():
    builders.make_project("Rice seeds")
    publish()
    builders.make_project("Coral reefs")
    assert [row["title"] for row in rows_of(publish()[0], "projects.csv")] == ["Coral reefs", "Rice seeds"]
