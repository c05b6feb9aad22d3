"""Whatever arrives in a query string is answered in words, within a bounded number of queries.

Each database is asked 10,000 times, and not the same.
"""

import json
import random
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from cooperation import search
from cooperation.filters import FILTERSETS
from cooperation.filters.event import EventFilterSet
from cooperation.filters.flows import FlowsFilterSet
from tests.records import list_url, make_one_of_each

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

REQUESTS_AT_EACH_ADDRESS = 750
QUERIES_AT_MOST = 30
NAUGHTY_STRINGS = settings.BASE_DIR.parent / "shared" / "data" / "fuzz" / "blns" / "blns.json"

NUMBERS = [
    "²",
    "٣",
    "①",
    "0",
    "-1",
    "00",
    "1e5",
    "NaN",
    "inf",
    "0x10",
    "1_000",
    "9999",
    "10000",
    str(10**30),
    "9" * 5000,
]
OPERATORS = [
    '"',
    '""',
    "a AND",
    "AND",
    "x:",
    "title:x",
    "*",
    "a*",
    "NEAR(",
    "NEAR(a b, 5)",
    "-",
    "-a",
    "^a",
    "a OR",
    "NOT",
]
OPERATORS += [
    "(",
    ")",
    "{a b}: c",
    "a + b",
    "'a':*",
    "a & b",
    "a | !b",
    "a <-> b",
    "\\",
    "%",
    "_",
    "a:b",
    ":*",
    "'",
    "''",
]
BYTES = [
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff!",
    "\ufffe",
    "\u202e\U0001f4a9",
    "\x1b[31m",
    "\r\nSet-Cookie: a=b",
    "e\u0301" * 40,
]
LENGTHS = [" ".join(f"w{number}" for number in range(999)), "x" * 50_000, "a " * 200, "ก" * 150, "中国" * 90, "'" * 200]
MARKUP = ["<script>alert(1)</script>", "{{ 7*7 }}", "{% load x %}", "' OR 1=1 --", "${7*7}", "../../etc/passwd", "%s%n"]
WORDS = [
    "fealac",
    "Trade",
    "thailand",
    "buenos aires 1978",
    "THA",
    "COL",
    "yes",
    "all",
    "2019",
    "2",
    "100",
    "title",
    "",
]


def naughty_strings():
    if not NAUGHTY_STRINGS.exists():
        return []
    return json.loads(NAUGHTY_STRINGS.read_text(encoding="utf-8"))


def parameters_of(filterset_class):
    return [*filterset_class.base_filters, "sort", "per", "page", "utm_source", "not_q", ""]


def questions(names, chance):
    """Query strings without end: some of the names, each with one hostile value or several."""
    values = [*NUMBERS, *OPERATORS, *BYTES, *LENGTHS, *MARKUP, *WORDS, *naughty_strings()]
    yield urlencode([(name, "x") for name in names for _time in range(40)][:1_001])
    yield "&".join(["="] * 500)
    yield "%ED%A0%80=%ED%A0%80&q=%FF%FE&page=%80"
    yield "q=a;b=c&&&==&%00=%00"
    while True:
        pairs = [
            (chance.choice(names), chance.choice(values))
            for _pair in range(chance.choice([1, 1, 1, 2, 3]))
            for _time in range(chance.choice([1, 1, 1, 2]))
        ]
        yield urlencode(pairs, errors="surrogatepass")


class CountedQueries:
    """Counts queries without keeping them."""

    def __init__(self):
        self.number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


LISTS = {list_url(model): parameters_of(filterset) for model, filterset in FILTERSETS.items()}
SEARCHES = {reverse("search"): ["q", "page", ""], reverse("search_json"): ["q", "page", ""]}
PICTURES = {
    reverse("flows"): parameters_of(FlowsFilterSet),
    reverse("timeline"): parameters_of(EventFilterSet),
    reverse("compare"): ["country", "forum", "project"],
}
ADDRESSES = {**LISTS, **SEARCHES, **PICTURES}


@pytest.mark.parametrize("address", ADDRESSES)
def test_hostile_requests_are_answered_in_words(client, address):
    make_one_of_each()
    # What changed is read once for everybody, by whoever asks first: here, before the counting.
    search.catch_up()
    client.get(address, {"q": "fealac"})
    # The time of one request is of no interest here; the same ones are asked at each run.
    asked = questions(ADDRESSES[address], random.Random(f"{address} {connection.vendor}"))
    wrong = []
    for _request in range(REQUESTS_AT_EACH_ADDRESS):
        query = next(asked)
        counted = CountedQueries()
        with connection.execute_wrapper(counted):
            answer = client.get(f"{address}?{query}")
        if answer.status_code not in (200, 400) or counted.number > QUERIES_AT_MOST or not speaks(answer):
            wrong.append((answer.status_code, counted.number, query[:300]))
    assert wrong == [], f"{len(wrong)} of them"


def speaks(answer):
    """Whether an answer says in words what it found or why not, and repeats no markup that was sent."""
    body = answer.content.decode()
    if "json" in answer.headers["Content-Type"]:
        said = json.loads(body)
        return ("errors" in said) == (answer.status_code == 400)
    if answer.status_code == 400:
        return "more than the portal can take in" in body
    told = 'class="result-head"' in body or "cannot be shown as asked" in body or 'role="search"' in body
    return told and "<script" not in body and "{{" not in body.replace("{{ 7*7 }}", "") and "</html>" in body
