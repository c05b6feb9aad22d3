"""The forms of the admin as curators use them: what they show, save and refuse."""

import pytest

from cooperation.models import (
    Agency,
    AgencyRole,
    Forum,
    ForumCitation,
    ForumRole,
    Fund,
    Meeting,
    Membership,
    Project,
    Source,
)
from tests.admin_form import Form, errors, fill
from tests.admin_records import (
    ADMINS,
    MAKE_RECORD,
    PARTNER_ISO3,
    add_part,
    add_url,
    change_url,
    count_queries,
    inlines_of,
)
from tests.builders import make_agency, make_country, make_forum, make_project, make_source, make_theme

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.slow
@pytest.mark.parametrize("model", [model for model in ADMINS if inlines_of(model)], ids=lambda model: model.__name__)
def test_form_opens_in_the_same_number_of_queries_with_twelve_parts(model, curator):
    short, long = MAKE_RECORD[model](0), MAKE_RECORD[model](1)
    for part in (inline.model for inline in inlines_of(model)):
        add_part(part, short, 0)
        for number in range(9 if part is AgencyRole else 12):  # there are nine roles of an agency
            add_part(part, long, number)
    assert count_queries(curator, change_url(long)) == count_queries(curator, change_url(short))


@pytest.mark.slow
def test_row_shows_the_related_records_it_holds(curator):
    forum = make_forum()
    add_part(Membership, forum, PARTNER_ISO3.index("FJI"))
    add_part(Meeting, forum, PARTNER_ISO3.index("PER"))
    form = Form(curator.get(change_url(forum)))
    assert form.selected("memberships-0-country") == ["Fiji"]
    assert form.options["memberships-0-country"].keys() == {str(make_country("FJI").pk)}
    assert form.selected("memberships-0-source") == ["ESCAP: Minutes of 1994"]
    assert form.selected("meetings-0-hosts") == ["Peru", "Singapore"]


@pytest.mark.slow
def test_row_keeps_a_changed_choice_when_the_form_comes_back(curator):
    forum = make_forum(members=["FJI"])
    data = Form(curator.get(change_url(forum))).data
    data |= {"memberships-0-country": make_country("TON").pk, "memberships-0-joined": "last year"}
    form = Form(curator.post(change_url(forum), data))
    assert form.selected("memberships-0-country") == ["Tonga"]
    assert forum.memberships.get().country.name == "Fiji"


@pytest.mark.slow
def test_form_saved_without_an_edit_changes_no_part(curator):
    forum = make_forum()
    for model in (Membership, ForumRole, Meeting, ForumCitation):
        for number in range(2):
            add_part(model, forum, number)
    before = [list(model.objects.values()) for model in (Membership, ForumRole, Meeting, ForumCitation)]
    hosts = list(Meeting.hosts.through.objects.values_list("meeting", "country"))
    response = curator.post(change_url(forum), Form(curator.get(change_url(forum))).data)
    assert response.status_code == 302, errors(response)
    assert [list(model.objects.values()) for model in (Membership, ForumRole, Meeting, ForumCitation)] == before
    assert list(Meeting.hosts.through.objects.values_list("meeting", "country")) == hosts


@pytest.mark.slow
def test_form_of_a_forum_as_large_as_the_g77_can_be_saved(curator):
    forum = make_forum("Group of 77")
    for year in range(139):
        Membership.objects.create(
            forum=forum, country=make_country("FJI"), joined=f"{1800 + year}", left=f"{1801 + year}"
        )
    data = Form(curator.get(change_url(forum))).data
    data |= {"memberships-138-joined": "1938-05", "_reason": "The register gives the month."}
    response = curator.post(change_url(forum), data)
    assert response.status_code == 302
    assert forum.memberships.latest("joined").joined == "1938-05"


@pytest.mark.parametrize("model", [model for model in ADMINS if hasattr(model, "FACTS")], ids=lambda m: m.__name__)
def test_citation_row_offers_exactly_the_facts_of_its_record(model, curator):
    offered = Form(curator.get(add_url(model))).options["citations-0-fact"]
    assert list(offered) == ["", *model.FACTS]
    assert len(set(offered.values())) == len(offered)
    assert offered["further"] == "Further fact"


def test_citation_row_names_facts_in_readers_words(curator):
    offered = Form(curator.get(add_url(Forum))).options["citations-0-fact"]
    assert offered["stated_member_count"] == "Members as stated"
    assert offered["memberships"] == "Members"
    assert offered["established_city"] == "Founded in (city)"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "field", "required"),
    [
        (Agency, "website", {"name": "TICA", "kind": "ministry"}),
        (Forum, "website", {"name": "FEALAC", "kind": "network"}),
        (Fund, "website", {"name": "FEALAC Trust Fund"}),
        (Source, "url", {"title": "Memorandum", "publisher": "ESCAP", "kind": "primary"}),
        (
            Source,
            "archived_url",
            {"title": "Memorandum", "publisher": "ESCAP", "kind": "primary", "url": "https://www.unescap.org/"},
        ),
    ],
)
@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://ftp.unescap.org/fealac"])
def test_address_of_an_odd_scheme_is_refused_in_words(model, field, required, address, curator):
    data = Form(curator.get(add_url(model))).data | required | {"slug": "a-record", field: address}
    response = curator.post(add_url(model), data)
    ((place, name, (message,)),) = errors(response)
    assert (place, name) == ("", field)
    assert f"<li>{message}</li>" in response.content.decode()
    assert model.objects.count() == 0
    assert curator.post(add_url(model), data | {field: "https://www.example.org/"}).status_code == 302


