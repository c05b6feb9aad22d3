"""The count beside a value is the length of the list after choosing it: 500 random filters over data with drafts."""

import random

import pytest
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cooperation import models
from cooperation.filters import ProjectFilterSet
from cooperation.filters.sides import MAY_GIVE, MAY_RECEIVE
from cooperation.models import Fund, Goal, Instrument, Membership, Participation, PartnerRole, Project, Theme
from tests import builders
from tests.databases import share
from tests.oracle import fitting_projects
from tests.records import cite

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

STATUSES = ["published"] * 5 + ["draft", "in_review", "withdrawn"]
DATES = ["", "", "2005", "2011-03", "2016-07-01", "2019", "2024-11"]


def scatter(chance):
    """Projects, agencies, forums and funds in every publication status, linked at random."""
    countries = [builders.make_country(iso3) for iso3 in builders.COUNTRIES]
    for country in countries:
        country.ldc, country.lldc = chance.random() < 0.3, chance.random() < 0.3
        country.income_group = chance.choice(["", "low", "upper_middle"])
        country.income_fiscal_year = 2024 if country.income_group else None
        country.save()
    themes = [builders.make_theme(name) for name in ("Trade", "Fisheries", "Water", "Health")]
    goals = [builders.make_goal(number, f"Goal {number}") for number in (2, 6, 17)]
    instruments = [builders.make_instrument(name) for name in ("Training", "Expert mission")]
    agencies = [
        builders.make_agency(f"Agency {number}", chance.choice(["THA", "CHL", None]), publication_status=status)
        for number, status in enumerate(STATUSES)
    ]
    forums = [
        builders.make_forum(f"Forum {number}", publication_status=status, established=chance.choice(DATES))
        for number, status in enumerate(STATUSES)
    ]
    for forum in forums:
        for country in chance.sample(countries, 4):
            kind = chance.choice(Membership.Kind.values)
            joined = chance.choice(DATES)
            left = chance.choice(["", "", "2025"])
            Membership.objects.create(forum=forum, country=country, kind=kind, joined=joined, left=left)
    funds = [builders.make_fund(f"Fund {number}", publication_status=status) for number, status in enumerate(STATUSES)]
    source = builders.make_source()
    for number in range(60):
        start, end = sorted([chance.choice(DATES), chance.choice(DATES)])
        has_budget = chance.random() < 0.4
        project = builders.make_project(
            f"Project {number}",
            publication_status=chance.choice(STATUSES),
            modality=chance.choice(Project.Modality.values),
            status=chance.choice(["", *Project.Status.values]),
            start=start if start else chance.choice(["", end]),
            end=end,
            budget_amount=1000 if has_budget else None,
            budget_currency="USD" if has_budget else "",
            forum=chance.choice([None, *forums]),
            fund=chance.choice([None, *funds]),
        )
        project.themes.set(chance.sample(themes, chance.randrange(3)))
        project.goals.set(chance.sample(goals, chance.randrange(3)))
        project.instruments.set(chance.sample(instruments, chance.randrange(2)))
        for role in chance.sample(PartnerRole.values, chance.randrange(4)):
            for country in chance.sample(countries, chance.randrange(3)):
                sourced = source if chance.random() < 0.3 else None
                Participation.objects.create(
                    project=project,
                    role=role,
                    country=country,
                    agency=chance.choice([None, *agencies]),
                    source=sourced,
                )
            if chance.random() < 0.2:
                Participation.objects.create(project=project, role=role, organisation="UNOPS")
        if chance.random() < 0.3:
            cite(project, "title", source)


