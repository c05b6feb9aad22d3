"""What waits for a curator: the first page of the admin, and the lists that its numbers lead to."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from cooperation.admin.queue_counts import MODELS, what_waits
from cooperation.models import (
    Agency,
    Correction,
    Document,
    DuplicatePair,
    Edit,
    Forum,
    Fund,
    ImportBatch,
    Lesson,
    Milestone,
    PendingChange,
    Project,
    editing,
)
from tests.admin_records import titles
from tests.builders import (
    make_agency,
    make_forum,
    make_fund,
    make_lesson,
    make_milestone,
    make_project,
    make_source,
)

pytestmark = pytest.mark.django_db

RECORDS = (Project, Agency, Forum, Fund, Milestone, Lesson)
MAKE = {
    Project: make_project,
    Agency: make_agency,
    Forum: make_forum,
    Fund: make_fund,
    Milestone: make_milestone,
    Lesson: make_lesson,
}


def person(name="tevita.fonua", *rights):
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def signed_in(client, *rights):
    user = person("luz.paredes", *rights)
    client.force_login(user)
    return user


def me(client):
    return User.objects.get(pk=client.session["_auth_user_id"])


def waiting(client):
    """`[(group, [text, ...]), ...]` as the first page shows it."""
    queues = client.get(reverse("admin:index")).context["queues"]
    return [(str(group), [line.text for line in lines]) for group, lines in queues]


def lines(client):
    return [line for _group, found in client.get(reverse("admin:index")).context["queues"] for line in found]


def settled_record(make, title, **fields):
    """A published record for which nothing is to be done."""
    record = make(title, **{"confirmed_on": timezone.localdate(), **fields})
    record.citations.create(fact="further", value="It is there.", source=make_source())
    return record


def write(record, user, kind=Edit.Kind.FORM, **fields):
    """Let `user` save the record."""
    for name, value in fields.items():
        setattr(record, name, value)
    with editing(kind, by=user) as edit:
        record.save()
    return edit


def disagree(record, *values, fact=None):
    for number, value in enumerate(values):
        record.citations.create(
            fact=fact or record.FACTS[0], value=value, source=make_source(f"Source {number} of {record.pk}")
        )


def test_nothing_waits_where_everything_is_in_order(curator):
    for model, make in MAKE.items():
        settled_record(make, f"{model.__name__} in order")
    page = curator.get(reverse("admin:index"))
    assert page.context["queues"] == []
    assert "<p>Nothing waits.</p>" in page.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_each_kind_of_work_on_a_record_is_a_line_with_its_number(model, curator):
    make, things = MAKE[model], model._meta.verbose_name_plural
    settled_record(make, "In order")
    for number in range(2):
        write(make(f"My draft {number}", publication_status="draft"), me(curator))
        make(f"Draft of a program {number}", publication_status="draft")
        make(f"Waiting {number}", publication_status="in_review")
        make(f"Not sourced {number}", confirmed_on=timezone.localdate())
        disagree(settled_record(make, f"In doubt {number}"), "Thai Aid", "Aid of Thailand")
    settled_record(make, "Confirmed long ago", confirmed_on="2019-04-01")
    settled_record(make, "Never confirmed", confirmed_on=None)
    make("Withdrawn", publication_status="withdrawn")
    assert waiting(curator) == [
        ("Yours", [f"2 {things} in draft that you wrote last"]),
        ("To review", [f"2 {things} in review, the oldest since today"]),
        (
            "To mend",
            [
                f"2 published {things} without a source",
                f"2 published {things} that nobody has confirmed for a year",
                f"2 published {things} of which two sources disagree",
            ],
        ),
    ]
    for line in lines(curator):
        assert line.number == rows_of(curator, line) == 2


def rows_of(client, line):
    """How many rows the list of a line has. Django leads a list with a filter that it cannot read to one without."""
    answer = client.get(line.url)
    assert answer.status_code == 200, line
    return answer.context["cl"].result_count


def test_one_record_is_spoken_of_in_the_singular(curator):
    make_fund(publication_status="in_review")
    assert waiting(curator) == [("To review", ["1 fund in review, the oldest since today"])]


@pytest.mark.slow
def test_work_of_projects_alone_is_counted(curator):
    running = {"status": Project.Status.IN_EXECUTION}
    settled_record(make_project, "Ended long ago", end="2019", **running)
    settled_record(make_project, "Ends next year", end=f"{timezone.localdate().year + 1}", **running)
    make_project("Draft that ended", end="2019", publication_status="draft", **running)
    broken = settled_record(make_project, "With a broken document")
    for name, result in (("agreement", "broken"), ("report", "broken"), ("evaluation", "ok")):
        Document.objects.create(
            project=broken, title=name, url=f"https://www.aci.org/{name}", category="A09", check_result=result
        )
    assert waiting(curator) == [
        (
            "To mend",
            [
                "1 published project said to run although the end has passed",
                "1 published project with a document that does not answer",
            ],
        )
    ]
    assert [titles_of(curator, line) for line in lines(curator)] == [["Ended long ago"], ["With a broken document"]]


def titles_of(client, line):
    return [str(record) for record in client.get(line.url).context["cl"].result_list]


@pytest.mark.parametrize("model", [Agency, Forum, Fund], ids=lambda model: model.__name__)
def test_website_that_does_not_answer_is_counted(model, curator):
    settled_record(MAKE[model], "Moved", check_result="moved")
    settled_record(MAKE[model], "Gone", check_result="broken")
    MAKE[model]("Draft", check_result="broken", publication_status="draft")
    (line,) = lines(curator)
    assert line.text == f"1 published {model._meta.verbose_name} with a website that does not answer"
    assert titles_of(curator, line) == ["Gone"]


def test_source_that_does_not_answer_is_counted(curator):
    make_source("Report of 2019", check_result="broken")
    make_source("Report of 2020", check_result="ok")
    (line,) = lines(curator)
    assert line.text == "1 source with an address that does not answer"
    assert titles_of(curator, line) == ["ESCAP: Report of 2019"]


def change_of(by, state, **fields):
    record = Project.objects.first() or settled_record(make_project, "In order")
    return PendingChange.objects.create(
        record_type="project", record_id=record.pk, form="", version=1, by=by, state=state, **fields
    )


def lay_on_desk(client):
    """One thing of each kind on the desk, and some that wait for nobody any more."""
    user, other = me(client), person()
    for state in PendingChange.State:
        change_of(user, state)
    for _number in range(2):
        change_of(other, PendingChange.State.WAITING, made=timezone.now() - timedelta(days=3))
    for state in Correction.State:
        Correction.objects.create(
            record_type="project",
            record_id=1,
            public_id="in-order",
            what="It ended in 2019.",
            state=state,
            received=timezone.now() - timedelta(days=1, hours=1),
        )
    for number, state in enumerate(DuplicatePair.State):
        DuplicatePair.objects.create(
            record_type="project", first_id=1, second_id=2 + number, score=90, why="Same acronym", state=state
        )
    for state in ImportBatch.State:
        ImportBatch.objects.create(record_type="project", file_name="galaxy.csv", content=b"", digest="0", state=state)


@pytest.mark.slow
def test_what_lies_on_the_desk_is_counted_where_its_lists_are(curator):
    lay_on_desk(curator)
    texts = {
        PendingChange: [
            "1 pending change returned to you",
            "1 pending change of yours in review",
            "2 pending changes to review, the oldest for 3 days",
        ],
        Correction: ["1 reported mistake, the oldest for 1 day"],
        DuplicatePair: ["1 possible duplicate"],
        ImportBatch: ["1 import read and not carried out"],
    }
    expected = [text for model, found in texts.items() if admin.site.is_registered(model) for text in found]
    found = lines(curator)
    assert sorted(line.text for line in found) == sorted(expected)
    for line in found:
        assert rows_of(curator, line) == line.number, line


@pytest.mark.slow
def test_oldest_in_review_is_counted_from_the_day_it_was_submitted(curator):
    now = timezone.now()
    for title, days in (("New", 2), ("Old", 9), ("Middle", 5)):
        record = settled_record(make_project, title, publication_status="draft")
        edit = write(record, person(title), Edit.Kind.STEP, publication_status="in_review")
        Edit.objects.filter(pk=edit.pk).update(made=now - timedelta(days=days))
        Project.objects.filter(pk=record.pk).update(updated=now - timedelta(days=days))
    # A correction made in review is no new submission.
    write(Project.objects.get(title="Old"), person("reviewer"), summary="It teaches.")
    (line,) = lines(curator)
    assert (line.text, line.days) == ("3 projects in review, the oldest for 9 days", 9)
    assert titles(curator, Project, in_review="over_a_week") == ["Old"]
    assert titles(curator, Project, in_review="over_a_month") == []


@pytest.mark.slow
def test_list_of_records_in_review_begins_with_the_one_that_waits_longest(curator):
    for title, days in (("New", 2), ("Old", 9), ("Middle", 5)):
        record = settled_record(make_forum, title, publication_status="in_review")
        Forum.objects.filter(pk=record.pk).update(updated=timezone.now() - timedelta(days=days))
    (line,) = lines(curator)
    assert titles_of(curator, line) == ["Old", "Middle", "New"]


@pytest.mark.slow
def test_draft_is_of_whoever_wrote_it_last(curator):
    user, other = me(curator), person()
    for title in ("Mine", "Taken over by another", "Taken over by me", "Confirmed by another"):
        write(make_project(title, publication_status="draft"), other if title == "Taken over by me" else user)
    write(Project.objects.get(title="Taken over by another"), other, summary="It teaches.")
    write(Project.objects.get(title="Taken over by me"), user, summary="It teaches.")
    write(Project.objects.get(title="Confirmed by another"), other, Edit.Kind.CONFIRMED, confirmed_on="2026-11-01")
    make_project("Written by nobody", publication_status="draft")
    assert titles(curator, Project, written="by_me") == ["Confirmed by another", "Mine", "Taken over by me"]
    assert waiting(curator) == [("Yours", ["3 projects in draft that you wrote last"])]


@pytest.mark.slow
def test_only_what_a_curator_may_do_is_shown(client):
    make_project("Waiting", publication_status="in_review")
    make_project("Not sourced", confirmed_on=timezone.localdate())
    make_agency("Not sourced", confirmed_on=timezone.localdate())
    signed_in(client, "view_project")
    assert waiting(client) == []
    me(client).user_permissions.add(Permission.objects.get(codename="change_project"))
    assert waiting(client) == [("To mend", ["1 published project without a source"])]
    me(client).user_permissions.add(Permission.objects.get(codename="review_record"))
    assert waiting(client) == [
        ("To review", ["1 project in review, the oldest since today"]),
        ("To mend", ["1 published project without a source"]),
    ]


@pytest.mark.slow
def test_editors_do_not_see_what_reviewers_wait_for(editor, reviewer):
    make_fund("Waiting", publication_status="in_review")
    write(make_fund("Begun", publication_status="draft"), editor.user)
    assert waiting(editor) == [("Yours", ["1 fund in draft that you wrote last"])]
    assert waiting(reviewer) == [("To review", ["1 fund in review, the oldest since today"])]


def test_first_page_is_for_the_staff_only(client):
    client.force_login(User.objects.create_user("visitor"))
    answer = client.get(reverse("admin:index"))
    assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, reverse("admin:login"))


@pytest.mark.parametrize(
    ("values", "do_disagree"),
    [
        (["Thai Aid", "Aid of Thailand"], True),
        (["Thai Aid", "thai aid"], False),
        (["Thai Aid", ""], False),
        (["", ""], False),
        (["Thai Aid"], False),
        (["Thai Aid", "Thai Aid", "TICA"], True),
        (["Thai Aid", "Thai Aid Agency"], True),
    ],
)
def test_two_sources_disagree_when_they_give_different_values(values, do_disagree, curator):
    disagree(make_agency("TICA"), *values, fact="name")
    assert titles(curator, Agency, sources_say="different") == (["TICA"] if do_disagree else [])


@pytest.mark.parametrize(
    ("dates", "do_disagree"),
    [
        (["1998", "1999"], True),
        (["1998", "1998-09"], False),
        (["1998-09-04", "1998"], False),
        (["1998-09", "1998-10"], True),
        (["1998", "1998-09", "1998-10"], True),
    ],
)
def test_less_precise_date_agrees_with_a_more_precise_one(dates, do_disagree, curator):
    disagree(make_forum("FEALAC"), *dates, fact="established")
    assert titles(curator, Forum, sources_say="different") == (["FEALAC"] if do_disagree else [])


def test_sources_of_different_facts_parts_or_records_do_not_disagree(curator):
    forum = make_forum("FEALAC")
    disagree(forum, "1999", fact="established")
    disagree(forum, "Bangkok", fact="secretariat")
    disagree(forum, "Fiji joined in 2019.", "Tonga joined in 2020.", fact="memberships")
    disagree(forum, "It met once.", "It met twice.", fact="further")
    disagree(make_forum("APEC"), "1989", fact="established")
    assert titles(curator, Forum, sources_say="different") == []


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_every_record_can_be_asked_for_disagreement(model, curator):
    disagree(MAKE[model]("In doubt"), "One", "Another")
    MAKE[model]("In order")
    assert [each.split(" (")[0] for each in titles(curator, model, sources_say="different")] == ["In doubt"]


def test_addresses_of_the_queues_can_be_read(curator):
    make_project("Waiting", publication_status="in_review")
    (line,) = lines(curator)
    column = admin.site.get_model_admin(Project).list_display.index("updated") + 1
    assert urlsplit(line.url).path == reverse("admin:cooperation_project_changelist")
    assert dict(parse_qsl(urlsplit(line.url).query)) == {"publication_status__exact": "in_review", "o": str(column)}


def test_work_is_counted_with_one_query_for_each_model(rf, admin_user):
    request = rf.get("/admin/")
    request.user = admin_user
    assert admin_user.has_perm("cooperation.review_record")
    with CaptureQueriesContext(connection) as queries:
        what_waits(request)
    asked = [model for model in MODELS if admin.site.is_registered(model)]
    assert len(queries) == len(asked)


GROUPS = {
    "Records": [
        *("Projects", "Agencies", "Forums", "Funds", "Countries and areas", "Milestones", "Lessons", "Sources"),
    ],
    "Vocabularies": ["Themes", "Sustainable Development Goals", "Instruments"],
    "Desk": ["Former addresses", "Imports", "Pending changes", "Possible duplicates", "Reported mistakes"],
}


@pytest.mark.parametrize(
    ("address", "place"),
    [("/admin/", "content-main"), ("/admin/cooperation/project/", "nav-sidebar")],
    ids=["first page", "sidebar"],
)
def test_lists_stand_in_the_order_of_the_work(curator, address, place):
    tree = html.fromstring(curator.get(address).content.decode())
    tables = tree.xpath(f"//*[@id='{place}']//table[caption]")
    shown = {words(table.find("caption")): [words(each) for each in table.xpath(".//th[a]")] for table in tables}
    assert list(shown.items()) == list(GROUPS.items())


def words(element):
    return " ".join(element.text_content().split())
