"""Lists in other formats: what cannot be given is refused in words, with what can."""

import pytest

from cooperation.exports.files import list_formats
from cooperation.models import PUBLIC_RECORDS
from tests import builders
from tests.records import make_record
from tests.test_formats import address, make_exchanges

pytestmark = pytest.mark.django_db

every_list_in_every_format = pytest.mark.parametrize(
    ("model", "suffix"), [(model, each.suffix) for model in PUBLIC_RECORDS for each in list_formats(model)]
)


@pytest.mark.parametrize(
    ("name", "value"), [("per", "201"), ("per", "0"), ("per", "²"), ("page", "-1"), ("sort", "size")]
)
def test_paging_that_cannot_be_is_refused(client, name, value):
    answer = client.get("/projects.json", {name: value})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [(each["parameter"], each["given"]) for each in answer.json()["errors"]] == [(name, [value])]


@every_list_in_every_format
def test_bad_value_is_refused_with_those_allowed(client, model, suffix):
    make_record(model)
    answer = client.get(address(model, suffix), {"sort": "atlantis"})
    assert answer.status_code == 400
    if suffix == "json":
        [error] = answer.json()["errors"]
        assert error["parameter"] == "sort"
        assert error["messages"] == ["“atlantis” is not a value of this filter."]
        assert error["allowed"][0].keys() == {"value", "label"}
    else:
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert "“atlantis” is not a value of this filter." in answer.content.decode()


def test_bad_country_is_answered_with_the_codes_that_there_are(client):
    builders.make_country("FJI")
    answer = client.get("/projects.json?country=ATL")
    [error] = answer.json()["errors"]
    assert (error["label"], error["given"]) == ("Partner country", ["ATL"])
    assert {"value": "FJI", "label": "Fiji"} in error["allowed"]
    assert "FJI  Fiji" in client.get("/projects.csv?country=ATL").content.decode()


def test_option_of_a_format_that_is_not_known_is_refused(client):
    answer = client.get("/projects.csv?bom=maybe")
    assert (answer.status_code, "bom=maybe" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize(
    "moment", ["yesterday", "2026-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_time_that_is_none_is_refused(client, moment):
    answer = client.get("/projects.json", {"updated_since": moment})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "updated_since")


@pytest.mark.slow
def test_workbook_of_too_many_records_is_refused_with_the_way_to_them(client):
    make_exchanges(25_001)
    answer = client.get("/projects.xlsx?modality=bilateral")
    assert answer.status_code == 413
    assert answer.content.decode() == (
        "These are 25001 records; a workbook takes up to 25000. Filter them, or take them as CSV: "
        "http://testserver/projects.csv?modality=bilateral\n"
    )
