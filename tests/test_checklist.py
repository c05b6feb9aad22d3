"""The checklist: what must be in order before a record is published, each in a sentence that says what to do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.history.past import parts_of
from cooperation.models import (
    Agency,
    Evidence,
    Forum,
    ForumRole,
    Fund,
    FundManager,
    Lesson,
    Membership,
    Milestone,
    Participation,
    Project,
    Record,
)
from cooperation.workflow import checklist
from tests import builders
from tests.builders import make_agency, make_country, make_forum, make_fund, make_lesson, make_milestone, make_project
from tests.records import cite, make_record

pytestmark = pytest.mark.django_db

RECORDS = (Project, Agency, Forum, Fund, Milestone, Lesson)


def make_cited(record):
    cite(record, record.FACTS[0], builders.make_source())
    return record


def make_complete_project(*partners, **fields):
    partners = partners or [("provider", "THA"), ("beneficiary", "COL")]
    return make_cited(make_project(partners=partners, summary="Experts met.", **fields))


def make_triangular(*partners):
    return make_complete_project(*partners, modality="triangular")


@pytest.mark.parametrize("model", RECORDS)
def test_complete_record_may_be_published(model):
    assert checklist(make_record(model, summary="What it is.", publication_status="draft")) == []


@pytest.mark.parametrize("model", RECORDS)
def test_summary_and_source_are_asked_for(model):
    record = make_record(model, parts=0, summary=" \n", publication_status="draft")
    record.citations.all().delete()
    record.SOURCED_PARTS = [name for name in record.SOURCED_PARTS if name != "participations"]
    assert checklist(record)[:2] == ["Fill in “Summary”.", "Name at least one source."]


def test_source_of_a_member_is_a_source_of_its_forum():
    forum = make_forum(members=["THA"], summary="Ministers meet.")
    assert checklist(forum) == ["Name at least one source."]
    forum.memberships.update(source=builders.make_source())
    assert checklist(forum) == []


def test_what_a_form_asks_for_and_an_import_left_open_is_named():
    assert checklist(make_complete_project(modality="")) == ["Fill in “Modality”."]
    assert checklist(make_cited(make_agency(kind="", summary="An agency."))) == ["Fill in “Kind”."]


def test_project_needs_a_partner():
    project = make_complete_project()
    project.participations.all().delete()
    assert checklist(project) == ["Name at least one partner; where no source names any, say so in the note."]
    project.note = "The text read does not list the partners."
    assert checklist(project) == []


def test_partner_needs_a_role():
    project = make_complete_project()
    project.participations.filter(role="provider").update(role="")
    assert checklist(project) == ["Give each partner a role."]


THREE = (
    "Name the three partners of triangular cooperation; where no source names them all, say so in the note. "
    "Or choose another modality."
)
GIVES = "Say which partner gives in the triangular cooperation; “Partner” where no source names its role."
RECEIVES = (
    "Say which partner is the beneficiary of the triangular cooperation; where no source names it, say so in the note. "
    "Or choose another modality."
)


@pytest.mark.parametrize(
    ("partners", "problems"),
    [
        ([("pivotal", "CHL"), ("facilitating", "SGP"), ("beneficiary", "FJI")], []),
        ([("funding", "IDN"), ("funding", "ZAF"), ("beneficiary", "FJI")], []),
        ([("both", "CHL"), ("both", "THA"), ("implementing", "FJI")], []),
        ([("partner", "CHL"), ("partner", "THA"), ("partner", "FJI")], []),
        ([("pivotal", "CHL"), ("beneficiary", "FJI")], [THREE]),
        ([("pivotal", "CHL"), ("funding", "CHL"), ("beneficiary", "FJI")], [THREE]),
        ([("pivotal", "CHL"), ("facilitating", "SGP"), ("implementing", "FJI")], [RECEIVES]),
        ([("beneficiary", "CHL"), ("beneficiary", "SGP"), ("implementing", "FJI")], [GIVES]),
        ([("implementing", "CHL")], [THREE, GIVES, RECEIVES]),
    ],
)
def test_triangular_project_needs_both_sides_and_a_third(partners, problems):
    assert checklist(make_triangular(*partners)) == problems


def test_fund_stands_for_the_third_partner():
    project = make_triangular(("funding", "CHL"), ("beneficiary", "FJI"))
    assert checklist(project) == [THREE]
    project.fund = make_cited(builders.make_fund())
    assert checklist(project) == []


def test_partners_that_no_source_names_are_spoken_of_in_the_note():
    project = make_triangular(("pivotal", "CHL"), ("facilitating", "SGP"))
    assert checklist(project) == [THREE, RECEIVES]
    project.note = "The text read does not name the third countries."
    assert checklist(project) == []


def test_agency_and_its_country_are_one_partner():
    project = make_triangular(("pivotal", "THA"), ("beneficiary", "FJI"))
    Participation.objects.create(project=project, role="implementing", agency=make_agency(country="THA"))
    assert checklist(project) == [THREE]
    Participation.objects.create(project=project, role="funding", organisation="Pacific Community")
    assert checklist(project) == []


@pytest.mark.parametrize(
    ("part", "problems"),
    [
        ({"start": "2019", "end": "2021-06"}, []),
        ({"start": "2021-06", "end": "2021"}, []),
        ({"start": "2021-07"}, ["begins in July 2021, after the project has ended. Correct one of them."]),
        ({"end": "2018-12"}, ["ends in December 2018, before the project has begun. Correct one of them."]),
    ],
)
def test_partner_cannot_take_part_outside_the_project(part, problems):
    project = make_complete_project(start="2019", end="2021-06")
    project.participations.filter(role="provider").update(**part)
    assert checklist(project) == [f"“Provider: Thailand” {problem}" for problem in problems]


@pytest.mark.parametrize(
    ("left", "told"), [("1999", []), ("1999-09-02", []), ("1998", ["1998"]), ("1999-08-31", ["31 August 1999"])]
)
def test_member_cannot_leave_before_there_is_a_forum(left, told):
    forum = make_cited(make_forum(established="1999-09", summary="Ministers meet."))
    Membership.objects.create(forum=forum, country=make_country("PER"), left=left, kind="former")
    words = "“Peru: Former member” left in {}, before the forum was established. Correct one of them."
    assert checklist(forum) == [words.format(date) for date in told]


def unpublished(label, record, status="Draft"):
    return f"{label}: “{record}” is not published ({status}). Publish it first, or take it out."


def test_every_link_to_a_record_that_is_not_published_is_named():
    forum = make_forum(publication_status="draft")
    fund = make_fund(publication_status="in_review")
    agency = make_agency(publication_status="withdrawn")
    project = make_complete_project(forum=forum, fund=fund)
    Participation.objects.create(project=project, role="implementing", agency=agency)
    assert checklist(project) == [
        unpublished("Forum", forum),
        unpublished("Fund", fund, "In review"),
        unpublished("Partner, agency", agency, "Withdrawn"),
    ]


def test_links_of_all_other_records_are_held_to_it_as_well():
    draft = {"publication_status": "draft", "summary": "What it is."}
    ministry, forum = make_agency("Ministry of Foreign Affairs", **draft), make_forum(**draft)
    agency = make_cited(make_agency(parent=ministry, **draft))
    assert checklist(agency) == [unpublished("Part of", ministry)]
    milestone = make_cited(make_milestone(forum=forum, **draft))
    assert checklist(milestone) == [unpublished("Forum", forum)]
    fund = make_cited(make_fund(forum=forum, **draft))
    FundManager.objects.create(fund=fund, agency=agency)
    assert checklist(fund) == [unpublished("Forum", forum), unpublished("Manager, agency", agency)]
    ForumRole.objects.create(forum=make_cited(forum), role="secretariat", agency=agency)
    assert checklist(forum) == [unpublished("Role in the forum, agency", agency)]
    lesson, project = make_cited(make_lesson(**draft)), make_complete_project(publication_status="draft")
    linked = {"forum": forum, "milestone": milestone, "agency": agency, "project": project, "fund": fund}
    for position, (name, record) in enumerate(linked.items()):
        Evidence.objects.create(lesson=lesson, position=position, shows="It lasts.", **{name: record})
    assert checklist(lesson) == [unpublished(f"Evidence, {name}", record) for name, record in linked.items()]


def test_every_relation_between_records_is_held_against_the_checklist():
    """A relation that is added to a model is checked without anybody thinking of it: this test asks to try it above."""
    relations = {
        f"{model._meta.model_name}.{field.name}"
        for record in RECORDS
        for model in (record, *parts_of(record))
        for field in model._meta.get_fields()
        if field.concrete and issubclass(field.related_model or object, Record)
        if field.name != getattr(model, "owner", None)
    }
    assert relations == {
        "agency.parent",
        "evidence.agency",
        "evidence.forum",
        "evidence.fund",
        "evidence.milestone",
        "evidence.project",
        "forumrole.agency",
        "fund.forum",
        "fundmanager.agency",
        "milestone.forum",
        "participation.agency",
        "project.forum",
        "project.fund",
    }


@pytest.mark.parametrize("model", RECORDS)
def test_checklist_asks_as_often_for_one_part_as_for_many(model):
    counts = []
    for number, parts in ((0, 1), (1, 3)):
        record = make_record(model, number, parts, summary="What it is.", partner=make_agency(f"Agency {number}"))
        record = model.objects.get(pk=record.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert checklist(record) == []
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8
