"""The pages of the admin ask the database as seldom of 1,000 records as of 10, and never often."""

from itertools import product
from string import ascii_lowercase, digits

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cooperation.models import (
    Agency,
    AgencyRole,
    AuditEntry,
    Citation,
    Correction,
    Country,
    DuplicatePair,
    Edit,
    Evidence,
    FormerSlug,
    Forum,
    Fund,
    Goal,
    ImportBatch,
    Instrument,
    Lesson,
    Meeting,
    Membership,
    Milestone,
    PendingChange,
    Project,
    Source,
    Theme,
)
from tests.admin_records import (
    ADMINS,
    PART_FIELDS,
    add_url,
    change_url,
    count_queries,
    inlines_of,
    list_url,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.slow]

FEW, MANY = 10, 1_000
FEW_PARTS, MANY_PARTS, MANY_MEMBERS = 5, 30, 300
# What a page may ask at most. The session, the account and its rights are three queries of each.
MOST_FOR_LIST, MOST_FOR_FORM, MOST_FOR_FIRST_PAGE = 16, 30, 20

# For superusers alone, and measured by a test of its own.
OF_SUPERUSERS = [AuditEntry]
OWN_ADMINS = [
    model for model in admin.site._registry if model._meta.app_label == "cooperation" and model not in OF_SUPERUSERS
]
# In small letters, which no real code has.
CODES = ["".join(pair) for pair in product(ascii_lowercase + digits, repeat=2)]
TYPES = [Project, Agency, Forum, Fund, Milestone, Lesson]


def record_type(number):
    return TYPES[number % len(TYPES)]._meta.model_name


def nth(model, number):
    """One of the rows that are there."""
    ids = KEYS[model]
    return ids[number % len(ids)]


# Ids of the rows that others refer to, of the test that runs.
KEYS = {}

# An unsaved row for each number, the next one with other relations.
ROWS = {
    Country: lambda n: Country(
        iso3=f"{n:03}",
        iso2=CODES[n],
        m49=CODES[n],
        name=f"Island {n}",
        portal_region="asia_pacific",
        subregion="061",
    ),
    Source: lambda n: Source(
        slug=f"report-{n}",
        title=f"Report {n}",
        publisher="ESCAP",
        url=f"https://www.unescap.org/{n}",
        kind="primary",
        check_result=["ok", "broken"][n % 2],
    ),
    Theme: lambda n: Theme(code=f"trade-{n}", name=f"Trade {n}"),
    Goal: lambda n: Goal(number=n + 1, name=f"Goal {n + 1}"),
    Instrument: lambda n: Instrument(code=f"course-{n}", name=f"Course {n}"),
    Forum: lambda n: Forum(name=f"Summit {n}", kind="network", **of_record("summit", n)),
    Fund: lambda n: Fund(name=f"Trust fund {n}", forum_id=nth(Forum, n), **of_record("fund", n)),
    Agency: lambda n: Agency(name=f"Agency {n}", kind="ministry", country_id=nth(Country, n), **of_record("agency", n)),
    Project: lambda n: Project(
        title=f"Exchange {n}",
        modality="bilateral",
        status="in_execution",
        end="2019",
        forum_id=nth(Forum, n),
        fund_id=nth(Fund, n),
        **of_record("exchange", n),
    ),
    Milestone: lambda n: Milestone(
        title=f"Declaration {n}",
        date="1978",
        country_id=nth(Country, n),
        forum_id=nth(Forum, n),
        **of_record("declaration", n),
    ),
    Lesson: lambda n: Lesson(title=f"Lesson {n}", summary="It needs champions.", position=n, **of_record("lesson", n)),
    FormerSlug: lambda n: FormerSlug(record_type="fund", slug=f"fund-of-{n}", current=f"fund-{n}"),
    PendingChange: lambda n: PendingChange(
        record_type=record_type(n),
        record_id=nth(TYPES[n % len(TYPES)], n),
        form="title=Exchange",
        version=1,
        by_id=nth(User, n),
        state=PendingChange.State.values[n % 4],
    ),
    Correction: lambda n: Correction(
        record_type=record_type(n), record_id=nth(TYPES[n % len(TYPES)], n), public_id=f"record-{n}", what="It ended."
    ),
    ImportBatch: lambda n: ImportBatch(
        record_type=record_type(n), file_name=f"projects-{n}.csv", content=b"", digest=f"{n}", by_id=nth(User, n)
    ),
    DuplicatePair: lambda n: DuplicatePair(
        record_type=record_type(n),
        first_id=nth(TYPES[n % len(TYPES)], n),
        second_id=nth(TYPES[n % len(TYPES)], n + len(TYPES)) + n * 10_000,
        score=90,
        why="Same acronym",
        decided_by_id=nth(User, n),
    ),
    Edit: lambda n: Edit(kind="form", by_id=nth(User, n), reason=f"Reason {n}"),
}


def of_record(stem, number):
    return {"slug": f"{stem}-{number}", "publication_status": ["draft", "in_review", "published"][number % 3]}


def fill(first, last):
    """Rows `first` to `last` of every model; of the 17 goals as many as there are."""
    User.objects.bulk_create(User(username=f"curator-{n}") for n in range(first, last))
    KEYS[User] = list(User.objects.values_list("pk", flat=True))
    for model, row in ROWS.items():
        end = min(last, 17) if model is Goal else last
        model.objects.bulk_create(row(n) for n in range(first, end))
        KEYS[model] = list(model.objects.order_by("pk").values_list("pk", flat=True))
    themes = Project.themes.through
    themes.objects.bulk_create(themes(project_id=KEYS[Project][n], theme_id=KEYS[Theme][n]) for n in range(first, last))


