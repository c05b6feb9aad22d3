"""The description of the API: it is valid, says what the portal does, and holds against the running server."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from openapi_spec_validator import validate

from cooperation import urls
from cooperation.filters import FILTERSETS
from cooperation.models import PUBLIC_RECORDS, Project
from tests import builders
from tests.files import json_pages
from tests.openapi import describe, faults, json_address
from tests.records import make_one_of_each

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
# Every list, record and answer in JSON, and two record types in every format: what the others do is the same.
ASKED = r"\.json$|^/(funds|lessons)|^/projects/"
MACHINE_FORMATS = ("json", "csv", "xlsx", "xml", "atom", "bib", "ris")
FOR_SEARCH_ENGINES = {"/openapi.json", "/opensearch.xml", "/sitemap.xml", "/sitemap-{section}.xml"}

every_record_type = pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)


@pytest.mark.slow
@pytest.mark.django_db
def test_description_is_valid(client):
    make_one_of_each()
    document = describe(client)
    validate(document)
    assert document["openapi"] == "3.1.0"
    assert document["info"]["license"] == {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
    assert document["servers"] == [{"url": "http://testserver"}]


@pytest.mark.slow
@pytest.mark.django_db
def test_empty_registry_has_a_valid_description(client):
    validate(describe(client))


@pytest.mark.slow
@pytest.mark.django_db
def test_every_address_that_is_not_a_page_is_described(client):
    routes = {re.sub(r"<[a-z]+:([a-z_]+)>", r"{\1}", f"/{each.pattern}") for each in urls.urlpatterns if each.name}
    files = {each for each in routes if each.rpartition(".")[2] in MACHINE_FORMATS} - FOR_SEARCH_ENGINES
    described = {each.replace("{id}", "{public_id}") for each in describe(client)["paths"]}
    assert described == files | {"/data/{name}"}


@pytest.mark.django_db
def test_operations_are_named_once(client):
    names = [path["get"]["operationId"] for path in describe(client)["paths"].values()]
    assert len(names) == len(set(names))


@every_record_type
@pytest.mark.django_db
def test_list_takes_just_the_parameters_that_are_described(client, model):
    document = describe(client)
    asked = [each["$ref"].rpartition(".")[2] for each in document["paths"][json_address(model)]["get"]["parameters"]]
    assert asked == [*FILTERSETS[model].base_filters, "sort", "per", "page", "after"]


@pytest.mark.django_db
def test_only_json_has_pages_and_only_csv_a_mark_for_excel(client):
    paths = describe(client)["paths"]
    own = {
        suffix: [
            each.get("name") or each["$ref"].rpartition(".")[2]
            for each in paths[f"/funds.{suffix}"]["get"]["parameters"]
        ]
        for suffix in ("json", "csv", "xlsx", "atom")
    }
    assert set(own["json"]) - set(own["atom"]) == {"page", "per", "after"}
    assert set(own["csv"]) - set(own["atom"]) == {"bom"}
    assert own["xlsx"] == own["atom"]


@pytest.mark.slow
@pytest.mark.django_db
def test_parameter_names_the_codes_of_today(client):
    builders.make_forum("Pacific Alliance")
    builders.make_forum("Forum of drafts", publication_status="draft")
    builders.make_country("FJI")
    components = describe(client)["components"]
    assert components["schemas"]["ForumCode"]["enum"] == ["pacific-alliance"]
    assert components["schemas"]["CountryCode"]["enum"] == ["FJI"]
    assert components["parameters"]["project.role"]["schema"]["items"]["enum"][:2] == ["provider", "pivotal"]
    assert "Pivotal partner" in components["parameters"]["project.role"]["description"]


@pytest.mark.slow
@pytest.mark.django_db
def test_schema_tells_a_wrong_record_from_a_right_one(client):
    make_one_of_each()
    document = describe(client)
    [page] = json_pages(client, "/projects.json")
    project = page["results"][0]
    project |= {"modality": "quadrangular", "start": "in spring", "title": None}
    del project["partners"]
    assert [fault.partition(":")[0] for fault in faults(document, "Project", project)] == [
        "$.title",
        "$.modality",
        "$.start",
        "$",
    ]


@pytest.mark.slow
@pytest.mark.django_db
def test_other_answers_are_as_described(client):
    make_one_of_each()
    withdrawn = builders.make_project("Mango trees", publication_status="withdrawn")
    document = describe(client)
    changed = client.get("/projects.json?updated_since=2026-01-01").json()
    assert [each["id"] for each in changed["withdrawn"]] == [withdrawn.slug]
    assert faults(document, "ProjectList", changed) == []
    for address, name in (
        ("/projects.json?country=Atlantis&year_from=2020&year_to=2010", "Problem"),
        ("/projects/no-such.json", "NotFound"),
        (f"/projects/{withdrawn.slug}.json", "Gone"),
        ("/search.json?q=project", "Found"),
        ("/search.json?q=projekt", "Found"),
        ("/search.json?q=!", "Problem"),
        ("/timeline.json", "EventList"),
        ("/data/dictionary.json", "Dictionary"),
    ):
        assert faults(document, name, client.get(address).json()) == [], address


@pytest.mark.slow
@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not find_spec("schemathesis"), reason="schemathesis is not installed")
def test_schemathesis_finds_nothing(client, live_server, tmp_path):
    make_one_of_each()
    project = Project.objects.get()
    project.goals.add(builders.make_goal())
    project.instruments.add(builders.make_instrument())
    command = [SCHEMATHESIS, "--config-file", settings.BASE_DIR / "tests" / "schemathesis.toml", "--no-color", "run"]
    options = {
        "--include-path-regex": ASKED,
        "--phases": "examples,coverage,fuzzing",
        "--max-examples": "5",
        "--seed": "1955",
        "--generation-database": "none",
        # The server of tests would wait a moment before each answer on a connection that stays open.
        "--header": "Connection: close",
    }
    result = subprocess.run(
        [*command, *(text for option in options.items() for text in option), f"{live_server.url}/openapi.json"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(settings.BASE_DIR), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    [tested] = re.findall(r"Tested: (\d+)", result.stdout)
    assert int(tested) == len([path for path in describe(client)["paths"] if re.search(ASKED, path)])
