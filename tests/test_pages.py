"""The other pages: agencies, funds, milestones, lessons, sources, home, about, errors."""

import re

import pytest
from django.db import connection
from django.test import Client

from cooperation.models import AgencyRole, Claim, Evidence, FundManager, Meeting, Participation
from tests import builders
from tests.crawl import Page, read
from tests.records import cite

pytestmark = pytest.mark.django_db


def test_agency_page_shows_its_projects_funds_and_roles(client):
    tica = builders.make_agency(acronym="TICA", slug="tica", parent_name="Ministry of Foreign Affairs")
    source = builders.make_source("What is TICP")
    cite(tica, "parent_name", source, "Ministry of Foreign Affairs")
    cite(tica, "further", source, "Thailand has called itself an emerging donor since 2003.")
    AgencyRole.objects.create(agency=tica, role="pivotal", source=source)
    Participation.objects.create(project=builders.make_project("Rice seeds"), role="provider", agency=tica)
    FundManager.objects.create(fund=builders.make_fund("Thai fund"), agency=tica)
    text = read(client, "/agencies/tica/").text
    assert "Thailand International Cooperation Agency (TICA)" in text
    assert "Belongs to Ministry of Foreign Affairs[1]" in text
    assert "Thailand has called itself an emerging donor since 2003.[1]" in text
    assert "Roles in cooperation Pivotal partner[1]" in text
    assert "Projects 1 Bilateral Rice seeds" in text
    assert "Funds it manages 1 Fund Thai fund" in text


@pytest.mark.parametrize("words", ["TICA", "tica", "ความร่วมมือ", "technical", "cooperation+thailand"])
def test_agency_is_found_by_acronym_native_name_and_former_name(client, words):
    builders.make_agency(
        acronym="TICA",
        slug="tica",
        native_name="สำนักงานความร่วมมือเพื่อการพัฒนาระหว่างประเทศ",
        former_names="Department of Technical and Economic Cooperation",
    )
    assert "/agencies/tica/" in read(client, f"/agencies/?q={words}").links


def test_acronym_is_not_found_inside_other_words(client):
    builders.make_agency("Critical Minerals Agency", slug="critical", country=None)
    assert "0 agencies: TICA" in read(client, "/agencies/?q=TICA").text


def test_agency_without_website_says_so(client):
    builders.make_agency(slug="tica")
    assert "Website Not stated in the sources" in read(client, "/agencies/tica/").text


def test_long_list_on_a_page_leads_to_the_whole_list(client):
    tica = builders.make_agency(slug="tica")
    for number in range(12):
        Participation.objects.create(project=builders.make_project(f"Course {number}"), role="provider", agency=tica)
    page = read(client, "/agencies/tica/")
    assert "All 12: Projects" in page.text
    assert "/projects/?agency=tica&sort=title" in page.links
    assert "12 projects: Thailand International Cooperation Agency" in read(client, "/projects/?agency=tica").text


def test_fund_page_names_managers_and_what_another_source_says_of_them(client):
    fund = builders.make_fund(slug="fealac-trust-fund", size_amount=3000000000000, size_currency="IDR")
    for name, acronym in (
        ("Economic Commission for Latin America and the Caribbean", "ECLAC"),
        ("Commission", "ESCAP"),
    ):
        agency = builders.make_agency(name, acronym=acronym, country=None)
        FundManager.objects.create(fund=fund, agency=agency, source=builders.make_source())
    cite(fund, "managers", builders.make_source("Op-ed of 2025"), "ECLAC and ESCAP")
    text = read(client, "/funds/fealac-trust-fund/").text
    assert "Economic Commission for Latin America and the Caribbean (ECLAC)[1]" in text
    assert "Another source says: ECLAC and ESCAP[2]" in text
    assert "Size IDR 3,000,000,000,000" in text


def test_milestone_page_shows_the_year_that_disagrees(client):
    bapa = builders.make_milestone("Buenos Aires Plan of Action", date="1978-09-12", slug="bapa-1978")
    cite(bapa, "date", builders.make_source("UN press release"), "1978")
    cite(bapa, "date", builders.make_source("Op-ed of 2025"), "1989")
    assert "Date 12 September 1978[1] Another source says 1989[2]" in read(client, "/milestones/bapa-1978/").text


