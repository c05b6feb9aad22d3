"""The workflow: who takes which step of a record, what it asks for, and what refusing it leaves behind."""

import threading

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection

from cooperation.history import edits_of, last_content_edit
from cooperation.models import (
    Agency,
    Country,
    Edit,
    Forum,
    Fund,
    Lesson,
    Milestone,
    Project,
    PublicationStatus,
    Theme,
    editing,
)
from cooperation.workflow import (
    STEPS,
    StepRefusedError,
    is_public,
    make_groups,
    may_be_deleted,
    may_change_directly,
    steps_for,
    take,
)
from tests import builders
from tests.records import cite, make_record

pytestmark = pytest.mark.django_db

RECORDS = (Project, Agency, Forum, Fund, Milestone, Lesson)
STEP = {step.name: step for step in STEPS}
OWN_WORK = "You changed this record last. Somebody else must publish it."


def make_ready(model=Milestone, status="in_review", **fields):
    """A record that may be published, in this status."""
    return make_record(model, summary="What it was about.", publication_status=status, **fields)


def edit(record, user, **fields):
    """`record` as `user` has changed it in a form."""
    with editing(Edit.Kind.FORM, by=user):
        for name, value in fields.items():
            setattr(record, name, value)
        record.save()
    return record


def refusal(name, record, user, reason=""):
    """Why a step is refused. That nothing has changed by it is held here."""

    def stand():
        return list(Edit.objects.all()), type(record).objects.filter(pk=record.pk).values().get()

    before = stand()
    with pytest.raises(StepRefusedError) as refused:
        take(name, record, user, reason)
    assert stand() == before
    return refused.value.problems


def offered(user, record):
    return [step.name for step, _why_not in steps_for(user, record)]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("submit", "draft", "in_review"),
        ("take_back", "in_review", "draft"),
        ("return", "in_review", "draft"),
        ("publish", "in_review", "published"),
        ("withdraw", "published", "withdrawn"),
        ("restore", "withdrawn", "draft"),
    ],
)
def test_step_leads_from_one_status_to_the_next_and_is_kept(publisher, name, before, after):
    record = make_ready(status="draft")
    edit(record, publisher.user if name == "take_back" else None, publication_status=before)
    made = take(name, record, publisher.user, "The ministry asked for it.")
    assert record.publication_status == Milestone.objects.get().publication_status == after
    assert (record.version, Milestone.objects.get().version) == (3, 3)
    assert edits_of(record)[0] == made
    assert (made.kind, made.by, made.reason) == ("step", publisher.user, "The ministry asked for it.")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_step_is_refused_from_every_other_status(publisher, step):
    for status in set(PublicationStatus) - set(step.from_statuses):
        record = edit(builders.make_milestone(f"Conference {status}"), publisher.user, publication_status=status)
        assert refusal(step.name, record, publisher.user, "A reason.") == [
            f"“{step.label}” does not go with the publication status of the record, which is “{status.label}”."
        ]


def test_each_group_is_offered_its_steps_and_no_other(editor, reviewer, publisher, curator):
    steps = {}
    for status in PublicationStatus:
        record = make_ready(status=status, number=list(PublicationStatus).index(status))
        for browser in (editor, reviewer, publisher):
            steps[browser.user.groups.get().name, status.value] = offered(browser.user, record)
    assert steps == {
        ("Editors", "draft"): ["submit"],
        ("Editors", "in_review"): [],
        ("Editors", "published"): [],
        ("Editors", "withdrawn"): [],
        ("Reviewers", "draft"): ["submit"],
        ("Reviewers", "in_review"): ["return"],
        ("Reviewers", "published"): [],
        ("Reviewers", "withdrawn"): [],
        ("Publishers", "draft"): ["submit"],
        ("Publishers", "in_review"): ["return", "publish"],
        ("Publishers", "published"): ["withdraw"],
        ("Publishers", "withdrawn"): ["restore"],
    }


@pytest.mark.parametrize(
    ("name", "status"),
    [("return", "in_review"), ("publish", "in_review"), ("withdraw", "published"), ("restore", "withdrawn")],
)
def test_step_without_the_right_is_refused_and_logged(editor, caplog, name, status):
    record = make_ready(status=status)
    assert refusal(name, record, editor.user, "A reason.") == [
        f"Your account does not have the right to take the step “{STEP[name].label}”."
    ]
    assert caplog.messages == [
        f"mere.tuilagi may not take the step “{name}” of the milestone “{record.slug}”: nothing was changed"
    ]


def test_account_that_was_closed_takes_no_step(publisher):
    publisher.user.is_active = False
    record = make_ready()
    assert refusal("publish", record, publisher.user) == [
        "Your account does not have the right to take the step “Publish”."
    ]


