"""Under 200 random filters the page and every format hold the same records and the same counts."""

import random

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cooperation.models import Project
from tests.crawl import Page
from tests.databases import share
from tests.files import atom_entries, csv_rows, iati_identifiers, json_pages, xlsx_rows
from tests.oracle import fitting_projects
from tests.test_facet_counts import filter_states, scatter

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def scattered(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        scatter(random.Random(1955))
        yield
        transaction.set_rollback(True)


def query_of(asked, **more):
    query = QueryDict(mutable=True)
    for name, values in {**asked, **more}.items():
        query.setlist(name, values if isinstance(values, list) else [values])
    return query.urlencode()


def slugs_on(page):
    places = [link.split("/") for link in page.links if link.startswith("/projects/") and "?" not in link]
    return [parts[2] for parts in places if parts[2]]


def counts_on(page):
    """`{filter: {value: count}}` as the boxes and lists of a page print them."""
    counts = {}
    names = [attrs for tag, attrs in page.elements if tag == "input" and attrs.get("type") == "checkbox"]
    printed = page.texts_of("span", "count")
    for attrs, text in zip(names, printed, strict=True):
        counts.setdefault(attrs["name"], {})[attrs["value"]] = int(text)
    return counts


@pytest.mark.usefixtures("scattered")
@settings(max_examples=share(200), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_page_and_formats_hold_the_same_records(data):
    client, asked = Client(), data.draw(filter_states())
    query = query_of(asked)
    page = Page(client.get(f"/projects/?{query_of(asked, per='100')}").content.decode())
    listed = slugs_on(page)
    in_json = json_pages(client, f"/projects.json?{query_of(asked, per='20')}")
    in_csv = csv_rows(client, f"/projects.csv?{query}")
    in_xlsx = xlsx_rows(client, f"/projects.xlsx?{query}", "projects")
    in_atom = atom_entries(client, f"/projects.atom?{query}")
    in_iati = iati_identifiers(client, f"/projects.xml?{query}")
    assert set(listed) == set(Project.objects.filter(pk__in=fitting_projects(asked)).values_list("slug", flat=True))
    assert [row["id"] for part in in_json for row in part["results"]] == listed
    assert [row["id"] for row in in_csv] == listed
    assert [row["id"] for row in in_xlsx] == listed
    assert [each.find("{*}id").text.split("/")[-2] for each in in_atom] == listed
    assert [each.removeprefix("XE-EXAMPLE-SSCPORTAL-") for each in in_iati] == listed
    assert {part["count"] for part in in_json} == {len(listed)}
    facets = {name: {each["value"]: each["count"] for each in values} for name, values in in_json[0]["facets"].items()}
    printed = counts_on(page)
    # What could be left out is offered in a drop-down list; what is left out has a box.
    assert all(printed.get(name, {}) == counts for name, counts in facets.items() if not name.startswith("not_"))
    assert all(facets[name][value] == count for name, counts in printed.items() for value, count in counts.items())
