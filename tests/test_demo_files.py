"""The files of /data/ that `manage.py demo` makes."""

import fcntl
import hashlib
import io

import pytest
from django.core.management import call_command
from django.db.models import F

from cooperation.exports.publication import read_publication
from cooperation.management.commands.demo import publish_files
from cooperation.models import DataVersion, Project
from tests import builders
from tests.crawl import read

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SITE = "http://127.0.0.1:8000"
UP_TO_DATE = "The files of /data/ are up to date."


@pytest.fixture(autouse=True)
def rice_seeds():
    return builders.make_project(slug="rice-seeds")


def number_of_files():
    return len(read_publication().files)


@pytest.mark.slow
def test_demo_makes_the_files_that_the_data_page_leads_to(client):
    assert publish_files(SITE) == f"The {number_of_files()} files of /data/ were made."
    archive = "/data/sscportal-data.zip"
    assert archive in read(client, "/data/").links
    response = client.get(archive)
    content = response.getvalue()
    response.close()
    assert hashlib.sha256(content).hexdigest() == read_publication().archive.sha256


@pytest.mark.slow
def test_demo_does_not_make_the_files_of_the_same_data_again():
    publish_files(SITE)
    first = read_publication()
    assert publish_files(SITE) == UP_TO_DATE
    assert read_publication() == first


@pytest.mark.slow
def test_demo_makes_the_files_again_after_a_change_of_a_record():
    publish_files(SITE)
    Project.objects.update(title="Rice seeds for Timor-Leste")
    DataVersion.objects.update(number=F("number") + 60_000_000)  # a minute later
    assert publish_files(SITE) == f"The {number_of_files()} files of /data/ were made."
    assert "Rice seeds for Timor-Leste" in (read_publication().folder / "projects.csv").read_text()


@pytest.mark.slow
def test_demo_makes_the_files_again_for_another_port():
    publish_files(SITE)
    other = "http://127.0.0.1:8080"
    assert publish_files(other) == f"The {number_of_files()} files of /data/ were made."
    assert f"{other}/projects/rice-seeds/" in (read_publication().folder / "projects.csv").read_text()


@pytest.mark.slow
def test_demo_leaves_files_alone_that_were_published_for_another_host():
    call_command("publish_data", "--site", "https://portal.example.org", stdout=io.StringIO())
    first = read_publication()
    assert publish_files(SITE) == "The files of /data/ were made for https://portal.example.org and left alone."
    assert read_publication() == first


@pytest.mark.slow
def test_demo_goes_on_while_another_program_makes_the_files(settings):
    publish_files(SITE)
    with (settings.DATA_DIR / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert publish_files("http://127.0.0.1:8080") == "The files of /data/ are just being made by another program."
    assert read_publication().site == SITE


def test_demo_says_where_the_files_cannot_be_written(settings):
    settings.DATA_DIR.write_text("a file where the folder should be")
    assert publish_files(SITE) == f"The files of /data/ cannot be written to {settings.DATA_DIR} (Not a directory)."
