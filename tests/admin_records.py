"""The models in the admin, a record and a part of each for tests, and where their pages are."""

from itertools import count

from django.contrib import admin
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cooperation.models import (
    Agency,
    AgencyRole,
    Citation,
    Claim,
    Contribution,
    Country,
    Document,
    Evidence,
    FormerSlug,
    Forum,
    ForumRole,
    Fund,
    FundManager,
    Goal,
    Instrument,
    Lesson,
    Meeting,
    Membership,
    Milestone,
    Participation,
    Project,
    Source,
    Theme,
    registry_models,
)
from tests.builders import (
    COUNTRIES,
    make_agency,
    make_country,
    make_forum,
    make_fund,
    make_goal,
    make_instrument,
    make_lesson,
    make_milestone,
    make_project,
    make_source,
    make_theme,
)

MODELS = registry_models()
ADMINS = {model: site for model, site in admin.site._registry.items() if model in MODELS}
PARTNER_ISO3 = sorted(COUNTRIES)
FURTHER_RECORDS = count(100)


def country(number):
    return make_country(PARTNER_ISO3[number % len(PARTNER_ISO3)])


def agency(number):
    name = f"Cooperation agency of {country(number)}"
    return Agency.objects.filter(name=name).first() or make_agency(name, country=country(number).iso3)


# One record of each registered model, the next number giving another one with other relations.
MAKE_RECORD = {
    Agency: agency,
    Country: country,
    FormerSlug: lambda n: FormerSlug.objects.create(record_type="fund", slug=f"fund-of-{1990 + n}", current="fund"),
    Forum: lambda n: make_forum(f"Summit of {1990 + n}", secretariat_country=country(n)),
    Fund: lambda n: make_fund(f"Trust Fund of {1990 + n}", forum=make_forum(f"Founding forum of {1990 + n}")),
    Goal: lambda n: make_goal(n + 1, f"Goal for {1990 + n}"),
    Instrument: lambda n: make_instrument(f"Course of {1990 + n}"),
    Lesson: lambda n: make_lesson(f"Lesson of {1990 + n}", position=n),
    Milestone: lambda n: make_milestone(
        f"Declaration of {1990 + n}",
        f"{1990 + n}",
        country=country(n),
        forum=make_forum(f"Declaring forum of {1990 + n}"),
    ),
    Project: lambda n: make_project(
        f"Exchange of {1990 + n}",
        forum=make_forum(f"Exchange forum of {1990 + n}"),
        fund=make_fund(f"Exchange fund of {1990 + n}"),
        themes=[f"Theme of {1990 + n}"],
    ),
    Source: lambda n: make_source(f"Annual report {1990 + n}"),
    Theme: lambda n: make_theme(f"Trade in {1990 + n}"),
}

# What a part holds besides its record and its source. Each number gives another country, agency or record.
PART_FIELDS = {
    AgencyRole: lambda n: {"role": [role for role, _label in AgencyRole._meta.get_field("role").choices][n]},
    Claim: lambda n: {"position": n, "claim": "It meets.", "verdict": "confirmed", "finding": "It met."},
    Contribution: lambda n: {"country": country(n), "organisation": f"Ministry, since {1990 + n}"},
    Document: lambda n: {"title": "Agreement", "url": f"https://www.aci.org/{n}.pdf", "category": "A09"},
    Evidence: lambda n: {"position": n, "shows": "It met.", **evidence(n)},
    ForumRole: lambda n: {"role": "chair", "country": country(n), "agency": agency(n), "start": f"{1990 + n}"},
    FundManager: lambda n: {"agency": agency(n), "organisation": f"Secretariat, since {1990 + n}"},
    Meeting: lambda n: {"date": f"{1990 + n}", "country": country(n)},
    Membership: lambda n: {"country": country(n), "joined": f"{1990 + n}", "left": f"{1991 + n}"},
    Participation: lambda n: {"role": "partner", "country": country(n), "agency": agency(n), "start": f"{1990 + n}"},
}


def evidence(number):
    """Another kind of record each time."""
    kinds = [Forum, Milestone, Agency, Project, Fund, Country]
    kind = kinds[number % len(kinds)]
    return {kind._meta.model_name: MAKE_RECORD[kind](next(FURTHER_RECORDS))}


def add_part(model, record, number):
    if issubclass(model, Citation):
        fields = {"fact": "further", "value": f"It met in {1990 + number}."}
    else:
        fields = PART_FIELDS[model](number)
    part = model.objects.create(**{model.owner: record}, source=make_source(f"Minutes of {1990 + number}"), **fields)
    if model is Meeting:
        part.hosts.set([country(number), country(number + 1)])
    return part


def list_url(model):
    return reverse(f"admin:cooperation_{model._meta.model_name}_changelist")


def add_url(model):
    return reverse(f"admin:cooperation_{model._meta.model_name}_add")


def change_url(record):
    return reverse(f"admin:cooperation_{record._meta.model_name}_change", args=[record.pk])


def inlines_of(model, user=None):
    request = RequestFactory().get("/admin/")
    request.user = user
    return [inline(model, admin.site) for inline in ADMINS[model].get_inlines(request, None)]


def titles(client, model, **filters):
    response = client.get(list_url(model), filters)
    assert response.status_code == 200
    return sorted(str(record) for record in response.context["cl"].result_list)


def count_queries(client, url):
    client.get(url)  # the first visit reads content types and permissions
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200
    return len(queries)
