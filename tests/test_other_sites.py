"""Scripts of other sites may read whatever is for programs, whatever its status, and nothing else."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cooperation import urls
from cooperation.exports.files import list_formats, record_formats
from cooperation.middleware import is_machine_address, open_to_other_sites
from cooperation.models import PUBLIC_RECORDS, Country, FormerSlug
from cooperation.views.data import CONTENT_TYPES
from tests import builders
from tests.records import make_record

pytestmark = pytest.mark.django_db

every_record_type = pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)
OTHER_ADDRESSES = (
    "/search.json?q=mango",
    "/timeline.json",
    "/timeline.csv",
    "/timeline.xlsx",
    "/flows.csv",
    "/data/dictionary.json",
    "/data/dictionary.csv",
    "/openapi.json",
    "/sitemap.xml",
    "/sitemap-project.xml",
    "/robots.txt",
    "/opensearch.xml",
)
READ_ONLY = "GET, HEAD, OPTIONS"


def list_files_of(model):
    return [reverse(f"{model._meta.model_name}_list_{each.suffix}") for each in list_formats(model)]


def record_files_of(model, public_id):
    stem = f"{model._meta.model_name}_detail"
    return [reverse(f"{stem}_{each.suffix}", args=[public_id]) for each in record_formats(model)]


def readable_by(answer):
    """By the scripts of which sites an answer may be read, and which of its headers."""
    return answer.headers.get("Access-Control-Allow-Origin"), answer.headers.get("Access-Control-Expose-Headers")


def problem_of(answer):
    """What a program reads of an error in JSON."""
    assert answer["Content-Type"] == "application/problem+json"
    content = answer.json()
    assert (content["type"], content["status"]) == ("about:blank", answer.status_code)
    return {name: value for name, value in content.items() if name != "type"}


# What may be read


@every_record_type
def test_list_and_record_are_readable_in_every_format(client, model):
    record = make_record(model)
    for address in (*list_files_of(model), *record_files_of(model, record.public_id)):
        answer = client.get(address)
        assert (answer.status_code, *readable_by(answer)) == (200, "*", "*"), address
        unchanged = client.get(address, headers={"If-None-Match": answer["ETag"]})
        assert (unchanged.status_code, *readable_by(unchanged)) == (304, "*", "*"), address


@pytest.mark.parametrize("address", OTHER_ADDRESSES)
def test_every_other_answer_for_programs_is_readable(client, address):
    builders.make_project("Mango trees")
    answer = client.get(address)
    assert (answer.status_code, *readable_by(answer)) == (200, "*", "*")


@pytest.mark.parametrize(
    "address",
    [
        "/projects.json?country=Atlantis",
        "/projects.csv?country=Atlantis",
        "/projects.atom?sort=size",
        "/search.json?q=!",
        "/timeline.json?kind=war",
        "/flows.csv?by=city",
    ],
)
def test_refusal_of_a_question_is_readable(client, address):
    answer = client.get(address)
    assert (answer.status_code, *readable_by(answer)) == (400, "*", "*")


@every_record_type
def test_former_address_is_readable_in_every_format(client, model):
    record = make_record(model)
    former = "former-address"
    if model is Country:
        former = record.public_id.lower()
    else:
        FormerSlug.remember(model._meta.model_name, former, record.slug)
    for address in record_files_of(model, former):
        answer = client.get(address)
        assert (answer.status_code, *readable_by(answer)) == (301, "*", "*"), address


def test_withdrawn_record_is_readable_as_such_in_every_format(client):
    project = builders.make_project("Mango trees", publication_status="withdrawn")
    for address in record_files_of(type(project), project.slug):
        answer = client.get(address)
        assert (answer.status_code, *readable_by(answer)) == (410, "*", "*"), address


@pytest.mark.slow
def test_pages_and_the_admin_are_not_opened_to_other_sites(client):
    builders.make_project("Mango trees")
    for address in (
        "/",
        "/projects/",
        "/projects/mango-trees/",
        "/projects/mango-trees/report/",
        "/projects/no-such/",
        "/search/?q=mango",
        "/data/",
        "/healthz",
        "/admin/",
        "/admin/login/",
        "/admin/projects.json",
    ):
        assert readable_by(client.get(address)) == (None, None), address


def test_every_address_that_is_not_a_page_is_one_of_machines():
    named = [f"/{each.pattern}" for each in urls.urlpatterns if each.name not in (None, "healthz", "data_file")]
    assert {each for each in named if is_machine_address(each)} == {each for each in named if not each.endswith("/")}
    published = [f"/data/sscportal{suffix}" for suffix in CONTENT_TYPES]
    assert [each for each in published if not is_machine_address(each)] == []


# What is not there


@every_record_type
def test_record_that_is_not_there_is_said_in_the_format_of_its_address(client, model):
    missing = {"title": "Not Found", "status": 404, "detail": "There is nothing public at this address."}
    for address in record_files_of(model, "no-such"):
        answer = client.get(address)
        assert (answer.status_code, *readable_by(answer)) == (404, "*", "*"), address
        if address.endswith(".json"):
            assert problem_of(answer) == missing
        else:
            assert answer["Content-Type"] == "text/plain; charset=utf-8"
            assert answer.content.decode() == "There is nothing public at this address.\n"


@pytest.mark.parametrize(
    "address", ["/projectz.json", "/data/no-such.json", "/projects/a/b.json", "/no/such/place.json"]
)
def test_mistyped_address_in_json_is_a_problem_that_a_program_can_read(client, address):
    answer = client.get(address)
    assert (answer.status_code, readable_by(answer)) == (404, ("*", "*"))
    assert problem_of(answer)["detail"] == "There is nothing public at this address."


def test_page_that_is_not_there_stays_a_page(client):
    for address in ("/projectz/", "/projects/no-such/", "/data/no-such"):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8"), address


def test_host_that_is_not_ours_is_refused_as_a_problem(client):
    answer = client.get("/projects.json", headers={"Host": "portal.example.org"})
    assert (answer.status_code, readable_by(answer)) == (400, ("*", "*"))
    assert problem_of(answer)["detail"] == "The request cannot be read."


def test_failure_of_the_server_is_said_as_a_problem_and_shown_to_developers(settings):
    ask = open_to_other_sites(lambda request: HttpResponse("<h1>Failure</h1>", status=500))
    answer = ask(RequestFactory().get("/projects.json"))
    assert b"The failure is ours" in answer.content
    assert (answer["Content-Type"], readable_by(answer)) == ("application/problem+json", ("*", "*"))
    settings.DEBUG = True
    assert ask(RequestFactory().get("/projects.json")).content == b"<h1>Failure</h1>"


# What is asked before reading


@pytest.mark.parametrize(
    "address",
    [*OTHER_ADDRESSES, "/projects.json", "/projects.csv?country=Atlantis", "/projects/no-such.json", "/x.json"],
)
def test_preflight_is_granted_without_reading_anything(client, address):
    asked = {
        "Origin": "https://analyst.example.org",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-project",
    }
    with CaptureQueriesContext(connection) as queries:
        answer = client.options(address, headers=asked)
    assert (answer.status_code, answer.content, len(queries)) == (204, b"", 0)
    assert (answer["Allow"], readable_by(answer)) == (READ_ONLY, ("*", "*"))
    assert answer["Access-Control-Allow-Methods"] == READ_ONLY
    assert (answer["Access-Control-Allow-Headers"], answer["Access-Control-Max-Age"]) == ("*", "86400")


@pytest.mark.parametrize(
    "address", ["/", "/projects/", "/projects/mango-trees/", "/flows/", "/search/?q=mango", "/timeline/", "/data/"]
)
def test_page_says_what_may_be_done_with_it_without_being_made(client, address):
    with CaptureQueriesContext(connection) as queries:
        answer = client.options(address)
    assert (answer.status_code, answer["Allow"], answer.content, len(queries)) == (204, READ_ONLY, b"", 0)
    assert readable_by(answer) == (None, None)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_writing_is_refused_in_a_way_that_a_program_can_read(method):
    browser = Client(enforce_csrf_checks=True)
    answer = getattr(browser, method)("/projects.json")
    assert (answer.status_code, answer["Allow"], readable_by(answer)) == (405, READ_ONLY, ("*", "*"))
    assert problem_of(answer)["detail"] == "Data can only be read here: use GET or HEAD."
    assert getattr(browser, method)("/projects.csv").content == b"Data can only be read here: use GET or HEAD.\n"