@pytest.mark.slow
def test_document_of_an_odd_scheme_is_refused_in_words(curator):
    form = Form(curator.get(add_url(Project)))
    row = {"title": "Agreement", "url": "javascript:alert(1)", "category": "A09"}
    data = fill(form, "documents", row) | {"title": "Exchange", "slug": "exchange", "modality": "bilateral"}
    assert errors(curator.post(add_url(Project), data)) == [
        ("documents", "url", ["Write an address that begins with https:// or http://."])
    ]
    assert Project.objects.count() == 0


@pytest.mark.slow
def test_curator_enters_a_project_with_partners_and_a_citation_in_one_form(curator):
    thailand, colombia, source = make_country("THA"), make_country("COL"), make_source()
    tica = make_agency(acronym="TICA")
    theme = make_theme("Digital trade")
    form = Form(curator.get(add_url(Project)))
    data = fill(
        form,
        "participations",
        {"role": "provider", "country": thailand.pk, "agency": tica.pk, "start": "2019-03", "source": source.pk},
        {"role": "beneficiary", "country": colombia.pk},
    )
    data |= {"title": "Thai-Colombian exchange on digital trade", "modality": "bilateral", "themes": [theme.pk]}
    data |= {"slug": "thai-colombian-exchange", "start": "2019"}
    data |= {"citations-0-fact": "start", "citations-0-source": source.pk, "citations-0-value": "2019"}
    response = curator.post(add_url(Project), data)
    assert response.status_code == 302, errors(response)
    project = Project.objects.get()
    assert (project.title, project.slug) == ("Thai-Colombian exchange on digital trade", "thai-colombian-exchange")
    assert project.publication_status == "draft"
    assert list(project.participations.values_list("role", "country__iso3", "agency__acronym", "start", "source")) == [
        ("provider", "THA", "TICA", "2019-03", source.pk),
        ("beneficiary", "COL", None, "", None),
    ]
    assert list(project.citations.values_list("fact", "source", "value")) == [("start", source.pk, "2019")]
    assert list(project.themes.all()) == [theme]


@pytest.mark.slow
def test_partner_that_names_nobody_is_refused_in_words(curator):
    data = fill(Form(curator.get(add_url(Project))), "participations", {"role": "provider"})
    data |= {"title": "Exchange", "slug": "exchange", "modality": "bilateral"}
    response = curator.post(add_url(Project), data)
    assert errors(response) == [("participations", "__all__", ["Name a country, an agency or an organisation."])]
    assert Project.objects.count() == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "prefix", "rows", "message"),
    [
        (
            Project,
            "participations",
            [{"role": "provider", "country": "THA"}, {"role": "provider", "country": "THA"}],
            "This partner is already recorded in this role.",
        ),
        (
            Forum,
            "memberships",
            [{"kind": "member", "country": "THA"}, {"kind": "observer", "country": "THA"}],
            "This country already has an open membership in this forum.",
        ),
        (
            Fund,
            "contributions",
            [{"country": "THA"}, {"country": "FJI"}, {"country": "THA"}],
            "This contributor is already recorded.",
        ),
    ],
)
def test_rows_that_contradict_each_other_are_refused_in_words(model, prefix, rows, message, curator):
    record = MAKE_RECORD[model](0)
    rows = [row | {"country": make_country(row["country"]).pk} for row in rows]
    response = curator.post(change_url(record), fill(Form(curator.get(change_url(record))), prefix, *rows))
    assert errors(response) == [(prefix, "__all__", [message])]
    assert f"<li>{message}</li>" in response.content.decode()
    assert getattr(record, prefix).count() == 0


@pytest.mark.slow
def test_rows_that_differ_are_saved_together(curator):
    forum, thailand = make_forum(publication_status="draft"), make_country("THA")
    period = {"kind": "member", "country": thailand.pk}
    rows = [period | {"joined": "1999", "left": "2005"}, period | {"joined": "2009"}, {"kind": "member"}]
    rows[2]["country"] = make_country("FJI").pk
    response = curator.post(change_url(forum), fill(Form(curator.get(change_url(forum))), "memberships", *rows))
    assert response.status_code == 302, errors(response)
    assert list(forum.memberships.values_list("country__iso3", "joined", "left")) == [
        ("THA", "1999", "2005"),
        ("THA", "2009", ""),
        ("FJI", "", ""),
    ]


@pytest.mark.parametrize("model", [model for model in ADMINS if inlines_of(model)], ids=lambda model: model.__name__)
def test_every_control_of_a_part_has_a_name(model, curator):
    record = MAKE_RECORD[model](0)
    for part in (inline.model for inline in inlines_of(model)):
        add_part(part, record, 0)
    form = Form(curator.get(change_url(record)))
    assert sum("-DELETE" in control.get("name", "") for control in form.controls) >= len(inlines_of(model))
    assert form.unnamed() == []


@pytest.mark.slow
def test_view_on_site_is_offered_for_published_records_only(curator):
    published, draft = make_project("Exchange"), make_project("Plan", publication_status="draft")
    cited, unused = make_source("Memorandum"), make_source("Unused report")
    published.citations.create(fact="title", source=cited)
    draft.citations.create(fact="title", source=unused)
    for record in (published, cited, make_country("FJI")):
        page = curator.get(change_url(record))
        assert curator.get(page.context["absolute_url"])["Location"] == record.get_absolute_url()
    for record in (draft, unused):
        assert curator.get(change_url(record)).context["has_absolute_url"] is False


@pytest.mark.slow
def test_form_says_when_and_in_which_version_a_record_was_changed(curator):
    project = make_project("Exchange")
    project.save()
    page = curator.get(change_url(project))
    (about,) = [part for part in page.context["adminform"] if part.name == "About this record"]
    assert [field.field["name"] for line in about for field in line] == ["created", "updated", "version"]
    assert [str(field.contents()) for line in about for field in line][2] == "2"
