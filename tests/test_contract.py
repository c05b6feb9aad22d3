"""What holds for every record type in PUBLIC_RECORDS, so that a new one cannot be half built."""

import gzip
from inspect import unwrap
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, resolve, reverse

from cooperation import models
from cooperation.exports.columns import TABLES
from cooperation.exports.json_ld import DESCRIPTIONS
from cooperation.filters import FILTERSETS
from cooperation.models import (
    PUBLIC_RECORDS,
    Agency,
    Forum,
    Fund,
    Milestone,
    Project,
    Record,
)
from cooperation.references import count_sources
from cooperation.views.generic import RecordList
from tests import builders
from tests.crawl import Page, crawl, is_page, read
from tests.records import add_parts, cite, list_url, make_one_of_each, make_record

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

every_record_type = pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)
every_publishable_type = pytest.mark.parametrize(
    "model", [model for model in PUBLIC_RECORDS if issubclass(model, Record)], ids=lambda model: model._meta.model_name
)

HOSTILE_VALUES = [
    "²",
    "٣",
    "0",
    "-1",
    "10000",
    str(10**30),
    "9" * 5000,
    "\x00",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "%",
    "1e5",
    "NaN",
    "word " * 39,
    "x" * 3000,
    "\N{RIGHT-TO-LEFT OVERRIDE}\N{PILE OF POO}",
    '"',
]


