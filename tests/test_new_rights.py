"""A new version gives the ready groups their new rights, and tells the members of other groups what they lack."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cooperation.models import KnownRight
from cooperation.workflow import find_missing_rights, make_groups
from cooperation.workflow.groups import NEW_RIGHT_DAYS

pytestmark = pytest.mark.django_db


@pytest.fixture
def installed():
    """An installation that was set up a year ago."""
    make_groups()
    assert set(KnownRight.objects.values_list("since", flat=True)) == {None}


def right(codename):
    return Permission.objects.get(content_type__app_label="cooperation", codename=codename)


def bring(*codenames):
    """Take rights back to a time before they existed, so that the next set-up meets them as new ones."""
    for codename in codenames:
        KnownRight.objects.get(permission=right(codename)).delete()
        for group in Group.objects.all():
            group.permissions.remove(right(codename))


def make_member(group_name, *codenames):
    group, _created = Group.objects.get_or_create(name=group_name)
    group.permissions.add(*map(right, codenames))
    member = User.objects.create_user("sina.leota", is_staff=True)
    member.groups.add(group)
    browser = Client()
    browser.force_login(member)
    return browser


def missing():
    return {group.name: rights for group, rights in find_missing_rights(Group.objects.all()).items()}


def test_ready_groups_get_the_rights_that_a_new_version_brings(installed):
    bring("withdraw_record", "add_importbatch")
    make_groups()
    assert [group.name for group in Group.objects.filter(permissions=right("withdraw_record"))] == ["Publishers"]
    holders = Group.objects.filter(permissions=right("add_importbatch")).order_by("name")
    assert [group.name for group in holders] == ["Editors", "Publishers", "Reviewers"]
    assert missing() == {}


def test_right_that_an_installation_took_away_stays_away(installed):
    publishers = Group.objects.get(name="Publishers")
    publishers.permissions.remove(right("delete_project"))
    bring("withdraw_record")
    make_groups()
    assert not publishers.permissions.filter(codename="delete_project").exists()
    assert missing() == {}


def test_group_of_the_installation_lacks_only_what_is_new(installed):
    make_member("Curators", "change_project", "view_project")
    assert missing() == {}
    bring("withdraw_record", "submit_record")
    make_groups()
    assert missing() == {"Curators": sorted([right("submit_record").name, right("withdraw_record").name])}


def test_group_without_projects_is_told_nothing(installed):
    make_member("Translators", "change_country")
    bring("withdraw_record")
    make_groups()
    assert missing() == {}


def test_upgrade_from_a_version_that_did_not_note_rights_gives_none_and_tells():
    editors = Group.objects.create(name="Editors")
    editors.permissions.add(right("change_project"))
    make_groups()
    assert [each.codename for each in editors.permissions.all()] == ["change_project"]
    assert right("submit_record").name in missing()["Editors"]


def test_nothing_is_told_any_more_when_the_time_is_over(installed):
    make_member("Curators", "change_project")
    bring("withdraw_record")
    make_groups()
    KnownRight.objects.filter(permission=right("withdraw_record")).update(
        since=timezone.now().date() - timedelta(days=NEW_RIGHT_DAYS + 1)
    )
    assert missing() == {}


def test_members_read_on_the_first_page_which_rights_their_group_lacks(installed):
    member = make_member("Curators", "change_project")
    assert "New rights" not in member.get(reverse("admin:index")).content.decode()
    bring("withdraw_record")
    make_groups()
    page = member.get(reverse("admin:index")).content.decode()
    assert "A new version brought rights that your group does not have." in page
    assert f"<dd>{right('withdraw_record').name}</dd>" in page
    assert reverse("admin:auth_group_change", args=[Group.objects.get(name="Curators").pk]) not in page


def test_superuser_is_led_to_the_group(installed, admin_client):
    make_member("Curators", "change_project")
    bring("withdraw_record")
    make_groups()
    page = admin_client.get(reverse("admin:index")).content.decode()
    group = Group.objects.get(name="Curators")
    assert f'<a href="{reverse("admin:auth_group_change", args=[group.pk])}">Curators</a>' in page


@pytest.mark.slow
def test_setup_names_the_group_and_the_rights(installed):
    make_member("Curators", "change_project")
    bring("withdraw_record")
    said = io.StringIO()
    call_command("setup", "--empty", stdout=said)
    name = right("withdraw_record").name
    assert f"The group “Curators” lacks rights that are new: {name}." in said.getvalue().splitlines()
