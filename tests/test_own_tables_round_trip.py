"""Our own CSV files and workbooks: read back they change nothing, and they bring back what was changed since."""

import pytest
from django.contrib.auth.models import User

from cooperation.exports.columns import TABLES as OUR_TABLES
from cooperation.imports.carry_out_tables import carry_out_tables
from cooperation.imports.table_headers import own_meaning
from cooperation.imports.tables import TABLES
from cooperation.models import (
    Agency,
    Document,
    Forum,
    ForumRole,
    Meeting,
    Membership,
    Participation,
    Project,
    ProjectCitation,
    Source,
)
from tests.builders import (
    make_agency,
    make_country,
    make_forum,
    make_fund,
    make_goal,
    make_instrument,
    make_project,
    make_source,
    make_theme,
)
from tests.iati_files import delete_all_projects
from tests.records import cite
from tests.table_files import MOVES_ON, csv_of, outcomes, own_csv, own_workbook, plan_of

pytestmark = pytest.mark.django_db

FILES = [(model, part.NAME) for model, table in TABLES.items() for part in (table, *table.PARTS)]


@pytest.fixture
def user():
    return User.objects.create_user("ana.ruiz")


@pytest.fixture
def project():
    """A project with everything that a record can have."""
    source = make_source()
    project = make_project(
        "Cotton, Piura & Tonga",
        themes=["Agriculture", "Trade"],
        slug="piura-tonga-cotton",
        summary="=Two exchanges.\r\nA year; or more.",
        note="'-The sources disagree.",
        official_id="SME 01 2018",
        iati_identifier="PE-APCI-17",
        modality="regional",
        status="approved",
        start="2019-06",
        end="2019",
        budget_amount="275525.10",
        budget_currency="USD",
        confirmed_on="2026-10-01",
        forum=make_forum(slug="fealac"),
        fund=make_fund(),
    )
    project.goals.add(make_goal(17))
    project.instruments.add(make_instrument("Training"))
    apci = make_agency("Agencia Peruana de Cooperación Internacional", "PER", slug="apci")
    for row in (
        {"role": "pivotal", "country": make_country("PER"), "agency": apci, "start": "2019", "end": "2020-03"},
        {"role": "beneficiary", "country": make_country("TON"), "source": source},
        {"role": "partner", "organisation": "Cotton Board", "organisation_ref": "PE-2", "organisation_type": "22"},
    ):
        Participation.objects.create(project=project, **row)
    Document.objects.create(
        project=project, title="Convenio", url="https://apci.gob.pe/a?b[]=1", category="A09", language="es"
    )
    cite(project, "start", source, "2018")
    return project


@pytest.fixture
def forum():
    source = make_source()
    forum = make_forum(
        acronym="FEALAC",
        former_names="EALAF\nEast Asia–Latin America Forum",
        established="1999-09",
        rhythm_months=24,
        stated_member_count=36,
    )
    Membership.objects.create(forum=forum, country=make_country("FJI"), joined="2011", source=source)
    Membership.objects.create(forum=forum, country=make_country("PER"), kind="former", left="2015")
    ForumRole.objects.create(forum=forum, role="initiator", country=make_country("SGP"))
    meeting = Meeting.objects.create(
        forum=forum, edition="1st Meeting", date="2001-03-30", city="Santiago", online=True
    )
    meeting.hosts.set([make_country("CHL"), make_country("FJI")])
    cite(forum, "established", source, "1998")
    return forum


@pytest.mark.parametrize(("model", "part"), FILES)
def test_every_column_of_our_files_is_read_or_known_to_be_worked_out(model, part):
    ours = OUR_TABLES[model].part(part) if part else OUR_TABLES[model]
    table = next(each for each in (TABLES[model], *TABLES[model].PARTS) if part == each.NAME)
    assert [column.name for column in ours.columns if own_meaning(table(), column.name) is None] == []
    read = {own_meaning(table(), column.name)[0] for column in ours.columns}
    assert {name for name, column in table.fields.items() if column.attribute} - read == set()


