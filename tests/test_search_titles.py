"""Whoever pastes the title of a record, or a whole paragraph, finds what it is about, on the fixtures."""

import random
from collections import defaultdict
from functools import reduce
from unicodedata import normalize

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation import search
from cooperation.filters import FILTERSETS, ProjectFilterSet
from cooperation.models import PUBLIC_RECORDS, Project, Source
from tests import builders
from tests.crawl import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures_loaded")]

# How a title looks when it comes from a document, a page or a mail.
PASTED = [
    "{}",
    "“{}”",
    '"{}"',
    "«{}».",
    "{}.",
    "{}…",
    "– {}",
    "  {}\r\n",
    "({});",
]


def titles_of(record):
    """What a record is called, as its field has it and as its page writes it."""
    own = getattr(record, "title", "") or record.name
    # A source is listed behind its publisher.
    return [own] if isinstance(record, Source) else list(dict.fromkeys([own, str(record)]))


@pytest.fixture(scope="module")
def named(fixtures_loaded, django_db_blocker):
    """`{title: addresses of the records that are called so}`: an agency and the page about it may share their name."""
    found = defaultdict(set)
    with django_db_blocker.unblock():
        for model in PUBLIC_RECORDS:
            columns = [name for name in model.SEARCH_NAMES if "__" not in name]
            for record in model.objects.published():
                names = [line for name in columns for line in getattr(record, name).splitlines()]
                for title in (*titles_of(record), *names):
                    for each in (title, title.partition(" (")[0]):  # with its acronym, and without
                        found[key_of(each)].add(record.get_absolute_url())
    return found


def key_of(title):
    return "".join(search.words_of(title))


@pytest.mark.slow
@pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)
def test_title_of_every_record_finds_it_first(client, model, named):
    wrong = []
    for record in model.objects.published():
        for title in titles_of(record):
            answer = client.get("/search.json", {"q": title})
            best = answer.json().get("best") or {}
            if best.get("url") not in named[key_of(title)]:
                wrong.append((title, answer.status_code, best))
    assert wrong == []


@pytest.mark.slow
def test_title_of_every_project_finds_it_first_among_the_projects_however_it_is_pasted(client):
    wrong = []
    for number, project in enumerate(Project.objects.published().order_by("pk")):
        form = PASTED[number % len(PASTED)]
        first, _space, rest = project.title.partition(" ")
        pasted = normalize("NFD" if number % 2 else "NFC", form.format(f"{first}\n{rest}"))
        results = client.get("/projects.json", {"q": pasted}).json().get("results")
        if not results or results[0]["title"] != project.title:
            wrong.append((pasted, results and results[0]["title"]))
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "title",
    [
        " ".join(f"{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(100)),
        "กรมความร่วมมือระหว่างประเทศ" * 11,
        "技术合作" * 75,
        "x" * 300,
        "co-operation " * 23,
        "Training “on the job” – what’s next? " * 8,
        "e\u0301tude " * 43,
        "South South South " * 16,
        '5" pipes and 7" pumps for the wells of Kiribati',
    ],
    ids=["words of two letters", "Thai", "Chinese", "one word", "compounds", "quotes", "accents", "repeated", "inches"],
)
def test_title_of_any_300_signs_finds_its_project_first(client, title):
    title = title[:300].strip()
    builders.make_project(title, slug="pasted")
    for form in PASTED:
        pasted = form.format(title)
        assert client.get("/search.json", {"q": pasted}).json()["best"]["url"] == "/projects/pasted/", form
        assert client.get("/projects.json", {"q": pasted}).json()["results"][0]["id"] == "pasted", form


# Many words


def words_of_records():
    """`[the words of a record, ...]`: what it is called, what it says, and its countries."""
    return [
        search.words_of(f"{project.title} {project.summary}")
        + [word for part in project.participations.all() if part.country for word in search.words_of(part.country.name)]
        for project in Project.objects.published().prefetch_related("participations__country")
    ]


@pytest.mark.slow
def test_many_words_give_what_each_of_them_gives_alone():
    chance, texts = random.Random(20261124), words_of_records()
    numbers = {}
    for _question in range(150):
        own = chance.choice(texts)
        words = chance.sample(own, min(len(own), chance.randrange(13, 41)))
        if chance.random() < 0.3:
            words[0] = chance.choice(chance.choice(texts))
        text = " ".join(word[: chance.choice([3, 64, 64])] for word in words)
        for model, filterset_class in FILTERSETS.items():
            filterset = filterset_class({"q": text})
            asked = search.read_question(text).words
            each = [filterset.filters["q"].holding(filterset, word) for word in asked]
            assert filterset.hits == reduce(lambda one, other: one & other, each), (model, text)
            numbers[filterset.count > 0] = numbers.get(filterset.count > 0, 0) + 1
    assert min(numbers[True], numbers[False]) > 50


def statements_for(client, address, question):
    client.get(address, {"q": "coconut"})  # what the first question of all reads is read
    with CaptureQueriesContext(connection) as queries:
        client.get(address, {"q": question})
    return len(queries)


@pytest.mark.parametrize("address", ["/projects/", "/search.json", "/timeline/"])
def test_forty_words_take_no_more_statements_than_thirteen(client, address):
    nonsense = [f"zq{number:03}x" for number in range(40)]
    thirteen, forty = (statements_for(client, address, " ".join(nonsense[:number])) for number in (13, 40))
    assert forty == thirteen
    assert forty <= 30


@pytest.mark.slow
@pytest.mark.parametrize(
    "address", ["/projects/", "/projects.json", "/search/", "/search.json", "/flows/", "/timeline/"]
)
@pytest.mark.parametrize(
    "question",
    [
        "x" * 1_000,
        "a-" * 500,
        "ก" * 1_000,
        "中国合作" * 250,
        "the " * 250,
        "fealac\n" * 142,
        "e\u0301" * 500,
        "\u0301" * 1_000,
        "\ufdfa" * 1_000,
        '"' * 999 + "x",
        '"fealac" ' * 111,
        " ".join(["x" * 300, "y" * 300, "z" * 300]),
        "(fealac) " * 111,
        "x" * 1_001,
        " ".join(f"w{number}" for number in range(250)),
    ],
    ids=lambda question: ascii(question[:8]),
)
def test_long_question_is_answered_or_refused_in_a_sentence(client, address, question):
    answer = client.get(address, {"q": question})
    said = answer.json() if address.endswith("json") else answer.content.decode()
    if answer.status_code == 400:
        message = " ".join(said["errors"][0]["messages"])
        assert any(each in message for each in ("1000", "At most 40 words", "at least one letter or digit"))
    elif not address.endswith("json"):
        assert "result-head" in said or 'role="alert"' in said
    else:
        assert said["count"] >= 0


@pytest.mark.parametrize("address", ["/", "/projects/", "/search/", "/about/", "/timeline/"])
def test_input_takes_one_sign_more_than_the_search_so_that_nothing_is_cut_in_silence(client, address):
    inputs = [attrs for attrs in read(client, address).all("input") if attrs.get("type") == "search"]
    assert {attrs["maxlength"] for attrs in inputs} == {str(search.LONGEST_QUESTION + 1)}
    assert ProjectFilterSet.base_filters["q"].field.max_length == search.LONGEST_QUESTION
