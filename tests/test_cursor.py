"""A program that goes through a whole list by sort=id loses and doubles nothing, whatever is changed meanwhile."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cooperation import facets
from cooperation.models import PUBLIC_RECORDS, Country, Project
from tests import builders
from tests.crawl import read
from tests.files import csv_rows, json_pages
from tests.openapi import describe, faults
from tests.records import make_record

pytestmark = pytest.mark.django_db

every_record_type = pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)


def list_of(model):
    return reverse(f"{model._meta.model_name}_list_json")


def ids_on(page):
    return [row["id"] for row in page["results"]]


def make_exchanges(number):
    return [builders.make_project(f"Exchange {each}", start=f"{2000 + each}") for each in range(number)]


@pytest.mark.slow
@every_record_type
def test_pages_hold_every_record_once_in_the_order_of_entry(client, model):
    for number in range(5):
        make_record(model, number, parts=1)
    pages = json_pages(client, f"{list_of(model)}?sort=id&per=2")
    entered = list(model.objects.published().order_by("pk").values_list(model.PUBLIC_ID, flat=True))
    assert [each for page in pages for each in ids_on(page)] == entered
    assert {(page["count"], page["pages"]) for page in pages} == {(len(entered), (len(entered) + 1) // 2)}
    assert {(page["page"], page["previous"]) for page in pages} == {(None, None)}
    assert faults(describe(client), f"{model.__name__}List", pages[0]) == []


@every_record_type
def test_list_goes_on_after_a_record_that_is_gone_or_was_edited(client, model):
    records = [make_record(model, number, parts=0 if model is not Country else 1) for number in range(4)]
    entered = list(model.objects.published().order_by("pk").values_list(model.PUBLIC_ID, flat=True))
    page = client.get(f"{list_of(model)}?sort=id&per=2").json()
    assert ids_on(page) == entered[:2]
    for record in records:
        record.save()
    if hasattr(model, "publication_status"):
        model.objects.get(slug=entered[1]).delete()
    rest = json_pages(client, page["next"])
    assert [each for page in rest for each in ids_on(page)] == entered[2:]


class Writer:
    """Somebody who changes the projects while a program reads them, by chance, but the same each time."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.added = 0
        # Which record had this id, by its number.
        self.numbers = {project.slug: project.pk for project in make_exchanges(40)}
        self.always_public = set(self.numbers.values())
        for number in range(10):
            builders.make_project(f"Draft exchange {number}", publication_status="draft")

    def pick(self, **fields):
        return self.chance.choice(list(Project.objects.filter(**fields).order_by("pk")))

    def add(self):
        self.added += 1
        project = builders.make_project(f"Later exchange {self.added}")
        self.numbers[project.slug] = project.pk

    def edit(self):
        project = self.pick(publication_status="published")
        project.start = f"{self.chance.randrange(1990, 2020)}"
        project.save()

    def change_id(self):
        project = self.pick(publication_status="published")
        project.slug = f"{self.chance.choice('az')}-{project.version}-{project.pk}"
        project.save()
        self.numbers[project.slug] = project.pk

    def withdraw(self):
        project = self.pick(publication_status="published")
        project.publication_status = "withdrawn"
        project.save()
        self.always_public.discard(project.pk)

    def publish(self):
        project = self.pick(publication_status__in=["draft", "withdrawn"])
        project.publication_status = "published"
        project.save()
        self.numbers[project.slug] = project.pk

    def remove(self):
        project = self.pick(publication_status="published")
        self.always_public.discard(project.pk)
        project.delete()

    def work(self):
        for _change in range(self.chance.randrange(4)):
            self.chance.choice([self.add, self.edit, self.change_id, self.withdraw, self.publish, self.remove])()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", ["", "&modality=bilateral", "&q=exchange"])
@pytest.mark.parametrize("seed", [1955, 1978, 2019])
@pytest.mark.parametrize("size", ["short", "long"])
def test_reader_meets_what_was_always_public_once_while_a_writer_changes_the_list(
    client, monkeypatch, size, seed, query
):
    if size == "long":  # as lists of more than 50,000 records are gone through, some ids at a time
        monkeypatch.setattr(facets, "MOST_LOOKED_THROUGH", 0)
        monkeypatch.setattr(facets, "IDS_AT_ONCE", 2)
    writer, met, pages = Writer(seed), [], 0
    address = f"/projects.json?sort=id&per=3{query}"
    while address:
        page = client.get(address).json()
        met += [writer.numbers[each] for each in ids_on(page)]
        address, pages = page["next"], pages + 1
        writer.work()
    assert [number for number in writer.always_public if met.count(number) != 1] == []
    assert met == sorted(set(met))
    assert (pages > 8, len(writer.always_public) < 40) == (True, True)


def test_list_with_conditions_goes_on_under_them(client):
    for number in range(6):
        builders.make_project(f"Exchange {number}", modality="bilateral" if number % 2 else "regional")
    first = client.get("/projects.json?modality=bilateral&sort=id&per=2").json()
    assert "modality=bilateral" in first["next"]
    assert [ids_on(page) for page in json_pages(client, first["next"])] == [["exchange-5"]]


def test_list_ends_after_its_last_record(client):
    last = make_exchanges(2)[-1]
    for after in (last.pk, last.pk + 1, 2**31, 10**30):
        page = client.get(f"/projects.json?sort=id&after={after}").json()
        assert (page["results"], page["next"], page["count"]) == ([], None, 2)
    assert client.get("/funds.json?sort=id").json()["results"] == []


def test_other_formats_have_the_same_order(client):
    make_exchanges(3)
    assert [row["id"] for row in csv_rows(client, "/projects.csv?sort=id")] == [
        "exchange-0",
        "exchange-1",
        "exchange-2",
    ]
    assert '<http://testserver/projects/>; rel="alternate"' in client.get("/projects.csv?sort=id")["Link"]


@pytest.mark.parametrize(
    ("query", "parameter", "words"),
    [
        ("sort=id&after=exchange-1", "after", "This is not a place in the list. Take the address in “next” as it is."),
        ("sort=id&after=-1", "after", "Ensure this value is greater than or equal to 0."),
        ("sort=id&after=1&after=2", "after", "Only one value can be given here."),
        ("after=1", "after", "Only a list with sort=id can go on after a record."),
        ("sort=title&after=1", "after", "Only a list with sort=id can go on after a record."),
        ("sort=id&page=2", "page", "With sort=id pages have no numbers. Take the address in “next”."),
    ],
)
def test_place_that_cannot_be_is_refused_in_words(client, query, parameter, words):
    make_exchanges(3)
    answer = client.get(f"/projects.json?{query}")
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["parameter"], error["messages"]) == (400, parameter, [words])


def test_pages_and_events_have_no_such_order(client):
    make_exchanges(2)
    page = read(client, "/projects/?sort=id")
    assert "This list cannot be shown as asked" in page.text
    assert "Order of entry" not in read(client, "/projects/").text
    assert "2 projects" in read(client, "/projects/?after=1").text
    assert client.get("/timeline.json?sort=id").status_code == 400
    assert client.get("/timeline.json?after=1").status_code == 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_page_after_a_change_costs_no_more_than_one_of_the_usual_order(client, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    project = make_exchanges(6)[0]

    def statements(query):
        project.save()
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(f"/projects.json?per=2{query}").json()["results"]) == 2
        return len(queries)

    statements("")
    assert statements("&sort=id") == statements("") < statements("&sort=title")
