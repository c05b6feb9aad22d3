"""What would become of each row of a table that somebody brings: new, changed, unchanged, an error, and why."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.history import undo
from cooperation.imports.carry_out_iati import ImportRefusedError, carry_out
from cooperation.imports.carry_out_tables import carry_out_tables
from cooperation.imports.known import read_known
from cooperation.imports.plan_iati import plan as plan_iati
from cooperation.imports.plan_tables import plan_tables
from cooperation.imports.read_iati import read_activities
from cooperation.imports.sheet import Sheet, SheetRow
from cooperation.models import (
    Agency,
    Edit,
    Forum,
    Membership,
    Participation,
    Project,
    PublicationStatus,
    Source,
)
from tests.builders import make_agency, make_country, make_forum, make_project, make_source, make_theme
from tests.iati_files import activity_xml, file_of, tree_of
from tests.table_files import COTTON, csv_of, facts, outcomes, plan_of, planned, reasons, whole_registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return User.objects.create_user("ana.ruiz")


@pytest.fixture
def countries():
    return [make_country(iso3) for iso3 in ("PER", "TON", "FJI", "THA")]


# What headers mean.


def test_headers_of_others_are_known_and_the_rest_is_named():
    headers = ["Project Name", "ABSTRACT", "boardapprovaldate", "Donor’s mood"]
    plan = plan_of(csv_of(headers, [COTTON, "Two exchanges.", "2019-03-12", "good"]))
    assert [(use.header, use.column, use.label) for use in plan.headers] == [
        ("Project Name", "title", "Title"),
        ("ABSTRACT", "summary", "Summary"),
        ("boardapprovaldate", "start", "Start"),
        ("Donor’s mood", "", ""),
    ]
    assert facts(plan.rows[0])["Start"] == "12 March 2019"


def test_a_header_means_what_the_curator_has_chosen_for_it():
    content = csv_of(["Project Name", "Mood", "Abstract"], [COTTON, "good", "Two exchanges."])
    (row,) = plan_of(content, columns={"Mood": "note", "Abstract": ""}).rows
    assert facts(row) == {"Public id": "cotton-growers-of-peru-and-tonga", "Title": COTTON, "Editors’ note": "good"}
    choices = dict(plan_of(content).headers[1].choices)
    assert (choices["note"], choices["partner_pivotal"]) == ("Editors’ note", "Partners: Pivotal partner")


def test_two_headers_for_one_column_are_a_problem_in_words():
    plan = plan_of(csv_of(["Abstract", "Project Name", "Description"], ["a", COTTON, "b"]))
    assert plan.rows == []
    assert plan.problems == [
        "“Abstract”, “Description” would both be read as “Summary”. Choose one, and something else for the other."
    ]
    assert plan_of(csv_of(["Abstract", "Title", "Summary"], ["a", COTTON, "b"])).problems == []


def test_a_file_in_which_no_column_names_a_record_is_a_problem_in_words():
    assert plan_of(csv_of(["Colour", "Shape"], ["red", "round"])).problems == [
        "No column of the file is known. Name at least the column with the title or name of each record."
    ]


# Which record a row means.


@pytest.mark.parametrize(
    ("headers", "cells"),
    [
        (["public id", "End"], ["cotton", "2020"]),
        (["id", "end"], ["cotton", "2020"]),
        (["Title", "Project id", "End"], ["Another title", "P-1718", "2020"]),
        (["Title", "IATI id", "End"], ["Another title", "pe-apci-17", "2020"]),
        (["Title", "End"], ["COTTON growers, of Perú and Tonga", "2020"]),
    ],
)
def test_a_row_means_a_record_by_its_ids_or_its_title(headers, cells):
    make_project(COTTON, slug="cotton", official_id="P-1718", iati_identifier="PE-APCI-17", end="2019")
    row = planned(headers, cells)
    assert row.outcome == "changed"
    assert ("End", "2019", "2020") in row.changes


def test_a_record_of_the_same_title_with_another_number_is_another():
    make_project("Training course", official_id="A-17")
    row = planned(["Title", "Official id"], ["Training course", "A-18"])
    assert (row.outcome, facts(row)["Public id"]) == ("new", "training-course-a-18")


def test_a_number_that_anybodys_list_may_have_alone_says_nothing():
    make_project("Coral reefs", official_id="12")
    assert planned(["Title", "Number"], [COTTON, "12"]).outcome == "new"
    assert planned(["Title", "Number"], ["Coral reefs", "12"]).outcome == "unchanged"


def test_an_agency_is_known_by_name_and_country():
    make_country("PER")
    chilean = make_agency("Agency for International Cooperation", "CHL")
    name = "Agency for International COOPERATION"
    plan = plan_of(csv_of(["Name", "Country", "City"], [name, "Peru", "Lima"], [name, "CL", "Santiago"]), Agency)
    assert [(row.outcome, row.writing.row.pk) for row in plan.rows] == [("new", None), ("changed", chilean.pk)]


def test_several_records_that_may_be_meant_are_named():
    make_project("Training course")
    make_project("Training course", slug="training-course-2")
    row = planned(["Title", "End"], ["Training course", "2020"])
    assert (row.outcome, reasons(row)) == (
        "error",
        [("", "Several records may be meant (training-course, training-course-2). Name one by its public id.")],
    )
    chosen = plan_of(csv_of(["Title", "End"], ["Training course", "2020"]), rows={":2": "update:training-course-2"})
    assert [(row.outcome, row.writing.row.slug) for row in chosen.rows] == [("changed", "training-course-2")]


def test_an_id_that_no_record_has_is_an_error():
    assert planned(["public id", "Title"], ["nothing-here", COTTON]).reasons[0] == (
        "public id",
        "The registry has no record “nothing-here”. Leave the cell empty for a record that is new.",
    )


def test_rows_of_one_file_that_mean_the_same_are_not_imported_twice():
    make_project("Coral reefs", slug="reefs")
    rows = [["Coral reefs", "2019"], ["Coral Reefs", "2020"], [COTTON, "2019"], [COTTON, "2020"]]
    plan = plan_of(csv_of(["Title", "End"], *rows))
    assert [(row.outcome, reasons(row)) for row in plan.rows] == [
        ("error", [("", "Several rows mean this record (lines 2, 3).")]),
        ("error", [("", "Several rows mean this record (lines 2, 3).")]),
        ("new", []),
        ("error", [("", "The row in line 4 means the same. Skip one, or choose to create this one as well.")]),
    ]
    chosen = plan_of(csv_of(["Title", "End"], *rows), rows={":3": "skip", ":5": "create"})
    assert outcomes(chosen) == ["changed", "skipped", "new", "new"]
    assert chosen.rows[3].writing.row.slug == "cotton-growers-of-peru-and-tonga-2"


def test_empty_cells_and_lists_of_others_take_nothing_away():
    project = make_project(COTTON, themes=["Water"], summary="Two exchanges.", end="2019")
    make_theme("Trade")
    row = planned(["Title", "Summary", "End", "Theme"], [COTTON, "", "n/a", "Trade"])
    assert row.changes == [("Themes", "Water", "Trade, Water")]
    assert project.summary == "Two exchanges."


def test_a_partner_who_is_there_is_not_added_again():
    make_project(COTTON, partners=[("beneficiary", "TON")])
    row = planned(["Title", "Beneficiary", "Provider"], [COTTON, "Tonga", "TON"])
    assert row.changes == [("Partner", "", "Provider; Tonga")]


def test_what_is_published_is_left_to_those_who_may_publish():
    make_project(COTTON, end="2019")
    make_project("Coral reefs", end="2019", publication_status="draft")
    make_project("Mangroves", end="2019", publication_status="withdrawn")
    rows = [[COTTON, "2020"], ["Coral reefs", "2020"], ["Mangroves", "2020"], [COTTON.upper(), ""]]
    plan = plan_of(csv_of(["Title", "End"], *rows[:3]), may_publish=False)
    assert [(row.outcome, row.reasons) for row in plan.rows] == [
        ("error", [("", "Its record is published: only who may publish may change it by an import.")]),
        ("changed", []),
        ("error", [("", "Its record “mangroves” was withdrawn.")]),
    ]
    assert outcomes(plan_of(csv_of(["Title", "End"], [COTTON, "2019"]), may_publish=False)) == ["unchanged"]


def test_records_that_are_like_a_new_one_are_named():
    near = make_project("Cotton growers of Perú & Tonga", partners=[("beneficiary", "TON")])
    row = planned(["Title", "Recipient"], [COTTON, "Tonga"])
    assert (row.outcome, [each.record for each in row.duplicates]) == ("new", [near])


def test_sources_are_known_by_their_address():
    source = make_source(published="2019")
    headers = ["Title", "Publisher", "Link", "Type", "Date", "Read on"]
    rows = [
        ["Another title", "ESCAP", source.url, "primary", "2020-05", "2026-11-24"],
        ["Report", "ECLAC", "https://www.cepal.org/report", "secondary", "2019", "24/11/2026"],
        ["Report", "ECLAC", "javascript:alert(1)", "secondary", "2019", ""],
        ["Report 2", "ECLAC", "https://www.cepal.org/2", "primary", "2019", "2026"],
    ]
    plan = plan_of(csv_of(headers, *rows), Source)
    assert [(row.outcome, row.reasons) for row in plan.rows] == [
        ("changed", []),
        ("new", []),
        ("error", [("Link", "Write an address that begins with https:// or http://.")]),
        ("error", [("Read on", "“2026” is not a whole day. Write 2019-03-12.")]),
    ]


# What is written.


def test_new_records_are_drafts_and_the_file_read_again_changes_nothing(user, countries):
    content = csv_of(
        ["Title", "Number", "Recipient", "Provider", "Links", "Start year"],
        [COTTON, "1", "Tonga", "Peru", "https://apci.gob.pe/a", "2019"],
        ["Coral reefs", "2", "Fiji", "", "", ""],
    )
    edit = carry_out_tables(plan_of(content), user, "cotton.csv")
    assert (edit.kind, edit.by, edit.what) == (Edit.Kind.IMPORT, user, "cotton.csv")
    assert list(Project.objects.order_by("pk").values_list("slug", "publication_status", "start")) == [
        ("cotton-growers-of-peru-and-tonga", "draft", "2019"),
        ("coral-reefs", "draft", ""),
    ]
    assert sorted(Participation.objects.values_list("project__slug", "role", "country__iso3")) == [
        ("coral-reefs", "beneficiary", "FJI"),
        ("cotton-growers-of-peru-and-tonga", "beneficiary", "TON"),
        ("cotton-growers-of-peru-and-tonga", "provider", "PER"),
    ]
    assert outcomes(plan_of(content)) == ["unchanged", "unchanged"]


def test_an_import_undone_leaves_the_registry_as_it_was(user, countries):
    make_theme("Trade")
    project = make_project(COTTON, themes=["Water"], partners=[("beneficiary", "TON")], end="2019")
    project.save()  # so that its history begins before the import
    before = whole_registry()
    content = csv_of(
        ["Title", "Recipient", "Theme", "End", "Links"],
        [COTTON, "Tonga, Fiji", "Trade", "2020", "https://apci.gob.pe/a"],
        ["Coral reefs", "Fiji", "Trade,Water", "2021", "https://apci.gob.pe/b"],
    )
    plan = plan_of(content)
    edit = carry_out_tables(plan, user, "cotton.csv")
    assert set(project.themes.values_list("name", flat=True)) == {"Trade", "Water"}
    assert whole_registry() != before
    undo(edit, user, "The wrong file")
    assert whole_registry() == before


def test_a_forum_and_its_members_come_from_one_row_or_from_a_table(user, countries):
    row = planned(["Name", "Type", "Members"], ["Pacific Dialogue", "network", "Fiji, Tonga"], model=Forum)
    assert [new for label, _old, new in row.changes if label == "Member"] == ["Member; Fiji", "Member; Tonga"]
    forum = make_forum(members=["FJI"])
    rows = [[forum.slug, "Fiji", "1999"], [forum.name, "Peru", "2001"]]
    plan = plan_of(csv_of(["Forum", "Country", "Joined"], *rows), Forum)
    assert [(row.outcome, row.changes) for row in plan.rows] == [
        ("changed", [("Member (Member; Fiji): joined", "", "1999")]),
        ("changed", [("Member", "", "Member; Peru; 2001")]),
    ]
    carry_out_tables(plan, user, "members.csv")
    assert sorted(Membership.objects.values_list("country__iso3", "joined")) == [("FJI", "1999"), ("PER", "2001")]


def test_rows_that_are_errors_are_left_out_of_what_is_written(user):
    plan = plan_of(csv_of(["Title", "End"], [COTTON, "2019"], ["Coral reefs", "soon"]))
    assert outcomes(plan) == ["new", "error"]
    carry_out_tables(plan, user, "cotton.csv")
    assert list(Project.objects.values_list("title", flat=True)) == [COTTON]


def test_a_plan_that_the_registry_has_outrun_writes_nothing(user):
    project = make_project(COTTON, end="2019")
    plan = plan_of(csv_of(["Title", "End"], [COTTON, "2020"], ["Coral reefs", "2021"]))
    project.save()
    before = whole_registry()
    with pytest.raises(ImportRefusedError, match="has been changed meanwhile"):
        carry_out_tables(plan, user, "cotton.csv")
    assert whole_registry() == before


def test_an_address_taken_meanwhile_writes_nothing(user):
    plan = plan_of(csv_of(["Title"], ["Coral reefs"], [COTTON]))
    make_project(COTTON)
    with pytest.raises(ImportRefusedError, match="Nothing was written"):
        carry_out_tables(plan, user, "cotton.csv")
    assert Project.objects.count() == 1


def test_a_plan_with_nothing_to_do_is_refused(user):
    make_project(COTTON)
    with pytest.raises(ImportRefusedError, match="There is nothing to import"):
        carry_out_tables(plan_of(csv_of(["Title"], [COTTON])), user, "cotton.csv")


def courses(number):
    """A sheet of so many projects."""
    rows = [SheetRow(line, [f"Course {line}", "Tonga", 2019, "Water"]) for line in range(2, number + 2)]
    return Sheet("", ["Title", "Recipient", "Start", "Theme"], 1, rows)


@pytest.mark.slow
def test_a_plan_takes_as_many_queries_for_many_rows_as_for_few(countries):
    make_theme("Water")
    numbers = []
    for number in (10, 600):
        with CaptureQueriesContext(connection) as queries:
            assert set(outcomes(plan_tables(Project, [courses(number)], {}))) == {"new"}
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


@pytest.mark.slow
def test_rows_are_written_many_at_a_time(user, countries):
    make_theme("Water")
    plan = plan_tables(Project, [courses(600)], {})
    with CaptureQueriesContext(connection) as queries:
        carry_out_tables(plan, user, "courses.csv")
    assert len(queries) < 200
    assert Project.history.filter(edit__what="courses.csv").count() == 600
    past = Project.history.get(title="Course 601")
    assert [link.theme.name for link in past.themes.all()] == ["Water"]


def test_an_iati_import_is_one_edit_that_can_be_undone(user):
    make_country("TON")
    project = make_project("Coral reefs", iati_identifier="PE-1", partners=[("beneficiary", "TON")])
    project.save()
    before = whole_registry()
    known = read_known()
    content = file_of(activity_xml(), activity_xml(identifier="<iati-identifier>PE-1</iati-identifier>"))
    edit = carry_out(plan_iati(read_activities(tree_of(content), known), known), by=user, what="activities.xml")
    assert (edit.kind, edit.by, edit.what) == (Edit.Kind.IMPORT, user, "activities.xml")
    assert Project.objects.count() == 2
    assert Project.objects.get(iati_identifier="PE-1").title == "Cotton growers of Peru and Tonga learn from each other"
    undo(edit, user, "The wrong file")
    assert whole_registry() == before


def test_an_iati_import_by_the_command_says_which_program_it_was():
    known = read_known()
    edit = carry_out(
        plan_iati(read_activities(tree_of(file_of(activity_xml())), known), known), what="import_iati a.xml"
    )
    assert (edit.kind, edit.by, edit.what) == (Edit.Kind.PROGRAM, None, "import_iati a.xml")
    past = Project.history.get(title="Cotton growers of Peru and Tonga learn from each other")
    assert (past.edit, past.publication_status) == (edit, PublicationStatus.DRAFT)
