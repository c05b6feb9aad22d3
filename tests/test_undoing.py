"""What an undone edit puts back, what it leaves alone, and what it refuses."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.history import (
    UndoRefusedError,
    delete_row,
    differences,
    undo,
)
from cooperation.models import (
    Agency,
    Edit,
    FormerSlug,
    Membership,
    Participation,
    Project,
    editing,
)
from tests import builders
from tests.test_history import FORM, IMPORT, everything, rename, said

pytestmark = pytest.mark.django_db


def test_undo_keeps_later_changes_of_other_fields(ana):
    project = builders.make_project("Mango trees")
    edit = rename(project, "Mangoes")
    with editing(FORM):
        project.end = "2020"
        project.save()
    undo(edit, ana, "Wrong title")
    project.refresh_from_db()
    assert (project.title, project.end) == ("Mango trees", "2020")


def test_undo_of_what_was_changed_again_is_refused_with_every_reason(ana):
    project = builders.make_project("Mango trees", partners=[("provider", "THA"), ("provider", "IDN")])
    first, second = project.participations.order_by("pk")
    with editing(FORM) as edit:
        project.title, project.end = "Mangoes", "2019"
        project.save()
        first.start = second.start = "2018"
        first.save()
        second.save()
    with editing(FORM):
        project.title, project.end = "Mangos in Fiji", "2021"
        project.save()
        first.delete()
        second.start = "2017"
        second.save()
    before = everything()
    with pytest.raises(UndoRefusedError) as refused:
        undo(edit, ana, "Wrong")
    assert refused.value.problems == [
        "“Mangoes”: “Title” has been changed again since.",
        "“Mangoes”: “End” has been changed again since.",
        "“Provider; Thailand” has been deleted since.",
        "“Provider; Indonesia”: “From” has been changed again since.",
    ]
    assert everything() == before
    assert not Edit.objects.filter(kind="undo").exists()


def test_undo_of_an_undo_makes_the_change_again(ana):
    project = builders.make_project("Mango trees", partners=[("provider", "THA")])
    part = project.participations.get()
    with editing(FORM) as edit:
        project.title = "Mangoes"
        project.save()
        part.delete()
    undone = undo(edit, ana, "Wrong")
    assert (undone.kind, undone.undoes, undone.by, undone.reason) == ("undo", edit, ana, "Wrong")
    assert [str(each.country) for each in project.participations.all()] == ["Thailand"]
    undo(undone, ana, "It was right after all")
    project.refresh_from_db()
    assert (project.title, project.participations.count()) == ("Mangoes", 0)


def test_undo_twice_is_refused(ana):
    project = builders.make_project("Mango trees")
    edit = rename(project, "Mangoes")
    undo(edit, ana, "Wrong")
    with pytest.raises(UndoRefusedError) as refused:
        undo(edit, ana, "Wrong")
    assert refused.value.problems == ["“Mangoes”: “Title” has been changed again since."]


def test_undo_raises_the_version_of_the_record_whose_part_alone_was_put_back(ana):
    project = builders.make_project(partners=[("provider", "THA")])
    with editing(FORM) as edit:
        project.participations.get().delete()
    undo(edit, ana, "Wrong")
    assert Project.objects.get().version == project.version + 1


def test_record_brought_back_has_its_parts_its_day_of_entry_and_a_new_version(ana):
    project = builders.make_project(partners=[("provider", "THA")], themes=["Fisheries"])
    created, version = project.created, project.version
    with editing(FORM) as edit:
        project.delete()
    undo(edit, ana, "Deleted by mistake")
    project = Project.objects.get()
    assert (project.created, project.version) == (created, version + 1)
    assert [str(each.country) for each in project.participations.all()] == ["Thailand"]
    assert [str(each) for each in project.themes.all()] == ["Fisheries"]


def test_record_to_which_others_refer_is_not_taken_away(ana):
    with editing(FORM) as edit:
        agency = builders.make_agency(publication_status="draft")
    Participation.objects.create(project=builders.make_project(), role="provider", agency=agency)
    with pytest.raises(UndoRefusedError) as refused:
        undo(edit, ana, "Entered twice")
    (problem,) = refused.value.problems
    assert problem.startswith("Other records refer to what would be deleted: Partner “")


def test_record_that_has_got_parts_since_is_not_taken_away(ana):
    with editing(FORM) as edit:
        project = builders.make_project("Mango trees", publication_status="draft")
    part = Participation.objects.create(project=project, role="provider", country=builders.make_country("THA"))
    with pytest.raises(UndoRefusedError) as refused:
        undo(edit, ana, "Entered twice")
    assert refused.value.problems == [f"“Mango trees” has got “{part}” since."]


def test_record_that_the_public_has_seen_is_not_taken_away_although_it_is_a_draft_again(ana):
    with editing(FORM) as edit:
        project = builders.make_project("Mango trees", publication_status="draft")
    for status in ("published", "withdrawn", "draft"):
        with editing(Edit.Kind.STEP):
            project.publication_status = status
            project.save()
    with pytest.raises(UndoRefusedError) as refused:
        undo(edit, ana, "Entered twice")
    assert refused.value.problems == ["“Mango trees” has been published: withdraw it instead."]


def test_undo_does_not_link_to_what_is_gone(ana):
    forum = builders.make_forum("Summit of 1990")
    project = builders.make_project(forum=forum)
    with editing(FORM) as edit:
        project.forum = None
        project.save()
    forum.delete()
    with pytest.raises(UndoRefusedError) as refused:
        undo(edit, ana, "It was of the forum")
    (problem,) = refused.value.problems
    assert problem.startswith("Project, forum: ")
    assert Project.objects.get().forum_id is None


def test_undo_of_a_replaced_row_finds_its_place_free(ana):
    forum = builders.make_forum(members=["THA"])
    with editing(FORM) as edit:
        forum.memberships.get().delete()
        Membership.objects.create(forum=forum, country=builders.make_country("THA"), kind="associate")
    undo(edit, ana, "It is a full member")
    assert [each.kind for each in forum.memberships.all()] == ["member"]


def test_undo_of_an_import_for_one_record_leaves_the_others(ana):
    mango, rice = builders.make_project("Mango trees"), builders.make_project("Rice seeds")
    with editing(IMPORT, by=ana, what="projects.csv") as edit:
        for project in (mango, rice):
            project.end = "2020"
            project.save()
    undo(edit, ana, "Another project", mango)
    assert dict(Project.objects.values_list("title", "end")) == {"Mango trees": "", "Rice seeds": "2020"}


def import_of(number, ana):
    themes = [builders.make_theme("Fisheries"), builders.make_theme("Water")]
    with editing(IMPORT, by=ana, what="projects.csv") as edit:
        for each in range(number):
            title = f"Rice seeds, phase {Edit.objects.count()}.{each}"
            partners = [("provider", "THA"), ("beneficiary", "COL")]
            project = builders.make_project(title, partners=partners, publication_status="draft")
            project.themes.set(themes)
            project.save()
    return edit


@pytest.mark.slow
def test_undo_of_a_large_import_asks_as_seldom_as_of_a_small_one_and_can_be_undone_in_turn(ana):
    asked = []
    for number in (2, 20):
        edit = import_of(number, ana)
        with CaptureQueriesContext(connection) as queries:
            undoing = undo(edit, ana, "An old file")
        asked.append(len(queries))
        assert not Project.objects.exists()
    assert asked[0] == asked[1]

    undo(undoing, ana, "It was the right one")
    assert Project.objects.count() == 20
    assert (
        {each.themes.count() for each in Project.objects.all()}
        == {each.participations.count() for each in Project.objects.all()}
        == {2}
    )


def test_undo_of_an_import_is_refused_while_others_refer_to_what_it_made(ana):
    with editing(IMPORT, by=ana, what="agencies.csv") as edit:
        names = ("Mekong Institute", "Asian Disaster Preparedness Center")
        mekong, _other = [builders.make_agency(name, publication_status="draft") for name in names]
    Participation.objects.create(project=builders.make_project(), role="funding", agency=mekong)
    with pytest.raises(UndoRefusedError, match="Other records refer to what would be deleted: Partner"):
        undo(edit, ana, "An old file")
    assert Agency.objects.count() == 2


@pytest.mark.parametrize("kind", [Edit.Kind.STEP, Edit.Kind.LOADED])
def test_steps_and_the_beginning_are_not_undone(ana, kind):
    with editing(kind) as edit:
        builders.make_project("Mango trees")
    with pytest.raises(UndoRefusedError) as refused:
        undo(edit, ana, "Wrong")
    assert refused.value.problems == ["This kind of change is not undone: change the publication status instead."]


def test_what_was_before_the_first_copy_is_not_made_up(ana):
    project = builders.make_project("Mango trees")
    Project.history.all().delete()
    edit = rename(project, "Mangoes")
    assert differences([edit], project) == []
    with pytest.raises(UndoRefusedError) as refused:
        undo(edit, ana, "Wrong")
    assert refused.value.problems == ["“Mangoes”: what was there before is not on record."]


def test_undo_of_another_public_id_keeps_every_address_leading_there(client, ana):
    project = builders.make_project("Mango trees")
    with editing(FORM) as edit:
        project.slug = "mangos"
        project.save()
    undo(edit, ana, "The first was better")
    assert client.get("/projects/mango-trees/").status_code == 200
    answer = client.get("/projects/mangos/")
    assert (answer.status_code, answer["Location"]) == (301, "/projects/mango-trees/")


def test_undo_of_a_public_id_that_came_back(client, ana):
    project = builders.make_project("Mango trees")
    for slug in ("mangos", "mango-trees"):
        with editing(FORM) as edit:
            project.slug = slug
            project.save()
    undo(edit, ana, "The second was better")
    assert client.get("/projects/mangos/").status_code == 200
    assert list(FormerSlug.objects.values_list("slug", "current")) == [("mango-trees", "mangos")]


def test_row_that_came_and_went_in_one_edit_leaves_nothing_to_tell_or_undo(ana):
    project, thailand = builders.make_project("Mango trees"), builders.make_country("THA")
    with editing(FORM) as edit:
        Participation.objects.create(project=project, role="provider", country=thailand).delete()
    assert differences([edit], project) == []
    with pytest.raises(UndoRefusedError) as refused:
        undo(edit, ana, "Wrong")
    assert refused.value.problems == ["This change left nothing that could be put back."]


def test_deleted_theme_comes_back_with_its_links(ana):
    theme = builders.make_theme("Fisheries")
    project = builders.make_project(themes=["Fisheries"])
    with editing(FORM, by=ana) as edit:
        delete_row(theme)
    assert said(differences([edit], project)) == [("Themes", "Fisheries", "")]
    undo(edit, ana, "Still used")
    assert [str(each) for each in project.themes.all()] == ["Fisheries"]


def test_deleted_parent_comes_back_with_its_children(ana):
    parent = builders.make_agency("Ministry of Foreign Affairs")
    child = builders.make_agency("Cooperation agency", parent=parent)
    with editing(FORM, by=ana) as edit:
        delete_row(parent)
    assert Agency.objects.get().parent_id is None
    undo(edit, ana, "Still there")
    assert Agency.objects.get(pk=child.pk).parent.name == "Ministry of Foreign Affairs"


def test_draft_that_waited_for_its_modality_comes_back_as_it_was():
    draft = builders.make_project("Fondo Chile", publication_status="draft", modality="")
    with editing(Edit.Kind.FORM) as deletion:
        draft.delete()
    undo(deletion, None, "It was no duplicate.")
    assert list(Project.objects.values_list("title", "modality")) == [("Fondo Chile", "")]