def add_parts(record, first, last):
    """Parts `first` to `last` of each kind that the form of a record shows."""
    for model in [inline.model for inline in inlines_of(type(record))]:
        sources = KEYS[Source]
        parts = [
            model(**{model.owner: record}, source_id=sources[n % len(sources)], **part_fields(model, n))
            for n in range(first, min(last, 9) if model is AgencyRole else last)
        ]
        parts = model.objects.bulk_create(parts)
        if model is Meeting:
            hosts = Meeting.hosts.through
            hosts.objects.bulk_create(hosts(meeting=part, country_id=nth(Country, part.pk)) for part in parts)


def part_fields(model, number):
    if issubclass(model, Citation):
        return {"fact": "further", "value": f"It met in {1990 + number}."}
    if model is Evidence:
        kind = [Forum, Milestone, Agency, Project, Fund, Country][number % 6]
        return {"position": number, "shows": "It met.", f"{kind._meta.model_name}_id": nth(kind, number)}
    return PART_FIELDS[model](number)


def test_every_list_and_form_is_measured():
    assert {model.__name__ for model in OWN_ADMINS} <= {model.__name__ for model in ROWS}
    assert set(ADMINS) <= set(apps.get_app_config("cooperation").get_models())


@pytest.fixture
def pages(curator):
    """`measure(*addresses)` at 10 and at 1,000 rows of every model: `[(address, queries, queries), ...]`."""

    def measure(addresses):
        fill(0, FEW)
        before = [(name, count_queries(curator, address)) for name, address in addresses.items()]
        fill(FEW, MANY)
        return [(name, few, count_again(curator, addresses[name])) for name, few in before]

    return measure


def count_again(client, address):
    """The queries of a page that has been counted before, so that nothing is asked for the first time."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def grown(measured):
    return [each for each in measured if each[1] != each[2]]


def beyond(measured, most):
    return [(name, many) for name, _few, many in measured if many > most]


def test_audit_log_asks_as_seldom_of_a_thousand_entries_as_of_ten(admin_client):
    def make_entries(first, end):
        users = User.objects.bulk_create(User(username=f"curator.{number}") for number in range(first, end))
        AuditEntry.objects.bulk_create(
            AuditEntry(action="publish", user=user, user_name=user.username, about=f"project {user.username}")
            for user in users
        )

    make_entries(0, FEW)
    few = count_queries(admin_client, list_url(AuditEntry))
    make_entries(FEW, MANY)
    assert count_again(admin_client, list_url(AuditEntry)) == few <= MOST_FOR_LIST


def test_lists_ask_as_seldom_of_a_thousand_rows_as_of_ten(pages):
    measured = pages({model.__name__: list_url(model) for model in OWN_ADMINS})
    assert grown(measured) == []
    assert beyond(measured, MOST_FOR_LIST) == []
    assert Project.objects.count() == Agency.objects.count() == Country.objects.count() == MANY


def test_empty_forms_ask_as_seldom_of_a_thousand_rows_as_of_ten(pages, rf, admin_user):
    request = rf.get("/admin/")
    request.user = admin_user
    may_add = [model for model, site in ADMINS.items() if site.has_add_permission(request)]
    measured = pages({model.__name__: add_url(model) for model in may_add})
    assert grown(measured) == []
    assert beyond(measured, MOST_FOR_FORM) == []


def test_first_page_asks_as_seldom_of_a_thousand_rows_as_of_ten(pages):
    measured = pages({"first page": reverse("admin:index"), "guide": reverse("curators_guide")})
    assert grown(measured) == []
    assert beyond(measured, MOST_FOR_FIRST_PAGE) == []


def test_forms_ask_as_seldom_of_many_parts_in_a_large_registry_as_of_few_in_a_small_one(curator):
    fill(0, FEW)
    # The first row of each model is a draft, the third is published.
    records = {model.__name__: model.objects.get(pk=KEYS[model][2]) for model in ADMINS}
    records["Draft of a project"] = Project.objects.get(pk=KEYS[Project][0])
    for record in records.values():
        add_parts(record, 0, FEW_PARTS)
    before = {name: count_queries(curator, change_url(record)) for name, record in records.items()}
    fill(FEW, MANY)
    for record in records.values():
        add_parts(record, FEW_PARTS, MANY_PARTS)
    measured = [(name, few, count_again(curator, change_url(records[name]))) for name, few in before.items()]
    assert grown(measured) == []
    assert beyond(measured, MOST_FOR_FORM) == []


def test_form_of_a_forum_asks_as_seldom_of_300_members_as_of_10(curator):
    fill(0, MANY_MEMBERS)
    forum = Forum.objects.get(pk=KEYS[Forum][2])
    members = [Membership(forum=forum, country_id=pk, joined="1999") for pk in KEYS[Country]]
    Membership.objects.bulk_create(members[:FEW])
    before = count_queries(curator, change_url(forum))
    Membership.objects.bulk_create(members[FEW:])
    assert forum.memberships.count() == MANY_MEMBERS
    assert count_again(curator, change_url(forum)) == before <= MOST_FOR_FORM
