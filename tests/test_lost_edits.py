"""No edit is lost: a form that rests on an outdated state of a record is held against what stands now."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from lxml import html

from cooperation.history import begin_history
from cooperation.models import Edit, Forum, Fund, Meeting, Membership, Project, Source, Theme, editing
from tests.admin_form import Form, errors, fill
from tests.admin_records import ADMINS, MAKE_RECORD, add_url, change_url
from tests.builders import make_agency, make_country, make_forum, make_project, make_source, make_theme

pytestmark = pytest.mark.django_db

OUTDATED = "Nothing was saved: somebody else has saved this record since you opened the form."
UNREAD = "Nothing was saved: tick that you have read what changed, then save again."
WITH_FORM = [model for model in ADMINS if model._meta.model_name != "formerslug"]


@pytest.fixture
def colleague(curator):
    """A second browser, in which another curator with the same rights is signed in."""
    user = User.objects.create_user("luis.vega", is_staff=True)
    user.user_permissions.set(User.objects.get(username="ana.ruiz").user_permissions.all())
    browser = Client()
    browser.force_login(user)
    return browser


def open_form(browser, record):
    return Form(browser.get(change_url(record))).data


def save(browser, record, **changes):
    """Open the form of a record, change something and save."""
    response = browser.post(change_url(record), open_form(browser, record) | changes)
    assert response.status_code == 302, errors(response)
    return response


def words(element):
    return " ".join(element.text_content().split())


def compared(response):
    """`{field: (when the form was opened, now, yours)}` as the page shows it."""
    rows = html.fromstring(response.content.decode()).xpath("//section[h2[@id='outdated']]//tbody/tr")
    return {words(row[0]): tuple(words(cell) for cell in row[1:]) for row in rows}


def said(response):
    return [message.message for message in response.wsgi_request._messages]


def draft_forum(*members):
    with editing(Edit.Kind.PROGRAM):
        return make_forum(publication_status="draft", members=members)


def draft(title="Exchange on digital trade", **fields):
    return make_project(title, publication_status="draft", **fields)


@pytest.mark.slow
def test_outdated_form_writes_nothing_and_shows_theirs_and_yours(curator, colleague):
    project = draft(end="2019")
    mine = open_form(curator, project)
    save(colleague, project, end="2020", _reason="The closing report gives another year.")
    response = curator.post(change_url(project), mine | {"title": "Thai exchange on digital trade"})
    project.refresh_from_db()
    assert response.status_code == 409
    assert errors(response) == [("", "__all__", [OUTDATED])]
    notes = html.fromstring(response.content.decode()).xpath("//p[@class='errornote']")
    assert [words(note) for note in notes] == [OUTDATED]
    assert (project.title, project.end, project.version) == ("Exchange on digital trade", "2020", 2)
    rows = compared(response)
    opened, now, yours = rows["End"]
    assert (opened, now[:4], yours) == ("2019", "2020", "not changed: stays as it is now")
    assert "luis.vega" in now
    assert "The closing report gives another year." in now
    assert rows["Title"] == (
        "Exchange on digital trade",
        "Exchange on digital trade",
        "Thai exchange on digital trade",
    )
    assert len(rows) == 2


@pytest.mark.slow
def test_form_that_comes_back_has_your_entries_and_what_stands_now(curator, colleague):
    project = draft(end="2019", themes=["Digital trade"])
    mine = open_form(curator, project)
    save(colleague, project, end="2020", themes=[make_theme("Health").pk], status="completed")
    form = Form(curator.post(change_url(project), mine | {"title": "Thai exchange", "start": "2018"}))
    assert (form.values["title"], form.values["start"], form.values["end"]) == ("Thai exchange", "2018", "2020")
    assert form.selected("themes") == ["Health"]
    assert form.values["status"] == ["completed"]
    response = curator.post(change_url(project), form.data | {"_read": "2"})
    assert response.status_code == 302
    project.refresh_from_db()
    assert (project.title, project.start, project.end) == ("Thai exchange", "2018", "2020")
    assert [theme.name for theme in project.themes.all()] == ["Health"]


@pytest.mark.slow
def test_field_that_both_changed_is_marked_and_keeps_your_entry(curator, colleague):
    project = draft(end="2019")
    mine = open_form(curator, project)
    save(colleague, project, end="2020")
    response = curator.post(change_url(project), mine | {"end": "2021"})
    (row,) = compared(response).items()
    assert row[0] == "End Changed by both"
    assert (row[1][0], row[1][1][:4], row[1][2]) == ("2019", "2020", "2021")
    assert Form(response).values["end"] == "2021"


@pytest.mark.slow
def test_form_that_came_back_is_not_saved_before_its_author_has_read(curator, colleague):
    project = draft(end="2019")
    mine = open_form(curator, project)
    save(colleague, project, end="2020")
    form = Form(curator.post(change_url(project), mine | {"title": "Thai exchange"}))
    response = curator.post(change_url(project), form.data)
    assert response.status_code == 409
    assert errors(response) == [("", "__all__", [UNREAD])]
    assert compared(response)["End"][0] == "2019"
    assert Form(response).values["title"] == "Thai exchange"
    project.refresh_from_db()
    assert project.title == "Exchange on digital trade"


@pytest.mark.slow
def test_third_edit_meanwhile_is_to_be_read_as_well(curator, colleague):
    project = draft(end="2019")
    mine = open_form(curator, project)
    save(colleague, project, end="2020")
    form = Form(curator.post(change_url(project), mine | {"title": "Thai exchange"}))
    save(colleague, project, start="2017")
    response = curator.post(change_url(project), form.data | {"_read": "2"})
    assert response.status_code == 409
    assert sorted(compared(response)) == ["Start", "Title"]
    response = curator.post(change_url(project), Form(response).data | {"_read": "3"})
    assert response.status_code == 302
    project.refresh_from_db()
    assert (project.title, project.start, project.end) == ("Thai exchange", "2017", "2020")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "opened"),
    [(None, None), ("", "1"), ("0", None), ("2", "1"), ("9" * 20, "?"), ("-1", ""), ("one", "1"), ("１", None)],
)
def test_form_without_the_version_of_the_record_writes_nothing(version, opened, curator):
    project = draft()
    data = open_form(curator, project) | {"title": "Thai exchange", "_read": "7"}
    del data["_version"]
    for name, text in (("_version", version), ("_opened", opened)):
        if text is not None:
            data[name] = text
    response = curator.post(change_url(project), data)
    assert response.status_code == 409
    assert compared(response)["Title"][2] == "Thai exchange"
    project.refresh_from_db()
    assert (project.title, project.version) == ("Exchange on digital trade", 1)


@pytest.mark.slow
@pytest.mark.parametrize("model", WITH_FORM, ids=lambda model: model.__name__)
def test_every_form_refuses_an_outdated_version(model, curator):
    record = MAKE_RECORD[model](0)
    data = open_form(curator, record) | {"_reason": "Held against the source."}
    record.save()
    before = model.objects.filter(pk=record.pk).values().get()
    response = curator.post(change_url(record), data)
    assert response.status_code == 409
    assert errors(response) == [("", "__all__", [OUTDATED])]
    assert model.objects.filter(pk=record.pk).values().get() == before


@pytest.mark.slow
@pytest.mark.parametrize("model", WITH_FORM, ids=lambda model: model.__name__)
def test_save_that_changes_nothing_writes_nothing_and_says_so(model, curator):
    record = MAKE_RECORD[model](0)
    response = curator.post(change_url(record), open_form(curator, record))
    assert response.status_code == 302
    assert said(response) == ["You changed nothing, so nothing was saved."]
    record.refresh_from_db()
    assert record.version == 1
    assert not Edit.objects.filter(kind=Edit.Kind.FORM).exists()


@pytest.mark.slow
def test_text_of_several_lines_counts_as_unchanged_as_a_browser_sends_it(curator):
    project = draft(summary="It trains officers.\n\nIt sends experts.")
    data = {
        name: value.replace("\n", "\r\n") if isinstance(value, str) else value
        for name, value in open_form(curator, project).items()
    }
    assert "\r\n" in data["summary"]
    curator.post(change_url(project), data)
    project.refresh_from_db()
    assert project.version == 1
    curator.post(change_url(project), data | {"summary": "It trains officers.\r\nIt sends experts."})
    project.refresh_from_db()
    assert project.summary == "It trains officers.\nIt sends experts."


@pytest.mark.slow
def test_save_is_one_edit_with_its_reason_and_raises_the_version_by_one(curator):
    project = make_project(end="2019", partners=[("provider", "THA")])
    save(
        curator,
        project,
        **{"end": "2020", "participations-0-start": "2018", "_reason": "  The closing report\n gives 2020. "},
    )
    (edit,) = Edit.objects.filter(kind=Edit.Kind.FORM)
    assert (edit.by.username, edit.reason) == ("ana.ruiz", "The closing report gives 2020.")
    assert set(Project.history.filter(edit=edit).values_list("end", "version")) == {("2020", 2)}
    assert list(project.participations.model.history.filter(edit=edit).values_list("start", flat=True)) == ["2018"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "change", [{"meetings-0-city": "Lima"}, {"meetings-0-hosts": []}, {"meetings-0-DELETE": "on"}], ids=str
)
def test_save_of_a_part_alone_raises_the_version_of_the_record(change, curator):
    forum = make_forum(publication_status="draft")
    meeting = Meeting.objects.create(forum=forum, date="2019", city="Santiago")
    meeting.hosts.set([make_country("CHL")])
    save(curator, forum, **change)
    forum.refresh_from_db()
    assert forum.version == 2
    assert Edit.objects.filter(kind=Edit.Kind.FORM).count() == 1


@pytest.mark.slow
def test_new_record_is_one_edit_too(curator):
    data = fill(Form(curator.get(add_url(Forum))), "memberships", {"kind": "member", "country": make_country("FJI").pk})
    data |= {"name": "Pacific Islands Forum", "slug": "pif", "kind": "network"}
    assert curator.post(add_url(Forum), data).status_code == 302
    (edit,) = Edit.objects.filter(kind=Edit.Kind.FORM)
    assert (edit.by.username, Forum.history.get().edit, Membership.history.get().edit) == ("ana.ruiz", edit, edit)
    assert Forum.objects.get().publication_status == "draft"


@pytest.mark.slow
def test_first_copies_of_what_was_loaded_are_no_change(curator, colleague):
    forum = make_forum(publication_status="draft")
    Membership.objects.bulk_create([Membership(forum=forum, country=make_country("FJI"))])
    begin_history("setup")
    mine = open_form(curator, forum)
    save(colleague, forum, established="1999")
    assert list(compared(curator.post(change_url(forum), mine | {"name": "FEALAC"}))) == ["Established", "Name"]


@pytest.mark.slow
def test_row_that_somebody_added_meanwhile_stays(curator, colleague):
    forum = draft_forum("FJI")
    mine = open_form(curator, forum)
    form = Form(colleague.get(change_url(forum)))
    new = {"memberships-1-kind": "observer", "memberships-1-country": make_country("PER").pk}
    colleague.post(change_url(forum), form.data | {"memberships-TOTAL_FORMS": 2} | new)
    response = curator.post(change_url(forum), mine | {"memberships-0-joined": "1999"})
    assert response.status_code == 409
    rows = compared(response)
    assert rows["Member (Fiji; Member): joined"][2] == "1999"
    assert [cells[1].startswith("Peru") for label, cells in rows.items() if label == "Member"] == [True]
    assert curator.post(change_url(forum), Form(response).data | {"_read": "2"}).status_code == 302
    members = list(forum.memberships.order_by("id").values_list("country__iso3", "kind", "joined"))
    assert members == [("FJI", "member", "1999"), ("PER", "observer", "")]


@pytest.mark.slow
def test_row_that_somebody_deleted_meanwhile_goes_from_a_form_that_left_it_alone(curator, colleague):
    forum = draft_forum("FJI", "PER", "THA")
    mine = open_form(curator, forum)
    save(colleague, forum, **{"memberships-1-DELETE": "on"})
    response = curator.post(change_url(forum), mine | {"memberships-2-joined": "1999"})
    assert response.status_code == 409
    assert "Changed by both" not in "".join(compared(response))
    assert curator.post(change_url(forum), Form(response).data | {"_read": "2"}).status_code == 302
    members = list(forum.memberships.order_by("id").values_list("country__iso3", "joined"))
    assert members == [("FJI", ""), ("THA", "1999")]


@pytest.mark.slow
def test_row_that_somebody_deleted_and_you_changed_comes_back_as_a_new_one(curator, colleague):
    forum = draft_forum("FJI", "PER")
    mine = open_form(curator, forum)
    save(colleague, forum, **{"memberships-0-DELETE": "on"})
    response = curator.post(change_url(forum), mine | {"memberships-0-joined": "1999"})
    assert response.status_code == 409
    assert "Member Changed by both" in compared(response)
    assert curator.post(change_url(forum), Form(response).data | {"_read": "2"}).status_code == 302
    members = list(forum.memberships.order_by("id").values_list("country__iso3", "joined"))
    assert members == [("PER", ""), ("FJI", "1999")]


@pytest.mark.slow
def test_row_that_both_deleted_is_gone(curator, colleague):
    forum = draft_forum("FJI", "PER")
    mine = open_form(curator, forum)
    save(colleague, forum, **{"memberships-0-DELETE": "on"})
    response = curator.post(change_url(forum), mine | {"memberships-0-DELETE": "on", "name": "FEALAC"})
    assert curator.post(change_url(forum), Form(response).data | {"_read": "2"}).status_code == 302
    assert list(forum.memberships.values_list("country__iso3", flat=True)) == ["PER"]


@pytest.mark.slow
def test_row_that_somebody_changed_and_you_delete_is_shown_before_it_goes(curator, colleague):
    forum = draft_forum("FJI")
    mine = open_form(curator, forum)
    save(colleague, forum, **{"memberships-0-joined": "1999"})
    response = curator.post(change_url(forum), mine | {"memberships-0-DELETE": "on"})
    assert response.status_code == 409
    assert "Member (Fiji; Member): joined Changed by both" in compared(response)
    assert forum.memberships.count() == 1


@pytest.mark.slow
def test_id_of_a_row_of_another_record_changes_neither(curator):
    forum, other = draft_forum("FJI"), make_forum("Other forum", members=["PER"])
    data = open_form(curator, forum) | {"memberships-0-id": other.memberships.get().pk}
    curator.post(change_url(forum), data | {"memberships-0-joined": "1999"})
    rows = list(Membership.objects.order_by("id").values_list("forum__name", "country__iso3", "joined"))
    assert rows == [(forum.name, "FJI", ""), ("Other forum", "PER", "")]


@pytest.mark.slow
def test_mistake_in_an_outdated_form_is_shown_beside_what_changed(curator, colleague):
    project = draft(end="2019")
    mine = open_form(curator, project)
    save(colleague, project, end="2020")
    response = curator.post(change_url(project), mine | {"start": "last year"})
    assert response.status_code == 409
    assert sorted(name for _place, name, _texts in errors(response)) == ["__all__", "start"]
    assert compared(response)["End"][0] == "2019"


@pytest.mark.slow
def test_entries_of_an_outdated_form_with_a_mistake_are_told_as_well(curator, colleague):
    with editing(Edit.Kind.PROGRAM):
        forum = make_forum(publication_status="draft", members=["FJI", "PER"], established="1999-09")
    mine = open_form(curator, forum)
    save(colleague, forum, name="FEALAC, renamed")
    response = curator.post(
        change_url(forum),
        mine
        | {"established": "last year", "name": "East Asia and Latin America", "vision": "One region."}
        | {"memberships-0-joined": "1999", "memberships-1-DELETE": "on"},
    )
    shown = compared(response)
    assert shown["Name Changed by both"][2] == "East Asia and Latin America"
    assert shown["Established"] == ("September 1999", "September 1999", "last year")
    assert shown["Member (Country or area: Fiji; Kind: Member; Joined: 1999): Joined"] == ("–", "–", "1999")
    assert shown["Member"][2] == "–"


@pytest.mark.slow
def test_change_of_a_public_record_asks_for_a_reason(curator):
    project = make_project(end="2019")
    data = open_form(curator, project) | {"end": "2020"}
    for reason in ("", "  \n "):
        response = curator.post(change_url(project), data | {"_reason": reason})
        assert errors(response) == [
            (
                "",
                "__all__",
                ["Nothing was saved yet: say at the end of the form why you change what everybody can read."],
            )
        ]
        assert Form(response).values["end"] == "2020"
    project.refresh_from_db()
    assert project.end == "2019"
    assert curator.post(change_url(project), data | {"_reason": "Closing report."}).status_code == 302


@pytest.mark.slow
@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_change_of_what_the_public_does_not_see_needs_no_reason(status, curator):
    project = make_project(publication_status=status)
    save(curator, project, end="2020")
    project.refresh_from_db()
    assert project.end == "2020"


@pytest.mark.slow
def test_source_asks_for_a_reason_once_something_public_rests_on_it(curator):
    source = make_source()
    save(curator, source, publisher="UN ESCAP")
    make_project().citations.create(fact="title", source=source)
    response = curator.post(change_url(source), open_form(curator, source) | {"publisher": "ESCAP"})
    assert len(errors(response)) == 1
    assert Source.objects.get().publisher == "UN ESCAP"


def test_status_sent_by_hand_is_refused(curator, caplog):
    project = draft()
    data = open_form(curator, project) | {"title": "Thai exchange", "publication_status": "published"}
    response = curator.post(change_url(project), data)
    assert response.status_code == 403
    assert "The publication status is changed by its buttons only." in response.content.decode()
    project.refresh_from_db()
    assert (project.title, project.publication_status) == ("Exchange on digital trade", "draft")
    assert "ana.ruiz" in caplog.text


def test_record_is_not_copied_by_hand(curator):
    project = draft()
    response = curator.post(change_url(project), open_form(curator, project) | {"_saveasnew": "", "slug": "copy"})
    assert response.status_code == 403
    assert Project.objects.count() == 1


@pytest.mark.slow
def test_step_is_taken_after_the_form_was_saved(editor):
    project = draft(end="2019")
    response = editor.post(change_url(project), open_form(editor, project) | {"end": "2020", "_step": "submit"})
    assert response["Location"] == change_url(project)
    project.refresh_from_db()
    assert (project.end, project.publication_status) == ("2020", "in_review")
    assert list(Edit.objects.order_by("id").values_list("kind", flat=True))[-2:] == ["form", "step"]


@pytest.mark.slow
def test_step_is_not_taken_on_an_outdated_form(editor):
    project = draft(end="2019")
    mine = open_form(editor, project)
    project.save()
    assert editor.post(change_url(project), mine | {"_step": "submit"}).status_code == 409
    project.refresh_from_db()
    assert project.publication_status == "draft"


@pytest.mark.parametrize("model", ADMINS, ids=lambda model: model.__name__)
def test_no_list_can_be_edited_or_emptied_by_itself(model, curator):
    assert ADMINS[model].list_editable == ()
    request = curator.get(reverse(f"admin:cooperation_{model._meta.model_name}_changelist")).wsgi_request
    assert "delete_selected" not in ADMINS[model].get_actions(request)


def test_record_that_was_ever_public_is_not_deleted(curator):
    project = draft()
    other = make_project("Published exchange")
    delete = "admin:cooperation_project_delete"
    assert curator.post(reverse(delete, args=[other.pk]), {"post": "yes"}).status_code == 403
    assert curator.post(reverse(delete, args=[project.pk]), {"post": "yes"}).status_code == 302
    assert list(Project.objects.values_list("title", flat=True)) == ["Published exchange"]
    edit = Project.history.get(id=project.pk, history_type="-").edit
    assert (edit.kind, edit.by.username) == ("form", "ana.ruiz")


def test_vocabulary_is_kept_as_well(curator):
    theme = make_theme("Digital trade")
    save(curator, theme, name="Digital economy", _reason="As the list of 2026 calls it.")
    assert list(Theme.history.filter(id=theme.pk).order_by("history_id").values_list("name", "version")) == [
        ("Digital trade", 1),
        ("Digital economy", 2),
    ]


@pytest.mark.slow
def test_new_record_that_is_like_another_is_saved_once_somebody_has_looked(curator):
    tica = make_agency(acronym="TICA", website="https://tica-thaigov.mfa.go.th/")
    data = Form(curator.get(add_url(type(tica)))).data
    data |= {"name": "Thai International Cooperation Agency", "acronym": "TICA", "slug": "tica", "kind": "ministry"}
    data |= {"country": make_country("THA").pk}
    response = curator.post(add_url(type(tica)), data)
    assert [text for _place, _name, texts in errors(response) for text in texts] == [
        "Nothing was saved yet: look whether the registry has this record already."
    ]
    (row,) = html.fromstring(response.content.decode()).xpath("//section[h2[@id='near']]//tbody/tr")
    assert row.xpath(".//a/@href") == [change_url(tica)]
    assert words(row[0]) == str(tica)
    assert 80 <= int(words(row[1])) <= 100
    assert words(row[2]) != ""
    assert type(tica).objects.count() == 1
    assert curator.post(add_url(type(tica)), Form(response).data | {"_looked": "1"}).status_code == 302
    assert type(tica).objects.count() == 2


@pytest.mark.slow
def test_new_project_is_held_against_others_with_its_partners(curator):
    partners = [("provider", "IDN"), ("beneficiary", "FJI")]
    known = make_project(
        "Strengthening coastal fisheries management",
        partners=[("provider", "IDN"), ("beneficiary", "FJI")],
        start="2019",
    )
    form = Form(curator.get(add_url(Project)))
    partners = [("provider", "IDN"), ("beneficiary", "FJI")]
    rows = [{"role": role, "country": make_country(iso3).pk} for role, iso3 in partners]
    data = fill(form, "participations", *rows) | {"modality": "bilateral", "start": "2019", "slug": "fisheries"}
    response = curator.post(add_url(Project), data | {"title": "Strengthening of coastal fisheries management"})
    assert [each.record for each in response.context["saving"].near] == [known]
    assert "partner" in response.context["saving"].near[0].why.lower()


def test_new_record_like_no_other_is_saved_at_once(curator):
    make_agency(acronym="TICA")
    data = Form(curator.get(add_url(Fund))).data | {"name": "India-UN Development Partnership Fund", "slug": "india-un"}
    assert curator.post(add_url(Fund), data).status_code == 302


def test_two_who_add_the_same_at_once_are_told_in_words(curator, monkeypatch):
    make_theme("Digital trade")
    validate, looks = Theme.validate_unique, []

    def look_too_early(theme, exclude=None):
        looks.append(theme)
        if len(looks) > 1:
            validate(theme, exclude)

    # The first look at what is there comes before the other is saved: only the database can refuse it then.
    monkeypatch.setattr(Theme, "validate_unique", look_too_early)
    data = Form(curator.get(add_url(Theme))).data | {"name": "Trade", "code": "digital-trade"}
    response = curator.post(add_url(Theme), data)
    assert errors(response) == [("", "code", ["Theme with this Code already exists."])]
    assert Theme.objects.count() == 1
