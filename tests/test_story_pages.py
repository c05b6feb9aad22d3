"""The story of a record in the admin, and the page on which an edit is undone."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from cooperation.history import begin_history
from cooperation.models import Agency, Edit, FormerSlug, Participation, Project, Theme, editing
from tests import builders
from tests.admin_form import Form
from tests.admin_records import ADMINS, MAKE_RECORD, count_queries
from tests.crawl import Page

pytestmark = pytest.mark.django_db

FORM = Edit.Kind.FORM
every_type = pytest.mark.parametrize(
    "model", [model for model in ADMINS if model is not FormerSlug], ids=lambda model: model._meta.model_name
)


def story_url(record):
    return reverse(f"admin:cooperation_{record._meta.model_name}_story", args=[record.pk])


def undo_url(record, edit):
    return reverse(f"admin:cooperation_{record._meta.model_name}_undo", args=[record.pk, edit.pk])


def page_of(response):
    return Page(response.content.decode())


def change(record, by=None, kind=FORM, reason="", what="", **fields):
    with editing(kind, by=by, reason=reason, what=what) as edit:
        for name, value in fields.items():
            setattr(record, name, value)
        record.save()
    return edit


def make_draft(title="Mango trees"):
    return builders.make_project(title, publication_status="draft")


def titles_of(queryset):
    return sorted(queryset.values_list("title", flat=True))


@every_type
def test_every_type_has_a_story_with_one_heading_that_its_form_leads_to(curator, model):
    record = MAKE_RECORD[model](0)
    form = curator.get(reverse(f"admin:cooperation_{model._meta.model_name}_change", args=[record.pk]))
    assert story_url(record) in page_of(form).links
    page = page_of(curator.get(story_url(record)))
    assert [tag for tag, _attributes in page.elements].count("h1") == 1
    assert f"Story of “{record}”" in page.text


def test_story_shows_when_who_accepted_why_by_what_and_the_differences(curator):
    project = make_draft()
    ana, tomas = (User.objects.create_user(name) for name in ("mere.tuilagi", "tomas.silva"))
    edit = change(project, by=ana, reason="As in the report", what="projects.csv", end="2020")
    Edit.objects.filter(pk=edit.pk).update(reviewed_by=tomas, made="2026-11-02T08:30Z")
    text = page_of(curator.get(story_url(project))).text
    assert (
        "2 November 2026, 08:30: Edited By mere.tuilagi Accepted by tomas.silva Reason As in the report "
        "Program or file projects.csv What changed Field Before After End – 2020 Undo this change"
    ) in text


def test_stock_address_of_the_history_shows_the_story(curator):
    project = make_draft()
    change(project, end="2020")
    answer = curator.get(reverse("admin:cooperation_project_history", args=[project.pk]))
    assert "Story of “Mango trees”" in page_of(answer).text


def test_first_data_and_steps_are_not_offered_to_be_undone(curator):
    project = make_draft()
    Project.history.all().delete()
    begin_history("setup")
    step = change(project, kind=Edit.Kind.STEP, publication_status="in_review")
    edit = change(project, end="2020")
    page = page_of(curator.get(story_url(project)))
    assert [link for link in page.links if "/undo/" in link] == [undo_url(project, edit)]
    assert "The first state that is on record. What changed is told from here on." in page.text
    answer = curator.get(undo_url(project, step))
    assert "This kind of change is not undone: change the publication status instead." in page_of(answer).text


@pytest.mark.slow
def test_undone_change_says_so_and_is_not_offered_again_until_that_is_undone(curator):
    project = make_draft()
    edit = change(project, end="2020")

    def links():
        return [link for link in page_of(curator.get(story_url(project))).links if "/undo/" in link][:2]

    curator.post(undo_url(project, edit), {"reason": "Wrong"})
    undone = Edit.objects.get(kind="undo")
    assert undo_url(project, edit) not in links()
    assert "Undone on" in page_of(curator.get(story_url(project))).text
    curator.post(undo_url(project, undone), {"reason": "It was right"})
    again = Edit.objects.filter(kind="undo").first()
    assert links() == [undo_url(project, again), undo_url(project, edit)]


@pytest.mark.slow
def test_undo_shows_first_what_it_puts_back_and_then_does_it(curator):
    project = make_draft()
    edit = change(project, title="Mangoes")
    answer = curator.get(undo_url(project, edit))
    assert "Field Before After Title Mangoes Mango trees" in page_of(answer).text
    assert titles_of(Project.objects) == ["Mangoes"]
    sent = Form(answer).data
    answer = curator.post(undo_url(project, edit), {**sent, "reason": "Wrong title"}, follow=True)
    assert answer.redirect_chain == [(story_url(project), 302)]
    assert "The change was undone. What it had replaced is there again." in page_of(answer).text
    assert titles_of(Project.objects) == ["Mango trees"]
    made = Edit.objects.get(kind="undo")
    assert (made.by.username, made.reason, made.undoes) == ("ana.ruiz", "Wrong title", edit)


def test_undo_without_a_reason_changes_nothing(curator):
    project = make_draft()
    edit = change(project, title="Mangoes")
    answer = curator.post(undo_url(project, edit), {"reason": " "})
    assert answer.context["form"].errors == {"reason": ["This field is required."]}
    assert titles_of(Project.objects) == ["Mangoes"]


@pytest.mark.slow
def test_undo_of_what_was_changed_again_says_every_reason_and_changes_nothing(curator):
    project = make_draft()
    edit = change(project, title="Mangoes", end="2020")
    change(project, title="Mangos in Fiji", end="2021")
    reasons = "“Mangoes”: “Title” has been changed again since. “Mangoes”: “End” has been changed again since."
    shown = curator.get(undo_url(project, edit))
    assert (shown.status_code, reasons in page_of(shown).text) == (200, True)
    refused = curator.post(undo_url(project, edit), {"reason": "Wrong"})
    assert (refused.status_code, reasons in page_of(refused).text) == (409, True)
    assert titles_of(Project.objects) == ["Mangos in Fiji"]


def test_undo_by_get_changes_nothing(curator):
    project = make_draft()
    edit = change(project, title="Mangoes")
    curator.get(undo_url(project, edit), {"reason": "Wrong"})
    assert titles_of(Project.objects) == ["Mangoes"]


# Who may


def test_editor_undoes_a_change_of_a_draft(editor):
    project = make_draft()
    edit = change(project, title="Mangoes")
    editor.post(undo_url(project, edit), {"reason": "Wrong"})
    assert titles_of(Project.objects) == ["Mango trees"]


def test_editor_cannot_undo_a_change_of_what_is_public_and_the_attempt_is_logged(editor, caplog):
    project = builders.make_project("Mango trees")
    edit = change(project, title="Mangoes")
    assert [link for link in page_of(editor.get(story_url(project))).links if "/undo/" in link] == []
    assert editor.get(undo_url(project, edit)).status_code == 403
    assert caplog.messages == [f"Forbidden (Permission denied): {undo_url(project, edit)}"]
    caplog.clear()
    assert editor.post(undo_url(project, edit), {"reason": "Wrong"}).status_code == 403
    assert caplog.messages[0] == f"mere.tuilagi may not undo edit {edit.pk}: cooperation.publish_record missing"
    assert titles_of(Project.objects) == ["Mangoes"]


def test_publisher_undoes_a_change_of_what_is_public(publisher):
    project = builders.make_project("Mango trees")
    edit = change(project, title="Mangoes")
    publisher.post(undo_url(project, edit), {"reason": "Wrong"})
    assert titles_of(Project.objects) == ["Mango trees"]


def test_editor_cannot_publish_by_undoing_the_deletion_of_what_was_public(editor):
    project = builders.make_project("Mango trees")
    with editing(FORM) as edit:
        project_pk = project.pk
        project.delete()
    project.pk = project_pk
    assert editor.post(undo_url(project, edit), {"reason": "Wrong"}).status_code == 403
    assert titles_of(Project.objects) == []


def test_undoing_an_addition_takes_the_right_to_delete(editor, publisher):
    with editing(FORM) as edit:
        project = make_draft()
    assert editor.post(undo_url(project, edit), {"reason": "Entered twice"}).status_code == 403
    publisher.post(undo_url(project, edit), {"reason": "Entered twice"})
    assert titles_of(Project.objects) == []


def test_undoing_a_merge_takes_the_right_to_review(editor, reviewer):
    project, other = make_draft(), make_draft("Rice seeds")
    with editing(Edit.Kind.MERGE) as edit:
        for each in (project, other):
            each.end = "2020"
            each.save()
    assert editor.post(undo_url(project, edit), {"reason": "They are two"}).status_code == 403
    reviewer.post(undo_url(project, edit), {"reason": "They are two"})
    assert list(Project.objects.values_list("end", flat=True)) == ["", ""]


@pytest.mark.parametrize("page", [story_url, lambda record: undo_url(record, Edit.objects.latest("pk"))])
def test_who_is_not_signed_in_sees_no_story(client, page):
    project = make_draft()
    answer = client.get(page(project))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/admin/login/")


def test_who_may_not_view_records_sees_no_story(client):
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    assert client.get(story_url(make_draft())).status_code == 403


# What an undo takes along


def test_undo_of_an_import_from_a_record_leaves_the_other_records(curator):
    mango, rice = make_draft(), make_draft("Rice seeds")
    with editing(Edit.Kind.IMPORT, what="projects.csv") as edit:
        for project in (mango, rice):
            project.end = "2020"
            project.save()
    curator.post(undo_url(mango, edit), {"reason": "Another project"})
    assert dict(Project.objects.values_list("title", "end")) == {"Mango trees": "", "Rice seeds": "2020"}


def test_undo_from_the_story_of_the_kept_record_brings_back_the_merged_one(curator):
    keep, drop = builders.make_agency("Cooperation agency"), builders.make_agency("Ministry")
    part = Participation.objects.create(project=builders.make_project(), role="provider", agency=drop)
    with editing(Edit.Kind.MERGE) as edit:
        part.agency = keep
        part.save()
        keep.summary = "It cooperates."
        keep.save()
        drop.delete()
    curator.post(undo_url(keep, edit), {"reason": "They are two"})
    part.refresh_from_db()
    assert (part.agency.name, Agency.objects.count()) == ("Ministry", 2)


# Records that are gone


@pytest.mark.slow
def test_deleted_record_is_listed_has_a_story_and_is_brought_back(curator):
    project = make_draft()
    with editing(FORM, by=User.objects.create_user("mere.tuilagi")) as edit:
        pk = project.pk
        project.delete()
    project.pk = pk
    listed = page_of(curator.get(reverse("admin:cooperation_project_changelist")))
    assert reverse("admin:cooperation_project_deleted") in listed.links
    deleted = page_of(curator.get(reverse("admin:cooperation_project_deleted")))
    assert story_url(project) in deleted.links
    assert "Mango trees" in deleted.text
    page = page_of(curator.get(story_url(project)))
    assert "This record is gone: it was deleted or merged into another." in page.text
    assert undo_url(project, edit) in page.links
    curator.post(undo_url(project, edit), {"reason": "Deleted by mistake"})
    assert titles_of(Project.objects) == ["Mango trees"]
    assert "None has been deleted." in page_of(curator.get(reverse("admin:cooperation_project_deleted"))).text


def test_theme_deleted_in_the_admin_comes_back_with_its_links(curator):
    project, theme = make_draft(), builders.make_theme("Fisheries")
    project.themes.add(theme)
    curator.post(reverse("admin:cooperation_theme_delete", args=[theme.pk]), {"post": "yes"})
    assert (Theme.objects.count(), project.themes.count()) == (0, 0)
    curator.post(undo_url(theme, Edit.objects.filter(kind=FORM).latest("pk")), {"reason": "Still used"})
    assert [str(each) for each in project.themes.all()] == ["Fisheries"]


# Hostile and large


@pytest.mark.parametrize("number", ["0", "999999", "abc", "9" * 40, "-1", "1.5", "%00", "_2F"])
@pytest.mark.parametrize("end", ["story/", "undo/1/"])
def test_number_of_no_record_is_not_found(curator, number, end):
    assert curator.get(f"/admin/cooperation/project/{number}/{end}").status_code == 404


def test_edit_of_another_record_is_not_found(curator):
    mango, rice = make_draft(), make_draft("Rice seeds")
    edit = change(rice, title="Rice")
    assert curator.post(undo_url(mango, edit), {"reason": "Wrong"}).status_code == 404
    assert curator.get(f"{story_url(mango)[: -len('story/')]}undo/{'9' * 40}/").status_code == 404
    assert titles_of(Project.objects) == ["Mango trees", "Rice"]


@pytest.mark.parametrize("number", ["0", "-1", "abc", "9" * 40])
def test_page_that_is_not_there_is_the_nearest(curator, number):
    assert "Story of “Mango trees”" in page_of(curator.get(story_url(make_draft()), {"p": number})).text


def test_words_in_a_story_cannot_bring_markup_into_the_page(curator):
    project = make_draft()
    change(project, reason="<script>alert(1)</script>", title="<script>alert(2)</script>")
    assert "<script>alert" not in curator.get(story_url(project)).content.decode()


@pytest.mark.slow
def test_story_of_120_edits_is_paged_and_asks_the_database_as_often_as_one_of_60(curator):
    few, many = make_draft(), make_draft("Rice seeds")
    for project, number in ((few, 60), (many, 120)):
        for year in range(number):
            change(project, end=str(1900 + year))
    assert count_queries(curator, story_url(many)) == count_queries(curator, story_url(few))
    page = curator.get(story_url(many), {"p": "2"})
    assert "Page 2 of 3" in page_of(page).text
    shown = [chapter["differences"][0].new for chapter in page.context["chapters"]]
    assert shown == [str(year) for year in range(1969, 1919, -1)]
