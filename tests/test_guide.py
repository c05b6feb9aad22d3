"""The guide for curators: everything the forms say, and the rules beside it."""

import re
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse
from django.utils.text import capfirst

from cooperation.admin.guide import FORMS
from cooperation.models import PartnerRole, Project
from cooperation.workflow import STEPS, make_groups
from tests.admin_records import ADMINS, inlines_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

GUIDE = "/admin/guide/"


class Outline(HTMLParser):
    """The headings of a page as `[(level, text), ...]`, its anchors and the links to them."""

    def __init__(self, page):
        super().__init__()
        self.headings, self.anchors, self.links, self.level = [], [], [], None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.anchors.append(attributes["id"])
        if tag == "a" and attributes.get("href", "").startswith("#"):
            self.links.append(attributes["href"][1:])
        if re.fullmatch("h[1-6]", tag):
            self.level = int(tag[1])
            self.headings.append((self.level, ""))

    def handle_data(self, text):
        if self.level:
            self.headings[-1] = (self.level, self.headings[-1][1] + text.strip())

    def handle_endtag(self, tag):
        if re.fullmatch("h[1-6]", tag):
            self.level = None


def text_of(client):
    """The words of the guide, as a reader sees them."""
    page = client.get(GUIDE).content.decode()
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def plain(text):
    return " ".join(unescape(re.sub("<[^>]+>", " ", str(text))).split())


@pytest.mark.slow
def test_guide_is_linked_from_every_page_of_the_admin(curator):
    assert reverse("curators_guide") == GUIDE
    for address in (reverse("admin:index"), reverse("admin:cooperation_project_changelist"), GUIDE):
        assert f'<a href="{GUIDE}">Guide</a>' in curator.get(address).content.decode()
    assert f'<a href="{GUIDE}">guide for curators</a>' in curator.get(reverse("admin:index")).content.decode()


def test_guide_is_for_the_staff_only(client):
    assert client.get(GUIDE)["Location"] == f"{reverse('admin:login')}?next={GUIDE}"
    client.force_login(User.objects.create_user("visitor"))
    assert client.get(GUIDE).status_code == 302


@pytest.mark.parametrize("model", FORMS, ids=lambda model: model.__name__)
def test_guide_says_all_that_the_form_says(model, curator, rf, admin_user):
    request = rf.get("/admin/")
    request.user = admin_user
    (form,) = [each for each in curator.get(GUIDE).context["forms"] if each.anchor == f"form-{model._meta.model_name}"]
    entries = {(str(entry.label), str(entry.help)) for section in form.sections for entry in section.entries}
    site = ADMINS[model]
    shown = flatten_fieldsets(site.get_fieldsets(request))
    asked = [field for name, field in site.get_form(request).base_fields.items() if name in shown]
    for inline in inlines_of(model, admin_user):
        fields = inline.get_formset(request).form.base_fields
        asked += [field for name, field in fields.items() if name in flatten_fieldsets(inline.get_fieldsets(request))]
    assert entries == {(capfirst(str(field.label)), str(field.help_text)) for field in asked}
    assert len(entries) > 1


def test_every_form_of_a_curator_is_in_the_guide():
    offered = {model for model, site in ADMINS.items() if model._meta.model_name != "formerslug"}
    assert set(FORMS) == offered


def test_help_of_a_form_is_read_in_the_guide(curator):
    help_text = Project._meta.get_field("official_id").help_text
    assert f"Official id {help_text}" in text_of(curator)
    assert "Modality One of: Bilateral · Triangular · Regional · Interregional" in text_of(curator)


@pytest.mark.slow
def test_each_step_is_told_with_who_may_take_it(curator):
    make_groups()
    chief = Group.objects.create(name="Chief editors")
    chief.permissions.add(Permission.objects.get(codename="withdraw_record"))
    steps = curator.get(GUIDE).context["steps"]
    assert [step for step, *_rest in steps] == list(STEPS)
    rows = {step.name: (list(map(str, before)), str(after), groups) for step, before, after, groups in steps}
    assert rows["publish"] == (["In review"], "Published", ["Publishers"])
    assert rows["withdraw"] == (["Published"], "Withdrawn", ["Chief editors", "Publishers"])
    assert rows["submit"] == (["Draft"], "In review", ["Editors", "Publishers", "Reviewers"])
    assert "Publish Visible to everyone now In review Published not needed Publishers" in text_of(curator)


def test_step_that_no_group_may_take_is_said_to_be_so(curator):
    assert "Publish Visible to everyone now In review Published not needed no group yet" in text_of(curator)


def test_roles_of_partners_lead_to_the_glossary(curator):
    page = curator.get(GUIDE).content.decode()
    assert "The roles are: " + ", ".join(map(str, PartnerRole.labels)) + "." in page
    assert f'<a href="{reverse("about")}#roles">glossary</a>' in page
    assert 'id="roles"' in curator.get(reverse("about")).content.decode()


def test_limits_of_imports_are_those_of_the_reader(curator):
    assert "A table has at most 5 MB, 20,000 rows and 200 columns." in text_of(curator)


def test_contents_lead_to_every_section(curator):
    outline = Outline(curator.get(GUIDE).content.decode())
    assert [text for level, text in outline.headings if level == 1] == ["Guide for curators"]
    chapters = [text for level, text in outline.headings if level == 2]
    assert chapters == [
        "The steps of a record",
        "What counts as a source",
        "How to date",
        "How to name",
        "Partners and their roles",
        "When sources disagree",
        "Amounts",
        "Changing what is published",
        "Confirming",
        "When to withdraw",
        "Imports",
        "Duplicates and merging",
        "History and undoing",
        "Reported mistakes and personal data",
        "The forms",
    ]
    levels = [level for level, _text in outline.headings]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    led_to = [link for link in outline.links if link != "content-start"]
    assert len(led_to) == len(set(led_to)) == len(chapters) + len(FORMS)
    assert set(led_to) <= set(outline.anchors)
    assert len(outline.anchors) == len(set(outline.anchors))


def test_guide_of_somebody_who_may_do_nothing_can_be_read(client):
    client.force_login(User.objects.create_user("luz.paredes", is_staff=True))
    assert text_of(client).count("What counts as a source") == 2
