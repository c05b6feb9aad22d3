"""What every answer says to browsers, whatever kind of answer it is."""

import pytest

from cooperation.models import PublicationStatus
from tests import builders
from tests.crawl import crawl
from tests.records import make_one_of_each

pytestmark = pytest.mark.django_db


ANSWERS = [
    # method, address, status, who may load it
    ("GET", "/", 200, "same-origin"),
    ("GET", "/projects/", 200, "same-origin"),
    ("HEAD", "/projects/", 200, "same-origin"),
    ("POST", "/projects/", 405, "same-origin"),
    ("GET", "/projects/rice-seeds/", 200, "same-origin"),
    ("GET", "/projects/lagoon-charts/", 410, "same-origin"),
    ("GET", "/projects", 301, "same-origin"),
    ("GET", "/timeline/fealac-founded/", 301, "same-origin"),
    ("GET", "/nowhere/", 404, "same-origin"),
    ("GET", "/healthz", 200, "same-origin"),
    ("GET", "/admin/login/", 200, "same-origin"),
    ("GET", "/admin/", 302, "same-origin"),
    ("GET", "/static/cooperation/portal.css", 200, "same-origin"),
    ("POST", "/static/cooperation/portal.css", 405, "same-origin"),
    ("GET", "/static/staticfiles.json", 404, "same-origin"),
    ("OPTIONS", "/projects.json", 204, "cross-origin"),
    ("GET", "/admin/%00/", 404, "same-origin"),
    ("GET", "/projects.csv", 200, "cross-origin"),
    ("GET", "/projects.xlsx", 200, "cross-origin"),
    ("GET", "/projects.json", 200, "cross-origin"),
    ("GET", "/projects.json?country=Atlantis", 400, "cross-origin"),
    ("POST", "/projects.json", 405, "cross-origin"),
    ("GET", "/projects.atom", 200, "cross-origin"),
    ("GET", "/projects.xml", 200, "cross-origin"),
    ("GET", "/projects/rice-seeds.json", 200, "cross-origin"),
    ("GET", "/projects/rice-seeds.bib", 200, "cross-origin"),
    ("GET", "/projects/lagoon-charts.json", 410, "cross-origin"),
    ("GET", "/timeline/fealac-founded.json", 301, "cross-origin"),
    ("GET", "/nowhere.json", 404, "cross-origin"),
    ("GET", "/search.json?q=rice", 200, "cross-origin"),
    ("GET", "/sitemap.xml", 200, "cross-origin"),
    ("GET", "/robots.txt", 200, "cross-origin"),
    ("GET", "/.well-known/security.txt", 200, "cross-origin"),
]


@pytest.fixture(autouse=True)
def settings(settings):
    """An installation with a contact, whose static files are found without having been collected."""
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    settings.WHITENOISE_USE_FINDERS = True
    return settings


@pytest.mark.parametrize(("method", "address", "status", "loaded_by"), ANSWERS)
def test_every_kind_of_answer_says_who_may_load_it_and_asks_for_no_device(client, method, address, status, loaded_by):
    builders.make_project("Rice seeds")
    builders.make_project("Lagoon charts", publication_status=PublicationStatus.WITHDRAWN)
    answer = client.generic(method, address)
    answer.getvalue()
    assert (answer.status_code, answer["Cross-Origin-Resource-Policy"]) == (status, loaded_by)
    assert "geolocation=()" in answer["Permissions-Policy"].split(", ")
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("address", "loaded_by"),
    [("/projects/", "same-origin"), ("/projects.json", "cross-origin"), ("/projects.csv", "cross-origin")],
)
def test_not_modified_says_the_same(client, address, loaded_by):
    builders.make_project("Rice seeds")
    answer = client.get(address, headers={"If-None-Match": client.get(address)["ETag"]})
    assert (answer.status_code, answer["Cross-Origin-Resource-Policy"]) == (304, loaded_by)
    assert "geolocation=()" in answer["Permissions-Policy"]


@pytest.mark.slow
def test_what_pages_of_other_sites_may_read_they_may_load(client):
    make_one_of_each()
    answers = crawl(client)
    read = {address for address, answer in answers.items() if answer.get("Access-Control-Allow-Origin") == "*"}
    loaded = {address for address, answer in answers.items() if "cross-" in answer["Cross-Origin-Resource-Policy"]}
    assert len(read) > 20
    assert read - loaded == set()
    stylesheet = client.get("/static/cooperation/portal.css")
    assert b":root" in stylesheet.getvalue()
    assert "Access-Control-Allow-Origin" not in stylesheet
