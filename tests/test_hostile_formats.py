"""Whatever arrives in a query string, a format gives a whole file of its kind or says in words why not.

Each database is asked 3,000 times, and not the same.
"""

import csv
import io
import json
import random
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.urls import reverse

from cooperation.exports.files import list_formats
from cooperation.filters import FILTERSETS
from cooperation.models import PUBLIC_RECORDS
from tests.crawl import whole
from tests.records import make_one_of_each
from tests.test_hostile import parameters_of, questions

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

REQUESTS_AT_EACH_ADDRESS = 100


def read_json(body):
    page = json.loads(body)
    assert page["count"] >= len(page["results"])


def read_csv(body):
    header, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
    assert [row for row in rows if len(row) != len(header)] == []


def read_xml(body):
    ElementTree.fromstring(body)  # noqa: S314 (we wrote it)


def read_workbook(body):
    assert b"<worksheet" in body


READERS = {"json": read_json, "csv": read_csv, "atom": read_xml, "xml": read_xml, "xlsx": read_workbook}


@pytest.mark.parametrize(
    ("model", "suffix"), [(model, each.suffix) for model in PUBLIC_RECORDS for each in list_formats(model)]
)
def test_hostile_question_is_answered_with_a_whole_file_or_in_words(client, model, suffix):
    make_one_of_each()
    address = reverse(f"{model._meta.model_name}_list_{suffix}")
    names = [*parameters_of(FILTERSETS[model]), "updated_since", "bom"]
    asked = questions(names, random.Random(f"{address} {connection.vendor}"))
    wrong = []
    for _request in range(REQUESTS_AT_EACH_ADDRESS):
        query = next(asked)
        answer = whole(client.get(f"{address}?{query}"))
        try:
            if answer.status_code == 200:
                READERS[suffix](answer.content)
            else:
                assert answer.status_code == 400
                assert b"nothing was left out in silence" in answer.content or b"can take in" in answer.content
        except (AssertionError, ValueError, SyntaxError, csv.Error) as error:
            wrong.append((answer.status_code, query[:200], repr(error)))
    assert wrong == [], f"{len(wrong)} of them"
