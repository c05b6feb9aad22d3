"""Everything that the fixtures hold is given as the description of the API says."""

import pytest

from cooperation.exports.columns import TABLES
from cooperation.models import PUBLIC_RECORDS
from tests.files import json_pages
from tests.openapi import describe, faults, json_address
from tests.records import list_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures_loaded")]

every_record_type = pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)


@pytest.mark.slow
@every_record_type
def test_all_records_of_the_fixtures_are_as_described(client, model):
    document, table = describe(client), TABLES[model]
    pages = json_pages(client, f"{json_address(model)}?per=200")
    for page in pages:
        assert faults(document, f"{model.__name__}List", page) == []
    described = document["components"]["schemas"][model.__name__]["properties"]
    assert (
        list(described)
        == list(pages[0]["results"][0])
        == [
            *(column.name for column in table.columns),
            *(part.name for part in table.parts),
        ]
    )
    assert sum(len(page["results"]) for page in pages) == model.objects.published().count()


@every_record_type
def test_single_record_is_as_described(client, model):
    document, record = describe(client), model.objects.published().first()
    path = document["paths"][f"{list_url(model)}{{id}}.json"]["get"]
    answer = client.get(f"{record.get_absolute_url().rstrip('/')}.json").json()
    schema = path["responses"]["200"]["content"]["application/json"]["schema"]
    assert faults(document, schema, answer) == []
    assert {"as_of", "licence", "citation"} <= answer.keys()
