"""The admin as curators find their way in it: what is there, lists, search, work queues."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cooperation.models import (
    Agency,
    Country,
    FormerSlug,
    Forum,
    ForumCitation,
    Fund,
    Meeting,
    Membership,
    Participation,
    Project,
)
from tests.admin_form import Form
from tests.admin_records import (
    ADMINS,
    MAKE_RECORD,
    MODELS,
    PARTNER_ISO3,
    add_part,
    add_url,
    change_url,
    count_queries,
    inlines_of,
    list_url,
    titles,
)
from tests.builders import (
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

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_page_to_log_in_has_a_heading(client):
    answer = client.get("/admin/login/").content.decode()
    assert re.findall("<h1.*?>(.*?)</h1>", answer) == ["Log in"]


def test_every_model_is_in_the_admin():
    parts = {inline.model for model in ADMINS for inline in inlines_of(model)}
    assert {model.__name__ for model in MODELS} == {model.__name__ for model in {*ADMINS, *parts}}


def test_every_relation_in_a_form_is_an_autocomplete_field(rf, admin_user):
    request = rf.get("/admin/")
    request.user = admin_user
    for model, site in ADMINS.items():
        shown = set(site.get_form(request).base_fields) if site.has_add_permission(request) else set()
        relations = {each.name for each in (*model._meta.fields, *model._meta.many_to_many) if each.is_relation}
        assert shown & relations == set(site.autocomplete_fields), model
        for inline in inlines_of(model, admin_user):
            shown = set(inline.get_formset(request).form.base_fields)
            own = inline.model._meta
            relations = {each.name for each in (*own.fields, *own.many_to_many) if each.is_relation}
            assert shown & relations - {inline.model.owner} == set(inline.autocomplete_fields), inline


def test_every_editable_field_is_in_a_form(rf, admin_user):
    request = rf.get("/admin/")
    request.user = admin_user
    forms = {model: site.get_form(request) for model, site in ADMINS.items() if site.has_add_permission(request)}
    for model in list(forms):
        for inline in inlines_of(model, admin_user):
            forms[inline.model] = inline.get_formset(request).form
    for model, form in forms.items():
        editable = {each.name for each in (*model._meta.fields, *model._meta.many_to_many) if each.editable}
        # The publication status is changed by steps.
        assert editable - {"id", "publication_status", getattr(model, "owner", None)} == set(form.base_fields) - {"id"}


@pytest.mark.slow
@pytest.mark.parametrize("model", ADMINS, ids=lambda model: model.__name__)
def test_list_opens_in_the_same_number_of_queries_with_ten_rows(model, curator):
    MAKE_RECORD[model](0)
    with_one = count_queries(curator, list_url(model))
    for number in range(1, 10):
        MAKE_RECORD[model](number)
    assert count_queries(curator, list_url(model)) == with_one
    assert model.objects.count() >= 10


@pytest.mark.parametrize(
    ("make", "found_by"),
    [
        (lambda: make_agency(acronym="TICA"), "tica"),
        (lambda: make_agency(native_name="กรมความร่วมมือระหว่างประเทศ"), "ความร่วมมือ"),
        (
            lambda: make_agency(former_names="Department of Technical and Economic Cooperation"),
            "technical and economic",
        ),
        (lambda: make_agency(iati_id="XM-DAC-41122"), "41122"),
        (lambda: make_forum(acronym="FEALAC"), "FEALAC"),
        (lambda: make_forum(former_names="East Asia-Latin America Forum"), "Latin America Forum"),
        (lambda: make_forum(name_es="Foro de Cooperación América Latina-Asia del Este"), "Asia del Este"),
        (lambda: make_fund(acronym="FTF"), "FTF"),
        (lambda: make_project(official_id="SME 01 2018"), "SME 01"),
        (lambda: make_project(), "thai-colombian-exchange"),
        (lambda: make_country("FJI", name_fr="Fidji"), "fidji"),
        (lambda: make_country("FJI"), "FJI"),
        (lambda: make_country("CHL"), "CL"),
        (lambda: make_source(url="https://www.cepal.org/en/fealac-fund"), "cepal.org"),
        (lambda: make_source(publisher="ECLAC"), "eclac"),
        (lambda: make_milestone(city="Bandung"), "Bandung"),
        (lambda: make_lesson(), "champion"),
        (lambda: make_theme("Digital trade"), "digital-trade"),
        (lambda: make_goal(17), "17"),
        (lambda: make_instrument("Expert mission"), "expert"),
    ],
)
def test_search_finds_a_record_and_no_other(make, found_by, curator):
    record = make()
    for other in range(2):
        MAKE_RECORD[type(record)](PARTNER_ISO3.index("BRB") + other * 3)
    response = curator.get(list_url(type(record)), {"q": found_by})
    assert [str(each) for each in response.context["cl"].result_list] == [str(record)]


def test_autocomplete_finds_a_partner_by_acronym(curator):
    make_agency(acronym="TICA")
    make_agency("Fiji Cooperation Unit", country="FJI")
    query = {"term": "tica", "app_label": "cooperation", "model_name": "participation", "field_name": "agency"}
    results = curator.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [each["text"] for each in results] == ["Thailand International Cooperation Agency (TICA)"]


@pytest.mark.slow
def test_sources_filter_tells_records_without_a_source_from_the_others(curator):
    make_project("Never sourced", partners=[("provider", "THA")])
    add_part(Participation, make_project("Partner sourced"), 0)
    cited = make_project("Cited")
    cited.citations.create(fact="title", source=make_source())
    assert titles(curator, Project, sources="none") == ["Never sourced"]
    assert titles(curator, Project, sources="some") == ["Cited", "Partner sourced"]
    make_country("FJI").citations.create(fact="name", source=make_source())
    assert titles(curator, Country, sources="some") == ["Fiji"]


def test_confirmed_filter_tells_who_waits_longest(curator):
    today = timezone.localdate()
    make_forum("Never")
    make_forum("Old", confirmed_on=today - timedelta(days=366))
    make_forum("Recent", confirmed_on=today - timedelta(days=365))
    assert titles(curator, Forum, confirmed="never") == ["Never"]
    assert titles(curator, Forum, confirmed="over_a_year_ago") == ["Old"]
    assert titles(curator, Forum, confirmed="within_a_year") == ["Recent"]


def test_past_end_filter_finds_projects_that_run_too_long(curator):
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    running = {"status": Project.Status.IN_EXECUTION}
    make_project("Ended yesterday", end=yesterday.isoformat(), **running)
    make_project("Ended long ago", end="2019", **running)
    make_project("Ends today", end=today.isoformat(), **running)
    make_project("Ends this month", end=f"{today:%Y-%m}", **running)
    make_project("Ends this year", end=f"{today:%Y}", **running)
    make_project("End not known", **running)
    make_project("Completed", end="2019", status=Project.Status.COMPLETED)
    assert titles(curator, Project, dates="past_end") == ["Ended long ago", "Ended yesterday"]


def test_status_and_kind_filters_narrow_the_list(curator):
    make_agency("Fiji Cooperation Unit", country="FJI", publication_status="draft")
    make_agency("Peruvian Agency for International Cooperation", country="PER", kind=Agency.Kind.MINISTRY)
    assert titles(curator, Agency, publication_status__exact="draft") == ["Fiji Cooperation Unit"]
    assert titles(curator, Agency, kind__exact="ministry") == ["Peruvian Agency for International Cooperation"]
    assert titles(curator, Agency, country__portal_region__exact="asia_pacific") == ["Fiji Cooperation Unit"]


@pytest.mark.slow
@pytest.mark.parametrize("model", ADMINS, ids=lambda model: model.__name__)
def test_every_filter_choice_on_offer_opens_a_list(model, curator):
    for number in range(3):
        MAKE_RECORD[model](number)
    changelist = curator.get(list_url(model)).context["cl"]
    for spec in changelist.filter_specs:
        for choice in spec.choices(changelist):
            answer = curator.get(list_url(model) + choice["query_string"])
            # Django answers a filter it cannot read by leading to the list without it.
            assert answer.status_code == 200, (spec.title, choice["display"])


def test_list_counts_sourced_statements_once_each(curator):
    forum = make_forum(members=["THA"])
    for number in range(3):
        add_part(Membership, forum, number)
    for number in range(2):
        add_part(Meeting, forum, number)
        add_part(ForumCitation, forum, number)
    (row,) = curator.get(list_url(Forum)).context["cl"].result_list
    assert ADMINS[Forum].sourced_statements(row) == 7


@pytest.mark.slow
def test_changed_public_id_is_listed_as_a_former_address(curator):
    project = make_project("Exchange")
    data = Form(curator.get(change_url(project))).data | {"slug": "thai-exchange", "_reason": "The title is shorter."}
    curator.post(change_url(project), data)
    assert titles(curator, FormerSlug) == ["exchange → thai-exchange"]
    assert curator.get(add_url(FormerSlug)).status_code == 403
    former = FormerSlug.objects.get()
    assert curator.post(change_url(former), {"slug": "other"}).status_code == 403
    former.refresh_from_db()
    assert former.slug == "exchange"


def test_pages_are_titled_for_curators(curator):
    context = curator.get(reverse("admin:index")).context
    assert str(context["site_header"]) == "South-South Cooperation Portal: curators"
    assert str(context["title"]) == "Records and vocabularies"


def test_unknown_value_is_shown_as_a_dash(curator):
    make_fund()
    assert '<td class="field-forum nowrap">–</td>' in curator.get(list_url(Fund)).content.decode()
