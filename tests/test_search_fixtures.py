"""What the search finds among the facts of the fixtures, and in which part of a record."""

import numpy as np
import pytest

from cooperation import search
from cooperation.models import PUBLIC_RECORDS
from tests.questions import suggested

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures_loaded")]

# question: (where it is found first, what is found there among others)
QUESTIONS = {
    "tica": ("key", "agency:tica"),
    "TICA": ("key", "agency:tica"),
    "focalae": ("key", "forum:fealac"),
    "FEALAC": ("key", "forum:fealac"),
    "buenos aires 1978": ("whole", "milestone:bapa-1978"),
    "argentina 1978": ("whole", "milestone:bapa-1978"),
    "cooperacion": ("whole", "agency:agcid"),
    "cooperação": ("whole", "agency:abc-brazil"),
    "turkiye": ("key", "country:TUR"),
    "Türkiye": ("key", "country:TUR"),
    "cote d'ivoire": ("key", "country:CIV"),
    "THA": ("key", "country:THA"),
    "bapa+40": ("key", "milestone:bapa40-2019"),
    "small island": ("whole", "forum:aosis"),
    "msme": ("whole", "project:msme-surge"),
    "south south": ("whole", "agency:unossc"),
    "ivory coast": ("key", "country:CIV"),
    "laos": ("key", "country:LAO"),
    "korea": ("whole", "country:KOR"),
    "apec": ("key", "forum:apec"),
    "celac": ("key", "forum:celac"),
    "trust fund": ("whole", "fund:fealac-trust-fund"),
    "bandung": ("whole", "milestone:bandung-1955"),
    "non-aligned": ("whole", "forum:nam"),
    "nonaligned": ("whole", "forum:nam"),
    "unossc": ("key", "agency:unossc"),
    "jica": ("key", "agency:jica"),
    "agci": ("begin", "agency:agcid"),
    "abc": ("key", "agency:abc-brazil"),
    "chile": ("key", "country:CHL"),
    "food security": ("whole", "project:apec-ppfs-05-2018"),
    "digital trade": ("whole", "project:apec-sme-01-2018"),
    "mikta": ("nowhere", ""),
}


def first_found(question):
    """Find where the question is found first, and the public ids there."""
    asked = search.read_question(question)
    answers = {
        "key": search.ids_named(asked),
        "whole": search.ids_titled(asked, whole=True),
        "begin": search.ids_titled(asked, whole=False),
    }
    where = next((where for where, answer in answers.items() if answer), "nowhere")
    records = [
        record
        for model in PUBLIC_RECORDS
        for record in model.objects.filter(
            pk__in=answers.get(where, {}).get(model._meta.model_name, np.array([])).tolist()
        )
    ]
    return where, [f"{record._meta.model_name}:{record.public_id}" for record in records] or [""]


def test_questions_find_the_right_record_of_the_fixtures_in_the_right_place():
    answers = {question: first_found(question) for question in QUESTIONS}
    assert {
        question: answers[question]
        for question, (where, record) in QUESTIONS.items()
        if answers[question][0] != where or record not in answers[question][1]
    } == {}
    assert suggested("bandong") == "bandung"
    assert suggested("cooperasion") in ("cooperation", "cooperacion")