@pytest.fixture(scope="module")
def scattered(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        scatter(random.Random(1978))
        yield
        transaction.set_rollback(True)


def codes(model, field="slug", **conditions):
    return lambda: list(model.objects.filter(**conditions).order_by(field).values_list(field, flat=True))


PUBLIC = {"publication_status": "published"}
CODES = {
    "country": lambda: list(builders.COUNTRIES),
    "role": lambda: PartnerRole.values,
    "giver": lambda: ["asia_pacific", "lac", "other", "005", "035", "054", "THA", "COL"],
    "giver_role": lambda: MAY_GIVE,
    "receiver": lambda: ["asia_pacific", "lac", "029", "061", "FJI", "TON"],
    "receiver_role": lambda: MAY_RECEIVE,
    "theme": codes(Theme, "code"),
    "goal": codes(Goal, "number"),
    "instrument": codes(Instrument, "code"),
    "forum": codes(models.Forum, **PUBLIC),
    "fund": codes(Fund, **PUBLIC),
    "agency": codes(models.Agency, **PUBLIC),
    "member_of": codes(models.Forum, **PUBLIC),
    "modality": lambda: Project.Modality.values,
    "status": lambda: Project.Status.values,
    "scope": lambda: models.Scope.values,
    "region": lambda: ["asia_pacific", "lac"],
    "subregion": lambda: ["005", "029", "035", "054"],
    "group": lambda: ["sids", "ldc", "lldc"],
    "income": lambda: ["low", "upper_middle"],
    "has_source": lambda: ["yes", "no"],
    "has_budget": lambda: ["yes", "no"],
}
OPPOSITES = ("country", "role", "giver", "receiver_role", "theme", "agency", "modality", "status", "scope", "group")
YEARS = st.integers(2003, 2026).map(str)


@st.composite
def filter_states(draw):
    """`{name: [value, ...]}`: up to three filters of codes, at times the opposite of one, years, and switches."""
    asked = {}
    for name in draw(st.lists(st.sampled_from(sorted(CODES)), max_size=3, unique=True)):
        asked[name] = draw(
            st.lists(st.sampled_from([str(code) for code in CODES[name]()]), min_size=1, max_size=3, unique=True)
        )
    if draw(st.booleans()):
        name = draw(st.sampled_from(OPPOSITES))
        asked[f"not_{name}"] = [str(draw(st.sampled_from(CODES[name]())))]
    if draw(st.booleans()):
        asked["country_match"] = ["all"]
    if draw(st.booleans()):
        asked["as_of"] = [draw(YEARS)]
    years = sorted(draw(st.lists(YEARS, max_size=2)))
    if len(years) == 2:
        asked["year_from"], asked["year_to"] = [years[0]], [years[1]]
    elif years:
        asked[draw(st.sampled_from(["year_from", "year_to"]))] = years
    return asked


def filterset_of(asked):
    query = QueryDict(mutable=True)
    for name, values in asked.items():
        query.setlist(name, values)
    return ProjectFilterSet(ProjectFilterSet.parameters(query))


@pytest.mark.usefixtures("scattered")
@settings(max_examples=share(500), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_count_beside_a_value_is_the_length_of_the_list_after_choosing_it(data):
    asked = data.draw(filter_states())
    filterset = filterset_of(asked)
    assert filterset.problems == []
    assert set(filterset.ids()) == fitting_projects(asked)
    assert filterset.count == len(filterset.ids())
    offered = [(facet.name, value) for facet in filterset.facets for value in [*facet.first, *facet.rest]]
    assert all(value.count or value.chosen for _name, value in offered)
    for name, value in data.draw(st.lists(st.sampled_from(offered), max_size=4)) if offered else []:
        beside = asked.get(name, []) if name == "country" and "country_match" in asked else []
        alone = {**asked, name: list(dict.fromkeys([*beside, value.code]))}
        together = {**asked, name: list(dict.fromkeys([*asked.get(name, []), value.code]))}
        assert value.count == len(fitting_projects(alone)) == filterset_of(alone).count
        assert filterset_of(together).count == len(fitting_projects(together))
    for facet in [facet.opposite for facet in filterset.facets if facet.opposite]:
        for value in [*facet.first, *facet.rest][:2]:
            left = {**asked, facet.name: [value.code]}
            assert value.count == len(fitting_projects(left)) == filterset_of(left).count