def test_lesson_page_gives_each_claim_its_verdict_and_each_piece_of_evidence_its_record(client):
    lesson = builders.make_lesson(slug="champion-countries")
    source = builders.make_source("UN press release")
    Claim.objects.create(
        lesson=lesson,
        position=1,
        claim="BAPA dates from 1989.",
        verdict="wrong",
        finding="It is of 1978.",
        source=source,
    )
    forum = builders.make_forum("Emerging Development Partners Network", acronym="EDP")
    Evidence.objects.create(lesson=lesson, position=1, forum=forum, shows="Indonesia began it.", support="partial")
    Evidence.objects.create(lesson=lesson, position=2, shows="47 of 49 States are middle- or high-income.")
    text = read(client, "/lessons/champion-countries/").text
    assert "BAPA dates from 1989. Not correct It is of 1978.[1]" in text
    assert "Emerging Development Partners Network (EDP): Indonesia began it. in part no source yet" in text
    assert "47 of 49 States are middle- or high-income. no source yet" in text
    assert "Champion countries" in read(client, forum.get_absolute_url()).text


def test_source_page_lists_what_rests_on_it(client):
    source = builders.make_source("UN press release")
    bapa = builders.make_milestone("Buenos Aires Plan of Action", date="1978-09-12")
    cite(bapa, "date", source, "1978")
    cite(bapa, "title", source)
    Participation.objects.create(
        project=builders.make_project("Rice seeds"), role="provider", organisation="FAO", source=source
    )
    text = read(client, source.get_absolute_url()).text
    assert "What rests on it 2 Buenos Aires Plan of Action date, title Rice seeds partner" in text


def test_home_counts_what_the_lists_hold_and_orders_platforms_by_last_meeting(client):
    for name, date, outcome in (
        ("APEC", "2025-10-31", "held"),
        ("IBSA", "2008", "held"),
        ("FEALAC", "2030", "announced"),
    ):
        forum = builders.make_forum(name, reach="interregional", members=["THA"])
        Meeting.objects.create(forum=forum, edition="Meeting", date=date, outcome=outcome)
    builders.make_project(partners=[("pivotal", "THA"), ("beneficiary", "COL")])
    builders.make_project("Draft", publication_status="draft", partners=[("pivotal", "THA"), ("beneficiary", "COL")])
    text = read(client, "/").text
    assert "1 project 0 agencies 3 forums 0 funds 2 countries and areas 0 sources" in text
    assert "1 project with partners on both shores" in text
    assert "APEC 31 October 2025 1 IBSA 2008 1" in text
    assert "Projects changed last" in text


def test_empty_registry_has_a_home_page(client):
    assert "0 projects 0 agencies" in read(client, "/").text


def test_about_page_explains_roles_and_disclaims_opinions_on_status(client):
    text = read(client, "/about/").text
    assert (
        "Triangular cooperation South-South cooperation supported by a further partner, also called trilateral" in text
    )
    assert "imply no opinion on the legal status of any country" in text


def test_missing_page_offers_a_way_out(client):
    answer = client.get("/projects/never-was/")
    page = Page(answer.content.decode())
    assert answer.status_code == 404
    assert "There is no public page at this address." in page.text
    assert {"/", "/projects/", "/forums/"} <= set(page.links)


def test_request_that_cannot_be_read_is_answered_in_words(client):
    answer = client.get("/projects/?" + "&".join(["country=FJI"] * 10_001))
    assert answer.status_code == 400
    assert "The address holds more than the portal can take in" in Page(answer.content.decode()).text


def test_home_has_one_search_that_goes_through_everything(client):
    forms = read(client, "/").all("form")
    assert [form["action"] for form in forms if form.get("role") == "search"] == ["/search/"]


@pytest.mark.parametrize("address", ["/projects/", "/about/", "/nowhere/"])
def test_every_other_page_has_the_search_in_its_head(client, address):
    page = Page(client.get(address).content.decode())
    assert [form["action"] for form in page.all("form") if form.get("role") == "search"] == ["/search/"]


def test_failing_page_apologises_without_a_traceback(caplog):
    builders.make_project()
    visitor = Client(raise_request_exception=False)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cooperation_project RENAME TO out_of_reach")
    answer = visitor.get("/projects/")
    text = Page(answer.content.decode()).text
    assert answer.status_code == 500
    assert "Something failed on our side. Nothing is lost" in text
    assert "cooperation_project" not in text
    assert "cooperation_project" in caplog.text


def test_health_address_answers_while_the_database_does(client):
    assert client.get("/healthz").content == b"ok\n"


def test_admin_goes_out_with_a_policy_that_allows_its_own_scripts_only(client):
    policy = client.get("/admin/login/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in re.split("; ?", policy)
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "address", ["/", "/nowhere/", "/projects", "/admin/", "/static/cooperation/portal.css", "/healthz"]
)
def test_policy_goes_out_with_every_answer(client, settings, address):
    settings.SECURE_SSL_REDIRECT = True
    for secure in (False, True):
        answer = client.get(address, secure=secure)
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        b"".join(answer)  # the server of static files closes a file when it was read