def test_what_is_worked_out_is_named_with_the_reason(project):
    uses = {use.header: (use.column, use.remark) for use in plan_of(own_csv(Project)).headers}
    not_read = "The registry works it out: it is not read."
    assert {name for name, use in uses.items() if use == ("", not_read)} == {
        "url",
        "modality_label",
        "scope",
        "scope_label",
        "status_label",
        "forum_name",
        "fund_name",
        "themes_names",
        "goals_names",
        "instruments_names",
        "partner_countries",
        "partner_countries_names",
        "partner_agencies",
        "partner_agencies_names",
        "partner_organisations",
        "partners_in_words",
        "sources",
        "created",
        "updated",
    }
    assert uses["id"] == ("id", "")


def test_a_file_of_ours_brings_back_every_field_that_was_changed_since(project, user):
    content = own_csv(Project)
    project.summary, project.end, project.forum, project.status = "", "2021", None, "completed"
    project.budget_amount, project.budget_currency, project.confirmed_on = None, "", None
    project.save()
    project.themes.set([make_theme("Water")])
    plan = plan_of(content)
    (row,) = plan.rows
    assert sorted(row.changes) == [
        ("Activity status", "Completed", "Approved"),
        ("Budget", "", "275,525.10"),
        ("Confirmed on", "", "1 October 2026"),
        ("Currency", "", "USD"),
        ("End", "2021", "2019"),
        ("Forum", "", "Forum for East Asia-Latin America Cooperation"),
        ("Summary", "", "=Two exchanges.\r\nA year; or more."),
        ("Themes", "Water", "Agriculture, Trade"),
    ]
    carry_out_tables(plan, user, "projects.csv")
    assert [line.rpartition(b",")[0] for line in own_csv(Project).splitlines()] == [
        line.rpartition(b",")[0] for line in content.splitlines()
    ]
    assert outcomes(plan_of(content)) == ["unchanged"]


def test_an_empty_cell_of_a_whole_file_of_ours_says_that_nothing_is_stated(project):
    Project.objects.update(end="", status="")
    content = own_csv(Project)
    Project.objects.update(end="2021", status="completed")
    (row,) = plan_of(content).rows
    assert sorted(row.changes) == [("Activity status", "Completed", ""), ("End", "2021", "")]


def test_a_table_of_parts_changes_and_adds_and_deletes_nothing(project, user):
    content = own_csv(Project, "partners")
    project.participations.filter(role="pivotal").update(end="")
    project.participations.filter(role="beneficiary").delete()
    Participation.objects.create(project=project, role="funding", country=make_country("CHL"))
    plan = plan_of(content)
    pivotal = "Partner (Pivotal partner; Peru; Agencia Peruana de Cooperación Internacional): until"
    assert [(row.outcome, row.title, row.changes) for row in plan.rows] == [
        ("changed", "Cotton, Piura & Tonga", [(pivotal, "", "March 2020")]),
        (
            "changed",
            "Cotton, Piura & Tonga",
            [("Partner", "", "Beneficiary; Tonga; ESCAP: Signing of the memorandum on the FEALAC Trust Fund")],
        ),
        ("unchanged", "Cotton, Piura & Tonga", []),
    ]
    version = project.version
    carry_out_tables(plan, user, "projects.partners.csv")
    assert sorted(project.participations.values_list("role", "end")) == [
        ("beneficiary", ""),
        ("funding", ""),
        ("partner", ""),
        ("pivotal", "2020-03"),
    ]
    assert Project.objects.get().version == version + 1


@pytest.mark.slow
def test_a_workbook_of_ours_restores_records_and_their_parts_as_drafts(project, user):
    content = own_workbook(Project)
    parts = {model: told(model) for model in (Participation, Document, ProjectCitation)}
    kept = [field.attname for field in Project._meta.fields if field.name not in ("id", "created", *MOVES_ON)]
    before = Project.objects.values(*kept).get()
    delete_all_projects()
    plan = plan_of(content)
    assert outcomes(plan) == ["new"] * 6
    carry_out_tables(plan, user, "projects.xlsx")
    assert Project.objects.values(*kept).get() == before | {"publication_status": "draft"}
    assert {model: told(model) for model in parts} == parts
    assert outcomes(plan_of(content)) == ["unchanged"] * 6