@pytest.fixture
def no_cache(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def queries_of(client, address):
    """How many queries a page takes once this process knows the present records."""
    read(client, address)
    with CaptureQueriesContext(connection) as queries:
        read(client, address)
    return len(queries)


def missing_from(model):
    """What a record type still lacks, one line each."""
    methods = ("published", "for_list", "for_detail", "get_by_natural_key")
    lacking = [f"a queryset method {method}()" for method in methods if not hasattr(model.objects.all(), method)]
    return [*missing_pages(model), *missing_declarations(model), *lacking]


def missing_pages(model):
    stem, missing = model._meta.model_name, []
    for kind, arguments in (("list", []), ("detail", ["x"])):
        try:
            reverse(f"{stem}_{kind}", args=arguments)
        except NoReverseMatch:
            missing.append(f"an address {stem}_{kind} in cooperation/urls.py")
    for template in (f"cooperation/{stem}_card.html", f"cooperation/{stem}_detail.html"):
        try:
            get_template(template)
        except TemplateDoesNotExist:
            missing.append(f"templates/{template}")
    return missing


def missing_declarations(model):
    name, stem = model.__name__, model._meta.model_name
    has_list = any(view.filterset_class._meta.model is model for view in RecordList.__subclasses__())
    has_search = getattr(model, "SEARCH_NAMES", ()) and getattr(model, "SEARCH_KEYS", ())
    has_citations = hasattr(models, f"{name}Citation") or model is models.Source
    fixtures = [path.read_text() for path in Path(settings.BASE_DIR, "fixtures").glob("*.yaml")]
    has_fixtures = any(f"- model: cooperation.{stem}\n" in text for text in fixtures)
    declared = {
        f"a {name}FilterSet in cooperation/filters/ and a {name}List": has_list,
        f"{name}Columns in TABLES of cooperation/exports/columns/__init__.py": model in TABLES,
        "what it is for search engines, in DESCRIPTIONS of cooperation/exports/json_ld.py": model in DESCRIPTIONS,
        f"the {name}FilterSet in FILTERSETS of cooperation/filters/__init__.py": model in FILTERSETS,
        "SEARCH_KEYS and SEARCH_NAMES, by which it is found": has_search,
        f"an admin in cooperation/admin/{stem}.py": admin.site.is_registered(model),
        f"a {name}Citation in cooperation/models/{stem}.py": has_citations,
        "records in fixtures/": has_fixtures,
    }
    return [line for line, is_there in declared.items() if not is_there]


@every_record_type
def test_record_type_lacks_nothing(model):
    assert missing_from(model) == []


def test_missing_from_names_what_a_new_record_type_lacks():
    assert missing_from(models.Membership) == [
        "an address membership_list in cooperation/urls.py",
        "an address membership_detail in cooperation/urls.py",
        "templates/cooperation/membership_card.html",
        "templates/cooperation/membership_detail.html",
        "a MembershipFilterSet in cooperation/filters/ and a MembershipList",
        "MembershipColumns in TABLES of cooperation/exports/columns/__init__.py",
        "what it is for search engines, in DESCRIPTIONS of cooperation/exports/json_ld.py",
        "the MembershipFilterSet in FILTERSETS of cooperation/filters/__init__.py",
        "SEARCH_KEYS and SEARCH_NAMES, by which it is found",
        "an admin in cooperation/admin/membership.py",
        "a MembershipCitation in cooperation/models/membership.py",
        "a queryset method published()",
        "a queryset method for_list()",
        "a queryset method for_detail()",
    ]


@pytest.mark.usefixtures("no_cache")
@every_record_type
def test_list_asks_the_database_as_often_for_three_records_as_for_one(client, model):
    partner = builders.make_agency("United Nations Office for South-South Cooperation", country=None)
    make_record(model, 0, partner=partner)
    for_one = queries_of(client, list_url(model))
    make_record(model, 1, partner=partner)
    make_record(model, 2, partner=partner)
    assert queries_of(client, list_url(model)) == for_one


@pytest.mark.slow
@pytest.mark.usefixtures("no_cache")
@every_record_type
def test_detail_asks_the_database_as_often_for_three_parts_as_for_one(client, model):
    partner = builders.make_agency("United Nations Office for South-South Cooperation", country=None)
    small = make_record(model, 0, parts=1, partner=partner)
    large = make_record(model, 1, parts=3, partner=partner)
    assert queries_of(client, large.get_absolute_url()) == queries_of(client, small.get_absolute_url())


def queries_of_template(address):
    """How often the template of the page at `address` asks the database, after its view has gathered everything."""
    view, arguments, keywords = resolve(address)
    response = unwrap(view)(RequestFactory().get(address), *arguments, **keywords)
    with CaptureQueriesContext(connection) as queries:
        response.render()
    return [query["sql"] for query in queries]


@pytest.mark.slow
def test_template_starts_no_query():
    records = make_one_of_each()
    fill_country(2)
    addresses = [
        "/",
        "/timeline/",
        *(list_url(model) for model in PUBLIC_RECORDS),
        *(each.get_absolute_url() for each in records),
    ]
    for address in addresses:
        assert queries_of_template(address) == [], address


def fill_country(number):
    """`number` of everything that a country page lists, for Thailand."""
    for index in range(number):
        agency = builders.make_agency(f"Agency {index}")
        forum = builders.make_forum(f"Forum {index}")
        add_parts(forum, 1, agency)
        builders.make_project(f"Project {index}", partners=[("pivotal", "THA"), ("beneficiary", "FJI")])
        builders.make_milestone(f"Milestone {index}", country=builders.make_country("THA"))
        add_parts(builders.make_fund(f"Fund {index}"), 1, agency)


@pytest.mark.slow
@pytest.mark.usefixtures("no_cache")
def test_country_page_asks_the_database_as_often_for_three_of_each_as_for_one(client):
    address = builders.make_country("THA").get_absolute_url()
    fill_country(1)
    for_one = queries_of(client, address)
    for model in (Project, Fund, Milestone, Forum, Agency):
        model.objects.all().delete()
    fill_country(3)
    assert queries_of(client, address) == for_one


@pytest.mark.parametrize("model", [each for each in PUBLIC_RECORDS if each is not models.Source])
def test_source_of_every_fact_is_on_the_page_and_in_the_count(client, model):
    record = make_record(model)
    sources = [builders.make_source(f"Source of the fact {fact}") for fact in record.FACTS]
    for fact, source in zip(record.FACTS, sources, strict=True):
        cite(record, fact, source, "2004")
    page = read(client, record.get_absolute_url())
    assert [source.title for source in sources if f"{source.title}." not in page.text] == []
    listed = [attrs for attrs in page.all("li") if attrs.get("id", "").startswith("source-")]
    assert count_sources([record]) == {record.pk: len(listed)}


@pytest.mark.slow
@every_record_type
def test_every_value_that_a_form_offers_works(client, model):
    make_one_of_each()
    offered = [
        (attrs["name"], attrs["value"])
        for attrs in read(client, list_url(model)).all("input")
        if attrs.get("type") == "checkbox"
    ]
    for name, value in offered:
        page = read(client, f"{list_url(model)}?{name}={value}")
        assert "cannot be shown as asked" not in page.text, (name, value)
        ticked = [attrs for attrs in page.all("input") if attrs.get("value") == value and "checked" in attrs]
        assert [attrs["name"] for attrs in ticked] == [name]


@every_record_type
def test_unknown_value_is_named_with_those_allowed_and_no_record_is_shown(client, model):
    record = make_one_of_each()[0] if model is Agency else make_record(model)
    filters = [attrs["name"] for attrs in read(client, list_url(model)).all("input") if attrs.get("type") == "checkbox"]
    for name in dict.fromkeys([*filters, "sort", "per"]):
        page = read(client, list_url(model) + f"?{name}=atlantis")
        assert "“atlantis”" in page.text, name
        assert "allowed" in page.text, name
        assert record.get_absolute_url() not in page.links, name


@pytest.mark.slow
@every_record_type
@pytest.mark.parametrize("value", HOSTILE_VALUES, ids=lambda value: ascii(value[:12]))
def test_hostile_query_string_is_answered_in_words(client, model, value):
    record = make_record(model)
    page = read(client, list_url(model))
    names = {attrs["name"] for tag in ("input", "select") for attrs in page.all(tag)} | {"page", "nonsense"}
    for name in sorted(names):
        answer = client.get(list_url(model), {name: value})
        assert answer.status_code == 200, name
        told = Page(answer.content.decode())
        refused = "cannot be shown as asked" in told.text
        assert (
            refused or f" 0 {model._meta.verbose_name_plural}" in told.text or record.get_absolute_url() in told.links
        ), name
        assert told.scripts == []


@every_record_type
def test_page_past_the_end_is_the_last_page(client, model):
    record = make_record(model)
    assert record.get_absolute_url() in read(client, f"{list_url(model)}?page=99").links


@every_record_type
def test_unknown_parameter_is_ignored(client, model):
    record = make_record(model)
    assert record.get_absolute_url() in read(client, f"{list_url(model)}?utm_source=newsletter").links


@every_publishable_type
def test_markup_in_a_text_is_shown_as_text(client, model):
    name = "title" if hasattr(model, "title") else "name"
    record = make_record(model)
    setattr(record, name, "<b onclick=x>Bold</b> & <script>alert(1)</script>")
    record.note = "<img src=x onerror=alert(1)>"
    record.save()
    for address in (list_url(model), record.get_absolute_url()):
        page = read(client, address)
        assert "<script>alert(1)</script>" in page.text
        assert page.all("b") == page.running_scripts == page.all("img") == []


@pytest.mark.slow
def test_no_public_page_sets_a_cookie_or_runs_a_script(client):
    make_one_of_each()
    pages = crawl(client)
    for address, answer in pages.items():
        assert answer.cookies == {}, address
        assert "Cookie" not in answer.headers.get("Vary", ""), address
        assert answer["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        if not is_page(answer):
            continue
        page = Page(answer.content.decode())
        assert page.running_scripts == page.all("style") == [], address
        inline = [attrs for _tag, attrs in page.elements if any(name == "style" or name[:2] == "on" for name in attrs)]
        assert inline == [], address


@pytest.mark.slow
def test_every_public_page_is_well_formed_and_named(client):
    make_one_of_each()
    titles = {}
    pages = {address: answer for address, answer in crawl(client).items() if is_page(answer)}
    for address, answer in pages.items():
        page = Page(answer.content.decode())
        assert page.unclosed == [], address
        assert len(page.all("h1")) == 1, address
        assert len(page.all("main")) == 1, address
        ids = [attrs["id"] for _tag, attrs in page.elements if "id" in attrs]
        assert len(ids) == len(set(ids)), address
        labelled = [attrs["aria-labelledby"] for _tag, attrs in page.elements if "aria-labelledby" in attrs]
        assert [each for each in labelled if each not in ids] == [], address
        fragments = [link[1:] for link in page.links if link.startswith("#")]
        assert [each for each in fragments if each not in ids] == [], address
        if "?" not in address:
            title = answer.content.decode().partition("<title>")[2].partition("</title>")[0]
            assert titles.setdefault(title, address) == address
    assert len(titles) > len(PUBLIC_RECORDS) * 2


@pytest.mark.slow
def test_every_link_on_a_public_page_leads_somewhere(client):
    make_one_of_each()
    broken = [address for address, answer in crawl(client).items() if answer.status_code != 200]
    assert broken == []


def test_public_pages_are_compressed(client):
    make_one_of_each()
    answer = client.get("/projects/", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert b"<h1>Projects</h1>" in gzip.decompress(answer.content)