def test_refusal_for_want_of_a_reason_is_not_logged_as_an_attempt(publisher, caplog):
    record = make_ready(status="published")
    assert refusal("withdraw", record, publisher.user, "  ") == ["Give a reason for “Withdraw”."]
    assert caplog.messages == []


def test_reviewer_returns_only_with_a_reason(reviewer):
    record = make_ready()
    assert refusal("return", record, reviewer.user) == ["Give a reason for “Return”."]
    assert take("return", record, reviewer.user, " The year is missing. ").reason == "The year is missing."


def test_step_that_does_not_exist_is_refused(publisher):
    assert refusal("erase", make_ready(), publisher.user) == ["There is no step “erase”."]


def test_step_of_a_record_that_is_gone_is_refused(publisher):
    record = make_ready()
    Milestone.objects.get().delete()
    with pytest.raises(StepRefusedError, match=r"^The record has been deleted\.$"):
        take("publish", record, publisher.user)


def test_author_takes_back_what_waits_for_review_and_nobody_else_does(editor, reviewer, caplog):
    record = edit(make_ready(status="draft"), editor.user, city="Bandung")
    take("submit", record, editor.user)
    assert offered(editor.user, record) == ["take_back"]
    assert refusal("take_back", record, reviewer.user) == [
        "Only who wrote or submitted the record takes it back. Reviewers return it."
    ]
    assert len(caplog.messages) == 1
    take("take_back", record, editor.user)
    assert record.publication_status == "draft"


def test_who_submitted_a_record_of_somebody_else_takes_it_back(editor):
    record = make_ready(status="draft")
    take("submit", record, editor.user)
    take("take_back", record, editor.user)
    assert record.publication_status == "draft"


def test_who_changed_a_record_last_does_not_publish_it(publisher, editor, caplog):
    record = edit(make_ready(), publisher.user, city="Bandung")
    assert [(step.name, why_not) for step, why_not in steps_for(publisher.user, record)] == [
        ("take_back", ""),
        ("return", ""),
        ("publish", OWN_WORK),
    ]
    assert refusal("publish", record, publisher.user) == [OWN_WORK]
    assert caplog.messages == [
        f"siriporn.chai may not take the step “publish” of the milestone “{record.slug}”: nothing was changed"
    ]
    edit(record, editor.user, city="Jakarta")
    take("publish", record, publisher.user)
    assert record.publication_status == "published"


def test_who_changed_only_a_citation_changed_the_record(publisher):
    record = make_ready()
    with editing(Edit.Kind.FORM, by=publisher.user):
        cite(record, "date", builders.make_source("Final communiqué"), "1955-04-18")
    assert refusal("publish", record, publisher.user) == [OWN_WORK]


def test_reviewing_and_confirming_is_no_work_of_ones_own(publisher, editor):
    record = edit(make_ready(status="draft"), editor.user, city="Bandung")
    take("submit", record, publisher.user)
    with editing(Edit.Kind.CONFIRMED, by=publisher.user):
        record.save()
    take("publish", record, publisher.user)
    assert last_content_edit(record).by == editor.user


def test_office_of_one_person_publishes_its_own_draft(publisher, settings):
    settings.ONE_PERSON_OFFICE = True
    record = edit(make_ready(status="draft"), publisher.user, city="Bandung")
    assert steps_for(publisher.user, record) == [(STEP["submit"], ""), (STEP["publish"], "")]
    take("publish", record, publisher.user)
    assert record.publication_status == "published"


def test_office_of_one_person_needs_the_right_and_the_checklist_all_the_same(editor, publisher, settings):
    settings.ONE_PERSON_OFFICE = True
    record = builders.make_milestone(publication_status="draft")
    problems = ["Fill in “Summary”.", "Name at least one source."]
    assert refusal("publish", record, publisher.user) == problems
    assert refusal("publish", record, editor.user) == [
        "Your account does not have the right to take the step “Publish”.",
        *problems,
    ]


@pytest.mark.parametrize("model", RECORDS)
def test_record_of_every_type_goes_the_whole_way(editor, reviewer, publisher, client, model):
    record = edit(make_ready(model, status="draft"), editor.user, note="As the sources have it.")
    address = record.get_absolute_url()
    take("submit", record, editor.user)
    take("return", record, reviewer.user, "The note can go.")
    take("submit", record, editor.user)
    assert client.get(address).status_code == 404
    take("publish", record, publisher.user)
    assert str(record) in client.get(address).content.decode().replace("&#x27;", "’")
    take("withdraw", record, publisher.user, "It never took place.")
    assert not is_public(record)
    take("restore", record, publisher.user)
    assert [(each.kind, each.reason) for each in edits_of(record)][:6] == [
        ("step", ""),
        ("step", "It never took place."),
        ("step", ""),
        ("step", ""),
        ("step", "The note can go."),
        ("step", ""),
    ]