def told(model):
    """What all parts of one kind say, without their own numbers and those of their records."""
    names = [field.attname for field in model._meta.concrete_fields if field.name not in ("id", "project")]
    return list(model.objects.order_by("pk").values_list(*names))


def test_all_tables_of_a_forum_read_back_unchanged(forum):
    plan = plan_of(own_workbook(Forum), Forum)
    assert [(row.sheet, row.outcome) for row in plan.rows] == [
        ("forums", "unchanged"),
        ("members", "unchanged"),
        ("members", "unchanged"),
        ("roles", "unchanged"),
        ("meetings", "unchanged"),
        ("citations", "unchanged"),
    ]


@pytest.mark.slow
def test_the_tables_of_a_forum_bring_back_hosts_and_dates(forum, user):
    content = own_workbook(Forum)
    meeting = forum.meetings.get()
    meeting.hosts.set([make_country("PER")])
    Meeting.objects.update(online=False, city="Lima")
    Membership.objects.filter(country__iso3="FJI").update(joined="")
    plan = plan_of(content, Forum)
    assert [row.changes for row in plan.rows if row.outcome == "changed"] == [
        [("Member (Member; Fiji; ESCAP: Signing of the memorandum on the FEALAC Trust Fund): joined", "", "2011")],
        [
            ("Meeting (1st Meeting; 30 March 2001; Lima): city", "Lima", "Santiago"),
            ("Meeting (1st Meeting; 30 March 2001; Lima): online", "no", "yes"),
            ("Meeting (1st Meeting; 30 March 2001; Lima): hosts", "Peru", "Chile, Fiji"),
        ],
    ]
    carry_out_tables(plan, user, "forums.xlsx")
    assert set(outcomes(plan_of(content, Forum))) == {"unchanged"}
    assert set(meeting.hosts.values_list("iso3", flat=True)) == {"CHL", "FJI"}


def test_what_the_public_does_not_see_stays_though_the_file_does_not_have_it(project):
    Agency.objects.update(publication_status="draft")
    Forum.objects.update(publication_status="draft")
    for content in (own_csv(Project), own_csv(Project, "partners")):
        assert b",fealac," not in content
        assert set(outcomes(plan_of(content))) == {"unchanged"}


def test_an_agency_that_belongs_to_a_record_says_so_once():
    parent = make_agency("Ministry of Foreign Affairs", "THA")
    make_agency(parent=parent)
    make_agency("Agency of Peru", "PER", parent_name="Ministry of Foreign Affairs of Peru")
    content = own_csv(Agency)
    assert outcomes(plan_of(content, Agency)) == ["unchanged"] * 3
    Agency.objects.update(parent_name="", parent=None)
    changes = [row.changes for row in plan_of(content, Agency).rows if row.changes]
    assert changes == [
        [("Part of", "", "Ministry of Foreign Affairs")],
        [("Belongs to", "", "Ministry of Foreign Affairs of Peru")],
    ]


def test_the_address_of_a_source_is_read_from_its_own_column(forum):
    content = own_csv(Source)
    Source.objects.update(url="https://example.org/moved")
    (row,) = plan_of(content, Source).rows
    assert row.changes == [
        (
            "Address",
            "https://example.org/moved",
            "https://www.unescap.org/signing-of-the-memorandum-on-the-fealac-trust-fund",
        )
    ]


def test_a_column_added_to_a_file_of_ours_is_named_and_empty_cells_then_erase_nothing(project):
    Project.objects.update(summary="Two exchanges a year.")
    lines = own_csv(Project).decode().splitlines()
    content = "\r\n".join([f"{lines[0]},remarks of Ana", *(f"{line},ask Lima" for line in lines[1:])])
    Project.objects.update(end="2021", fund=make_fund("Another fund"))
    plan = plan_of(content.encode())
    assert [use.header for use in plan.headers if not (use.column or use.remark)] == ["remarks of Ana"]
    (row,) = plan.rows
    assert {label for label, _old, _new in row.changes} == {"End", "Fund"}


def test_a_file_with_our_ids_and_one_column_changes_that_alone(project):
    plan = plan_of(csv_of(["id", "end"], ["piura-tonga-cotton", "2020"]))
    assert [(row.outcome, row.changes) for row in plan.rows] == [("changed", [("End", "2019", "2020")])]
