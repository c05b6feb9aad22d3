"""What somebody who may not publish changes in a public record: it waits beside the record for somebody else."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from lxml import html

from cooperation.models import Edit, Forum, PendingChange, Project, editing
from tests.admin_form import Form, errors, fill
from tests.admin_records import MAKE_RECORD, add_part, change_url, count_queries
from tests.builders import make_agency, make_country, make_forum, make_project, make_source, make_theme

pytestmark = pytest.mark.django_db


def published(title="Exchange on digital trade", **fields):
    with editing(Edit.Kind.PROGRAM):
        return make_project(title, **fields)


def propose(browser, record, reason="The closing report gives another year.", **entries):
    data = Form(browser.get(change_url(record))).data | entries | {"_reason": reason}
    response = browser.post(change_url(record), data)
    assert response.status_code == 302, errors(response)
    return PendingChange.objects.latest("id")


def page_of(change):
    return reverse("admin:cooperation_pendingchange_change", args=[change.pk])


def accept(browser, change):
    return browser.post(page_of(change), {"_accept": ""})


def give_back(browser, change, answer="Name the page of the report."):
    return browser.post(page_of(change), {"_return": "", "answer": answer})


def words(element):
    return " ".join(element.text_content().split())


def shown(response):
    """`{field: (when it was proposed, now, proposed)}` as the page shows it."""
    rows = html.fromstring(response.content.decode()).xpath("//table[caption='Field by field']/tbody/tr")
    return {words(row[0]): tuple(words(cell) for cell in row[1:]) for row in rows}


def problems(response):
    return [words(each) for each in html.fromstring(response.content.decode()).xpath("//ul[@class='errorlist']/li")]


def public(client, project):
    return [Client().get(f"/projects/{project.slug}{suffix}").content for suffix in ("/", ".json")]


@pytest.mark.slow
def test_change_waits_and_the_public_page_stays(editor, client):
    project = published(end="2019", partners=[("provider", "THA")])
    before = public(client, project)
    change = propose(editor, project, end="2020")
    project.refresh_from_db()
    assert (project.end, project.version) == ("2019", 1)
    assert public(client, project) == before
    assert (change.state, change.by, change.reason) == (
        "waiting",
        editor.user,
        "The closing report gives another year.",
    )
    assert not Edit.objects.filter(kind=Edit.Kind.FORM).exists()


@pytest.mark.slow
def test_accepted_change_is_public_and_is_an_edit_of_its_author(editor, reviewer, client):
    project = published(end="2019")
    before = public(client, project)
    change = propose(editor, project, end="2020")
    assert accept(reviewer, change)["Location"] == change_url(project)
    project.refresh_from_db()
    change.refresh_from_db()
    assert (project.end, project.version) == ("2020", 2)
    edit = Edit.objects.get(kind=Edit.Kind.FORM)
    assert (edit.by, edit.reviewed_by) == (editor.user, reviewer.user)
    assert edit.reason == "The closing report gives another year."
    assert (change.state, change.reviewed_by) == ("accepted", reviewer.user)
    page, data = public(client, project)
    assert (page, data) != tuple(before)
    assert Client().get(f"/projects/{project.slug}.json").json()["end"] == "2020"


@pytest.mark.slow
def test_form_says_before_that_a_change_waits(editor, publisher):
    project = published()
    text = "Everybody can read this record. Your change waits until somebody accepts it."
    page = html.fromstring(editor.get(change_url(project)).content.decode())
    assert text in [words(note) for note in page.xpath("//p[@class='desk-note']")]
    assert page.xpath("//input[@name='_save']/@value") == ["Send for review", "Send for review"]
    page = html.fromstring(publisher.get(change_url(project)).content.decode())
    assert page.xpath("//p[@class='desk-note']") == []
    assert set(page.xpath("//input[@name='_save']/@value")) == {"Save"}


@pytest.mark.slow
def test_publisher_saves_a_public_record_at_once(publisher):
    project = published(end="2019")
    data = Form(publisher.get(change_url(project))).data | {"end": "2020", "_reason": "Closing report."}
    publisher.post(change_url(project), data)
    project.refresh_from_db()
    assert project.end == "2020"
    assert not PendingChange.objects.exists()


@pytest.mark.slow
def test_draft_is_saved_at_once_by_an_editor(editor):
    project = published(publication_status="draft", end="2019")
    data = Form(editor.get(change_url(project))).data | {"end": "2020"}
    editor.post(change_url(project), data)
    project.refresh_from_db()
    assert project.end == "2020"


@pytest.mark.slow
def test_change_is_checked_before_it_waits(editor):
    project = published()
    data = Form(editor.get(change_url(project))).data | {"end": "last year", "_reason": "Closing report."}
    response = editor.post(change_url(project), data)
    assert [name for _place, name, _texts in errors(response)] == ["end"]
    response = editor.post(change_url(project), data | {"end": "2020", "_reason": " "})
    assert [name for _place, name, _texts in errors(response)] == ["__all__"]
    assert not PendingChange.objects.exists()


@pytest.mark.slow
def test_change_without_any_entry_is_not_kept(editor):
    project = published()
    data = Form(editor.get(change_url(project))).data | {"_reason": "Only looking."}
    editor.post(change_url(project), data)
    assert not PendingChange.objects.exists()


@pytest.mark.slow
def test_parts_and_relations_of_a_change_are_saved_when_it_is_accepted(editor, reviewer):
    project = published(themes=["Health"])
    source = make_source()
    partner = {"role": "provider", "country": make_country("THA").pk, "source": source.pk}
    data = fill(Form(editor.get(change_url(project))), "participations", partner)
    data |= {"themes": [make_theme("Digital trade").pk], "_reason": "The memorandum names the partner."}
    assert editor.post(change_url(project), data).status_code == 302
    change = PendingChange.objects.get()
    assert not project.participations.exists()
    rows = shown(reviewer.get(page_of(change)))
    assert rows["Themes"] == ("Health", "Health", "Digital trade")
    assert rows["Partner"] == ("–", "–", f"Provider; Thailand; {source}")
    accept(reviewer, change)
    assert list(project.participations.values_list("role", "country__iso3", "source")) == [
        ("provider", "THA", source.pk)
    ]
    assert [theme.name for theme in project.themes.all()] == ["Digital trade"]


@pytest.mark.slow
def test_reviewer_reads_the_change_field_by_field(editor, reviewer):
    project = published(end="2019")
    change = propose(editor, project, end="2020", summary="It trains officers.")
    response = reviewer.get(page_of(change))
    assert shown(response) == {
        "End": ("2019", "2019", "2020"),
        "Summary": ("–", "–", "It trains officers."),
    }
    project.refresh_from_db()
    assert (project.end, project.version) == ("2019", 1)


@pytest.mark.slow
def test_author_does_not_accept_or_return_the_own_change(editor, reviewer, caplog):
    project = published(end="2019")
    change = propose(reviewer, project, end="2020")
    response = accept(reviewer, change)
    assert response.status_code == 403
    assert "You proposed this change. Somebody else accepts or returns it." in response.content.decode()
    assert give_back(reviewer, change).status_code == 403
    change.refresh_from_db()
    project.refresh_from_db()
    assert (change.state, project.end) == ("waiting", "2019")
    assert "tomas.silva may not accept pending change" in caplog.text
    page = html.fromstring(reviewer.get(page_of(change)).content.decode())
    assert page.xpath("//button[@name='_accept' or @name='_return']") == []


@pytest.mark.slow
def test_one_person_office_accepts_the_own_change(reviewer, settings):
    settings.ONE_PERSON_OFFICE = True
    project = published(end="2019")
    accept(reviewer, propose(reviewer, project, end="2020"))
    project.refresh_from_db()
    assert project.end == "2020"


@pytest.mark.slow
def test_editor_does_not_accept_a_change_by_hand(editor, caplog):
    project = published(end="2019")
    other = Client()
    other.user = User.objects.create_user("lupe.mataele", is_staff=True)
    other.user.groups.add(Group.objects.get(name="Editors"))
    other.force_login(other.user)
    change = propose(editor, project, end="2020")
    response = accept(other, change)
    assert response.status_code == 403
    assert "Your account does not have the right to review changes." in response.content.decode()
    assert other.post(page_of(change), {"_take_back": ""}).status_code == 403
    change.refresh_from_db()
    project.refresh_from_db()
    assert (change.state, project.end) == ("waiting", "2019")
    assert f"lupe.mataele may not accept pending change {change.pk}" in caplog.text


@pytest.mark.slow
def test_returned_change_comes_back_to_its_author_with_the_answer(editor, reviewer):
    project = published(end="2019")
    change = propose(editor, project, end="2020")
    response = give_back(reviewer, change, answer=" \n ")
    assert problems(response) == ["Say why you return it, so that its author knows what to do."]
    give_back(reviewer, change)
    change.refresh_from_db()
    project.refresh_from_db()
    assert (change.state, project.end) == ("returned", "2019")
    page = html.fromstring(editor.get(page_of(change)).content.decode())
    assert words(page.xpath("//dt[.='Answer']/following-sibling::dd[1]")[0]) == "Name the page of the report."
    (again,) = page.xpath("//a[contains(@href, '?pending=')]/@href")
    form = Form(editor.get(again))
    assert form.values["end"] == "2020"
    assert form.values["_reason"] == "The closing report gives another year."
    editor.post(again, form.data | {"_reason": "Closing report, page 7."})
    (change,) = PendingChange.objects.all()
    assert (change.state, change.reason, change.answer) == ("waiting", "Closing report, page 7.", "")
    accept(reviewer, change)
    project.refresh_from_db()
    assert project.end == "2020"


@pytest.mark.slow
def test_opening_a_change_again_writes_nothing(editor, reviewer):
    project = published(end="2019")
    change = propose(editor, project, end="2020")
    response = editor.get(change_url(project), {"pending": change.pk})
    assert response.status_code == 200
    assert response.context["errors"] == []
    project.refresh_from_db()
    change.refresh_from_db()
    assert (project.end, change.state, PendingChange.objects.count()) == ("2019", "waiting", 1)
    for pending in (change.pk, 0, "x", "9" * 30):
        form = Form(reviewer.get(change_url(project), {"pending": pending}))
        assert form.values["end"] == "2019"


@pytest.mark.slow
def test_second_change_of_an_author_takes_the_place_of_the_first(editor, reviewer):
    project = published(end="2019")
    propose(editor, project, end="2020")
    propose(editor, project, reason="Page 7 of the closing report.", start="2018")
    (change,) = PendingChange.objects.all()
    assert shown(reviewer.get(page_of(change))) == {"Start": ("–", "–", "2018")}
    propose(reviewer, project, end="2021")
    assert PendingChange.objects.filter(state="waiting").count() == 2


@pytest.mark.slow
def test_author_takes_a_change_back(editor, reviewer):
    project = published(end="2019")
    change = propose(editor, project, end="2020")
    editor.post(page_of(change), {"_take_back": ""})
    change.refresh_from_db()
    assert change.state == "dropped"
    response = accept(reviewer, change)
    assert response.status_code == 409
    assert problems(response) == ["Nothing was changed: the change does not wait any more (Taken back by its author)."]
    project.refresh_from_db()
    assert project.end == "2019"


@pytest.mark.slow
def test_change_is_accepted_once(editor, reviewer, publisher):
    project = published(end="2019")
    change = propose(editor, project, end="2020")
    accept(reviewer, change)
    assert accept(publisher, change).status_code == 409
    assert give_back(publisher, change).status_code == 409
    change.refresh_from_db()
    assert (change.state, change.reviewed_by) == ("accepted", reviewer.user)
    assert Edit.objects.filter(kind=Edit.Kind.FORM).count() == 1


@pytest.mark.slow
def test_record_that_changed_meanwhile_keeps_what_the_author_left_alone(editor, reviewer, publisher):
    project = published(end="2019", start="2017")
    change = propose(editor, project, end="2020")
    data = Form(publisher.get(change_url(project))).data | {"start": "2018", "_reason": "The agreement says 2018."}
    publisher.post(change_url(project), data)
    rows = shown(reviewer.get(page_of(change)))
    assert rows["End"] == ("2019", "2019", "2020")
    assert (rows["Start"][0], rows["Start"][1][:4], rows["Start"][2]) == (
        "2017",
        "2018",
        "not changed: stays as it is now",
    )
    accept(reviewer, change)
    project.refresh_from_db()
    assert (project.start, project.end) == ("2018", "2020")


@pytest.mark.slow
def test_change_of_what_somebody_else_changed_meanwhile_is_not_accepted(editor, reviewer, publisher):
    project = published(end="2019")
    change = propose(editor, project, end="2020")
    data = Form(publisher.get(change_url(project))).data | {"end": "2021", "_reason": "The agreement says 2021."}
    publisher.post(change_url(project), data)
    response = accept(reviewer, change)
    assert response.status_code == 409
    assert problems(response) == [
        "Somebody has changed the same fields since. Return it, so that its author looks at both."
    ]
    (label, (proposed_on, now, proposed)) = next(iter(shown(response).items()))
    assert (label, proposed_on, now[:4], proposed) == ("End Changed by both", "2019", "2021", "2020")
    project.refresh_from_db()
    change.refresh_from_db()
    assert (project.end, change.state) == ("2021", "waiting")
    give_back(reviewer, change, "The agreement says 2021: which is right?")
    again = editor.get(change_url(project), {"pending": change.pk})
    assert Form(again).values["end"] == "2020"
    assert editor.post(change_url(project), Form(again).data).status_code == 409
    assert editor.post(change_url(project), Form(again).data | {"_read": "2"}).status_code == 302
    change.refresh_from_db()
    accept(reviewer, change)
    project.refresh_from_db()
    assert project.end == "2020"


@pytest.mark.slow
def test_change_that_can_no_longer_be_saved_says_why(editor, reviewer):
    project = published()
    tica = make_agency(acronym="TICA")
    partner = {"role": "provider", "agency": tica.pk}
    data = fill(Form(editor.get(change_url(project))), "participations", partner) | {"_reason": "Memorandum."}
    editor.post(change_url(project), data)
    tica.delete()
    response = accept(reviewer, PendingChange.objects.get())
    assert response.status_code == 409
    assert problems(response) == ["Agency: Select a valid choice. That choice is not one of the available choices."]
    assert not project.participations.exists()


@pytest.mark.slow
def test_change_of_a_record_that_is_gone_can_only_be_put_away(editor, reviewer):
    project = published()
    change = propose(editor, project, end="2020")
    project.delete()
    assert reviewer.get(page_of(change)).status_code == 200
    assert problems(accept(reviewer, change)) == ["The record has been deleted."]
    editor.post(page_of(change), {"_take_back": ""})
    change.refresh_from_db()
    assert change.state == "dropped"


@pytest.mark.slow
def test_form_names_the_changes_that_wait(editor, reviewer, publisher):
    project = published(end="2019")
    first, second = propose(editor, project, end="2020"), propose(reviewer, project, end="2021")
    page = html.fromstring(publisher.get(change_url(project)).content.decode())
    (note,) = page.xpath("//div[@class='desk-note']")
    assert words(note[0]) == "2 changes wait for review:"
    assert note.xpath(".//a/@href") == [page_of(first), page_of(second)]


@pytest.mark.slow
def test_every_public_record_can_be_changed_by_proposal(editor, reviewer):
    for model in (Forum, Project):
        record = MAKE_RECORD[model](0)
        record.save()
        change = propose(editor, record, note="The sources disagree on the year.")
        accept(reviewer, change)
        record.refresh_from_db()
        assert record.note == "The sources disagree on the year."


@pytest.mark.slow
def test_list_of_changes_opens_in_the_same_number_of_queries_with_many(editor, reviewer):
    url = reverse("admin:cooperation_pendingchange_changelist")
    propose(editor, published(), end="2020")
    propose(editor, MAKE_RECORD[Forum](0), note="The sources disagree.")
    few = count_queries(reviewer, url)
    for number in range(1, 10):
        propose(editor, published(f"Exchange of {2000 + number}"), end="2020")
    assert count_queries(reviewer, url) == few
    rows = html.fromstring(reviewer.get(url).content.decode()).xpath("//table[@id='result_list']/tbody/tr")
    assert len(rows) == 11
    assert reviewer.post(url, {"action": "delete_selected", "_selected_action": [1]}).status_code in (200, 302)
    assert PendingChange.objects.count() == 11


@pytest.mark.parametrize("pk", ["0", "999999", "x", "9" * 30])
def test_page_of_no_change_is_not_found(pk, reviewer):
    assert reviewer.get(f"/admin/cooperation/pendingchange/{pk}/change/").status_code == 404


@pytest.mark.slow
def test_button_of_nothing_changes_nothing(editor, reviewer):
    change = propose(editor, published(), end="2020")
    response = reviewer.post(page_of(change), {"state": "accepted"})
    assert response.status_code == 409
    change.refresh_from_db()
    assert change.state == "waiting"


@pytest.mark.slow
def test_row_added_meanwhile_stays_when_a_change_is_accepted(editor, reviewer, publisher):
    with editing(Edit.Kind.PROGRAM):
        forum = make_forum(members=["FJI"])
    change = propose(editor, forum, **{"memberships-0-joined": "1999"})
    with editing(Edit.Kind.FORM, by=publisher.user):
        add_part(forum.memberships.model, forum, 1)
        forum.save()
    accept(reviewer, change)
    assert sorted(forum.memberships.values_list("country__iso3", "joined")) == [("BRB", "1991"), ("FJI", "1999")]