def test_publishing_refuses_with_everything_that_stands_against_it(publisher):
    record = edit(builders.make_project(publication_status="in_review"), publisher.user, modality="")
    problems = [
        OWN_WORK,
        "Fill in “Summary”.",
        "Fill in “Modality”.",
        "Name at least one source.",
        "Name at least one partner; where no source names any, say so in the note.",
    ]
    assert refusal("publish", record, publisher.user) == problems
    assert steps_for(publisher.user, record)[-1] == (STEP["publish"], " ".join(problems))


def test_second_of_two_who_withdraw_at_once_is_refused(publisher):
    mine, theirs = make_ready(status="published"), Milestone.objects.get()
    take("withdraw", theirs, User.objects.create_superuser("ana.ruiz"), "It never took place.")
    assert refusal("withdraw", mine, publisher.user, "A doublet.") == [
        "“Withdraw” does not go with the publication status of the record, which is “Withdrawn”."
    ]
    assert Milestone.objects.get().version == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_who_publish_in_the_same_moment_one_does(django_db_blocker):
    if connection.vendor == "sqlite":
        pytest.skip("the test database of SQLite is in memory, where nobody waits for a lock")
    record = make_ready()
    users = [User.objects.create_superuser(f"publisher{number}") for number in range(8)]
    start, outcomes = threading.Barrier(len(users)), []

    def publish(user):
        start.wait(10)
        try:
            take("publish", Milestone.objects.get(pk=record.pk), user)
            outcomes.append("published")
        except StepRefusedError as error:
            outcomes.append(error.problems)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    too_late = ["“Publish” does not go with the publication status of the record, which is “Published”."]
    assert sorted(outcomes, key=str) == sorted(["published"] + [too_late] * 7, key=str)
    assert Edit.objects.filter(kind="step").count() == 1


def test_record_may_be_deleted_until_the_public_has_seen_it(publisher):
    record = make_ready()
    assert may_be_deleted(record)
    take("publish", record, publisher.user)
    assert not may_be_deleted(record)
    take("withdraw", record, publisher.user, "It never took place.")
    assert not may_be_deleted(record)
    take("restore", record, publisher.user)
    assert not may_be_deleted(record)
    assert may_be_deleted(builders.make_theme())


def test_source_is_public_through_a_published_record_only():
    source, record = builders.make_source(), builders.make_milestone(publication_status="draft")
    cite(record, "title", source)
    assert not is_public(source)
    edit(record, None, publication_status="published")
    assert is_public(source)


def test_what_has_no_draft_is_public_once_it_is_stored():
    assert [is_public(builders.make_country("FJI")), is_public(builders.make_theme())] == [True, True]
    assert [is_public(Country(iso3="TON")), is_public(Theme(code="trade"))] == [False, False]


def test_only_who_may_publish_changes_directly_what_is_public(editor, reviewer, publisher):
    public, draft = make_ready(status="published"), make_ready(number=1, status="draft")
    users = [editor.user, reviewer.user, publisher.user]
    assert [may_change_directly(user, public) for user in users] == [False, False, True]
    assert [may_change_directly(user, draft) for user in users] == [True, True, True]


def test_groups_are_made_once_and_left_as_an_installation_changed_them():
    make_groups()
    editors = Group.objects.get(name="Editors")
    editors.permissions.clear()
    Group.objects.get(name="Reviewers").delete()
    make_groups()
    assert list(editors.permissions.all()) == []
    assert sorted(Group.objects.values_list("name", flat=True)) == ["Editors", "Publishers", "Reviewers"]


@pytest.mark.parametrize(
    ("permission", "holders"),
    [
        ("submit_record", ["Editors", "Publishers", "Reviewers"]),
        ("change_project", ["Editors", "Publishers", "Reviewers"]),
        ("add_participation", ["Editors", "Publishers", "Reviewers"]),
        ("delete_participation", ["Editors", "Publishers", "Reviewers"]),
        ("change_country", ["Editors", "Publishers", "Reviewers"]),
        ("add_importbatch", ["Editors", "Publishers", "Reviewers"]),
        ("view_duplicatepair", ["Editors", "Publishers", "Reviewers"]),
        ("review_record", ["Publishers", "Reviewers"]),
        ("change_duplicatepair", ["Publishers", "Reviewers"]),
        ("change_correction", ["Publishers", "Reviewers"]),
        ("publish_record", ["Publishers"]),
        ("withdraw_record", ["Publishers"]),
        ("delete_project", ["Publishers"]),
        ("add_country", ["Publishers"]),
        ("add_theme", ["Publishers"]),
        ("delete_correction", []),
    ],
)
def test_right_is_held_by_these_groups(permission, holders):
    make_groups()
    groups = Group.objects.filter(permissions__codename=permission)
    assert sorted(groups.values_list("name", flat=True)) == holders
