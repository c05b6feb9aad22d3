"""The fixtures: what they must hold, and what they must keep out. They are loaded once for the whole file."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import models

from cooperation.management.commands.setup import FIXTURES
from cooperation.models import (
    PUBLIC_RECORDS,
    Agency,
    Citation,
    Country,
    Forum,
    Fund,
    Lesson,
    Meeting,
    Membership,
    Milestone,
    Project,
    PublicationStatus,
    Record,
    Source,
    SourcedPart,
    Theme,
    registry_models,
)
from cooperation.pictures.tile_map import has_place
from cooperation.workflow.checklist import checklist
from tests.crawl import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures_loaded"), pytest.mark.any_database]

MODELS = registry_models()


def every_row():
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in registry_models(include_auto_created=True)
    }


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_fixtures_pass_the_checks_of_the_forms(model):
    errors = []
    for row in model._base_manager.all():
        try:
            row.full_clean()
        except ValidationError as error:
            errors.append((str(row), error.message_dict))
    assert errors == []


@pytest.mark.slow
def test_what_the_fixtures_publish_passes_the_checklist():
    records = [record for model in PUBLIC_RECORDS if issubclass(model, Record) for record in model.objects.published()]
    assert len(records) > 300
    assert {record.slug: problems for record in records if (problems := checklist(record))} == {}


@pytest.mark.slow
def test_fixtures_loaded_again_by_loaddata_change_nothing(settings):
    settings.SIMPLE_HISTORY_ENABLED = False
    before = every_row()
    call_command("loaddata", *map(str, FIXTURES), verbosity=0)
    assert every_row() == before


@pytest.mark.parametrize(
    ("model", "at_least"),
    [
        (Project, 200),
        (Forum, 47),
        (Meeting, 330),
        (Agency, 61),
        (Country, 202),
        (Fund, 17),
        (Milestone, 60),
        (Lesson, 4),
    ],
)
def test_fixtures_hold_enough(model, at_least):
    assert model._base_manager.count() >= at_least


def seen_by_the_public(model):
    if issubclass(model, Record):
        return model._base_manager.filter(publication_status=PublicationStatus.PUBLISHED)
    if issubclass(model, Citation | SourcedPart):
        return model.objects.of_published()
    return model._base_manager.all()


def test_fixtures_of_published_records_lead_to_published_records_only():
    hidden = set(PublicationStatus) - {PublicationStatus.PUBLISHED}
    looked_at, astray = set(), []
    for model in MODELS:
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and issubclass(field.related_model, Record):
                looked_at.add(f"{model.__name__}.{field.name}")
                rows = seen_by_the_public(model).filter(**{f"{field.name}__publication_status__in": hidden})
                astray += [(f"{model.__name__}.{field.name}", str(row)) for row in rows]
    assert {"Agency.parent", "Evidence.project", "Project.fund", "FundManager.agency"} <= looked_at
    assert astray == []


def test_fixtures_keep_projects_of_undp_as_drafts_without_the_start_of_the_dataset():
    projects = Project.objects.filter(slug__startswith="undp-")
    assert projects.count() > 0
    assert set(projects.values_list("publication_status", flat=True)) == {PublicationStatus.DRAFT}
    assert list(projects.filter(start="2014")) == []


def test_fixtures_say_nothing_of_how_they_were_made():
    # A path of some machine, not of a web address: no letter, colon or slash stands before it.
    unwanted = re.compile(
        r"collector|dossier|stored page|(?<![\w./:-])/(?:home|mnt|opt|root|srv|tmp|usr|var|work|Users)/|file://",
        re.IGNORECASE,
    )
    found = []
    for model in MODELS:
        names = [field.name for field in model._meta.fields if isinstance(field, models.CharField | models.TextField)]
        for row in model._base_manager.values_list("pk", *names):
            found += [(model.__name__, *row[:2], text) for text in row[1:] if unwanted.search(text)]
    assert found == []


def test_fixtures_hold_no_source_that_nothing_cites():
    unused = Source.objects.all()
    for relation in Source._meta.related_objects:
        unused = unused.exclude(
            pk__in=relation.related_model._base_manager.filter(source__isnull=False).values("source")
        )
    assert list(unused) == []


def test_fixtures_give_every_country_of_both_regions_a_tile_of_its_own():
    countries = Country.objects.filter(portal_region__in=["asia_pacific", "lac"])
    tiles = list(countries.exclude(tile_row=None).values_list("tile_column", "tile_row"))
    assert list(countries.filter(tile_row=None)) == []
    assert len(tiles) == len(set(tiles)) == 111
    assert [country.iso3 for country in Country.objects.all() if has_place(country)] == [
        country.iso3 for country in countries.all()
    ]
    assert list(Country.objects.filter(portal_region="other").exclude(tile_row=None)) == []


def test_fixtures_give_fealac_36_members_and_both_years():
    fealac = Forum.objects.get(slug="fealac")
    open_memberships = fealac.memberships.filter(left="").exclude(kind=Membership.Kind.FORMER)
    assert open_memberships.count() == 36
    assert fealac.established == "1999-09"
    years = {value[:4] for value in fealac.citations.filter(fact="established").values_list("value", flat=True)}
    assert {"1998", "1999"} <= years


def test_fixtures_date_the_buenos_aires_plan_1978_and_keep_1989():
    plan = Milestone.objects.get(slug="bapa-1978")
    assert plan.date == "1978-09-12"
    assert "1989" in plan.citations.filter(fact="date").values_list("value", flat=True)


def test_fixtures_date_apec_1989():
    assert Forum.objects.get(slug="apec").established == "1989-11"


def test_fixtures_name_the_initiator_and_the_second_meeting_of_the_edp_network():
    network = Forum.objects.get(slug="edp-network")
    assert list(network.roles.filter(role="initiator").values_list("country__iso3", flat=True)) == ["IDN"]
    assert network.meetings.filter(date__startswith="2025", country__iso3="COL").count() == 1


def test_fixtures_name_the_managers_of_the_fealac_trust_fund():
    fund = Fund.objects.get(slug="fealac-trust-fund")
    assert set(fund.managers.values_list("agency__slug", flat=True)) == {"eclac", "escap"}


def test_fixtures_show_published_projects_on_each_theme_of_the_trust_fund_and_the_dialogues():
    wanted = {"value-chains", "inequality", "msme", "digital-trade", "critical-minerals"}
    used = Theme.objects.filter(projects__publication_status=PublicationStatus.PUBLISHED, code__in=wanted)
    assert set(used.values_list("code", flat=True)) == wanted


@pytest.mark.slow
@pytest.mark.parametrize(
    ("search", "address", "words"),
    [
        ("/agencies/?q=tica", "/agencies/tica/", "Argentina, Brazil, Chile, Cuba, Mexico and Peru"),
        ("/forums/?q=emerging+development", "/forums/edp-network/", "Initiator: Indonesia"),
        ("/forums/?q=emerging+development", "/forums/edp-network/", "Colombia"),
        ("/milestones/?q=bandung", "/milestones/bandung-1955/", "18 April 1955"),
        ("/milestones/?q=buenos+aires+plan", "/milestones/bapa-1978/", "Another source says 1989"),
        ("/milestones/?q=BAPA%2B40", "/milestones/bapa40-2019/", "Buenos Aires"),
        ("/forums/?q=ASEAN", "/forums/asean/", "Timor-Leste"),
        ("/forums/?q=SAARC", "/forums/saarc/", "Nepal"),
        ("/forums/?q=CARICOM", "/forums/caricom/", "Barbados"),
        ("/forums/?q=CELAC", "/forums/celac/", "Mexico"),
        ("/forums/?q=ESCAP", "/forums/escap/", "Bangkok"),
        ("/forums/?q=ECLAC", "/forums/eclac/", "Santiago"),
        ("/forums/?q=directors-general", "/forums/ap-dg-forum/", "June 2018"),
        ("/forums/?q=regional+conference", "/forums/eclac-rc-ssc/", "every 24 months"),
        ("/forums/?q=APEC", "/forums/apec/", "Established November 1989"),
        ("/forums/?q=FEALAC", "/forums/fealac/", "36 members"),
        ("/forums/?q=FEALAC", "/forums/fealac/", "Established September 1999"),
        ("/forums/?q=FEALAC", "/forums/fealac/", "Other sources say 1998"),
        ("/funds/?q=FEALAC", "/funds/fealac-trust-fund/", "(ESCAP)"),
        ("/funds/?q=FEALAC", "/funds/fealac-trust-fund/", "(ECLAC)"),
        ("/forums/?q=middle-income", "/forums/hlc-mics/", "Philippines"),
        ("/lessons/?q=shared+vision", "/lessons/shared-vision/", "Confirmed"),
        ("/lessons/?q=champion", "/lessons/champion-countries/", "Indonesia"),
        ("/lessons/?q=traditions", "/lessons/strong-traditions/", "Not correct"),
        ("/lessons/?q=platforms", "/lessons/interregional-platforms/", "Sources disagree"),
    ],
)
def test_what_the_portal_was_founded_on_is_found_by_name_and_sourced(client, search, address, words):
    assert address in read(client, search).links
    page = read(client, address)
    assert words in page.text
    assert "source-1" in [attrs.get("id") for attrs in page.all("li")]


def test_small_island_developing_states_of_both_regions_are_found_by_a_filter(client):
    page = read(client, "/countries/?group=sids&region=asia_pacific&region=lac&per=100")
    assert {"/countries/FJI/", "/countries/BRB/"} <= set(page.links)
    assert "/countries/CHL/" not in page.links
    assert "47 countries and areas" in page.text


def test_fixture_with_an_unknown_field_is_refused_whole(tmp_path):
    path = tmp_path / "themes.yaml"
    path.write_text(
        "- model: cooperation.theme\n  fields: {code: in-order, name: In order}\n"
        "- model: cooperation.theme\n  fields: {code: faulty, nmae: Faulty}\n"
    )
    with pytest.raises(DeserializationError, match=r"themes\.yaml.*no field named 'nmae'"):
        call_command("loaddata", str(path), verbosity=0)
    assert list(Theme.objects.filter(code__in=["in-order", "faulty"])) == []
