"""“Confirm”: curators say that they have held records against their sources today."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.utils import timezone

from cooperation.admin import confirm
from cooperation.history import last_content_edit
from cooperation.models import Edit, Forum, Fund, Participation, Project, editing
from tests.admin_records import add_part, list_url
from tests.builders import make_forum, make_fund, make_project, make_source

pytestmark = pytest.mark.django_db


def sourced(title="Exchange", make=make_project, **fields):
    record = make(title, **fields)
    record.citations.create(fact="further", value="It is there.", source=make_source())
    return record


def confirm_in(client, model, *records, **further):
    data = {"action": "confirm_selected", "_selected_action": [record.pk for record in records], **further}
    return client.post(list_url(model), data)


def said(response):
    return [(message.level_tag, str(message)) for message in get_messages(response.wsgi_request)]


def confirmed(model):
    return dict(model.objects.order_by("pk").values_list(model._meta.ordering[0], "confirmed_on"))


def test_confirmed_records_carry_the_day(curator):
    today = timezone.localdate()
    old, never, other = sourced("Old", confirmed_on="2019-04-01"), sourced("Never"), sourced("Other")
    response = confirm_in(curator, Project, old, never)
    assert confirmed(Project) == {"Old": today, "Never": today, "Other": None}
    assert said(response) == [("success", "2 records were confirmed.")]
    other.refresh_from_db()
    assert other.version == 1


def test_confirming_is_an_edit_of_its_kind_and_changes_nothing_else(curator):
    fund = sourced("FEALAC Trust Fund", make_fund)
    author = User.objects.create_user("tevita.fonua")
    with editing(Edit.Kind.FORM, by=author):
        fund.save()
    before = Fund.objects.values().get()
    confirm_in(curator, Fund, fund)
    after = Fund.objects.values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"confirmed_on", "updated", "version"}
    newest = Fund.history.latest("history_id")
    assert (newest.edit.kind, newest.edit.by.username) == (Edit.Kind.CONFIRMED, "ana.ruiz")
    # So that whoever confirms a record in review may still publish it.
    assert last_content_edit(fund).by == author


def test_record_that_names_no_source_is_not_confirmed(curator):
    bare, cited = make_project("Without a source"), sourced("Cited")
    of_partner = make_project("Partner with a source")
    add_part(Participation, of_partner, 0)
    response = confirm_in(curator, Project, bare, cited, of_partner)
    today = timezone.localdate()
    assert confirmed(Project) == {"Without a source": None, "Cited": today, "Partner with a source": today}
    assert said(response) == [
        ("success", "2 records were confirmed."),
        ("warning", "Not confirmed, because they name no source to be held against: Without a source."),
    ]


def test_many_records_without_a_source_are_named_in_part(curator):
    forums = [make_forum(f"Summit of {year}") for year in range(2001, 2008)]
    (_level, text) = said(confirm_in(curator, Forum, *forums))[0]
    assert text.endswith("Summit of 2001; Summit of 2002; Summit of 2003; Summit of 2004; Summit of 2005; and 2 more.")


def test_record_confirmed_today_is_not_saved_again(curator):
    forum = sourced("FEALAC", make_forum, confirmed_on=timezone.localdate())
    edits = Edit.objects.count()
    response = confirm_in(curator, Forum, forum)
    assert said(response) == [("info", "1 record had been confirmed today before.")]
    forum.refresh_from_db()
    assert (forum.version, Edit.objects.count()) == (1, edits)


def test_too_many_records_at_once_are_refused(curator, monkeypatch):
    monkeypatch.setattr(confirm, "MOST", 2)
    forums = [sourced(f"Summit of {year}", make_forum) for year in (2001, 2002, 2003)]
    response = confirm_in(curator, Forum, *forums)
    assert said(response) == [("error", "Nothing was confirmed: choose at most 2 records at a time, not 3.")]
    assert set(confirmed(Forum).values()) == {None}


def test_whole_list_can_be_confirmed(curator):
    forums = [sourced(f"Summit of {year}", make_forum) for year in (2001, 2002)]
    confirm_in(curator, Forum, forums[0], select_across="1")
    assert set(confirmed(Forum).values()) == {timezone.localdate()}


def test_list_of_what_is_due_can_be_confirmed(curator):
    due = timezone.localdate() - timedelta(days=400)
    forum = sourced("FEALAC", make_forum, confirmed_on=due)
    data = {"action": "confirm_selected", "_selected_action": [forum.pk]}
    response = curator.post(f"{list_url(Forum)}?publication_status__exact=published&confirmed=due", data)
    assert said(response) == [("success", "1 record was confirmed.")]
    assert confirmed(Forum) == {"FEALAC": timezone.localdate()}


def test_published_record_can_be_confirmed_without_the_right_to_publish(editor):
    project = sourced()
    assert said(confirm_in(editor, Project, project)) == [("success", "1 record was confirmed.")]
    assert confirmed(Project) == {"Exchange": timezone.localdate()}


def test_who_may_only_look_confirms_nothing(client):
    project = sourced()
    user = User.objects.create_user("luz.paredes", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_project"))
    client.force_login(user)
    offered = client.get(list_url(Project)).context["action_form"]
    assert offered is None
    confirm_in(client, Project, project)
    assert confirmed(Project) == {"Exchange": None}


def test_confirming_needs_a_post(curator):
    project = sourced()
    curator.get(list_url(Project), {"action": "confirm_selected", "_selected_action": project.pk})
    assert confirmed(Project) == {"Exchange": None}
