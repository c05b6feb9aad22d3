"""The steps of a record in the admin: its buttons, hand-made requests, many drafts at once."""

import logging

import pytest

from cooperation.models import Milestone
from tests import builders
from tests.admin_form import Form
from tests.admin_records import change_url, list_url
from tests.records import make_record

pytestmark = pytest.mark.django_db


def make_ready(status="in_review", number=0):
    """A milestone that may be published, in this status."""
    return make_record(Milestone, number, summary="What it was about.", publication_status=status)


def press(browser, record, step, reason="", **changes):
    """The messages after the button of a step was pressed in the form of `record`."""
    address = change_url(record)
    data = Form(browser.get(address)).data | {"_step": step, "_reason": reason} | changes
    del data["_save"]
    response = browser.post(address, data, follow=True)
    return [str(message) for message in response.context["messages"]]


@pytest.mark.slow
def test_button_says_its_effect_and_does_it(publisher):
    record = make_ready()
    buttons = publisher.get(change_url(record)).context["step_buttons"]
    assert [f"{button['label']}: {button['effect']}" for button in buttons] == [
        "Return: it is a draft again, and its author reads why",
        "Publish: visible to everyone now",
    ]
    assert press(publisher, record, "publish") == ["“Milestone number 0” was published: it is visible to everyone now."]
    assert Milestone.objects.get().publication_status == "published"


@pytest.mark.slow
def test_refused_step_is_said_with_every_problem(publisher):
    record = builders.make_milestone(publication_status="in_review")
    assert press(publisher, record, "publish") == [
        "The publication status was not changed:<ul><li>Fill in “Summary”.</li><li>Name at least one source.</li></ul>"
    ]
    assert Milestone.objects.get().publication_status == "in_review"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("It never\0took place.", "The reason: Null characters are not allowed."),
        ("long " * 300, "The reason: Ensure this value has at most 1000 characters (it has 1499)."),
    ],
)
def test_reason_that_cannot_be_kept_is_refused_in_words(publisher, reason, problem):
    record = make_ready(status="published")
    assert press(publisher, record, "withdraw", reason)[-1] == (
        f"The publication status was not changed:<ul><li>{problem}</li></ul>"
    )
    assert Milestone.objects.get().publication_status == "published"


@pytest.mark.slow
@pytest.mark.parametrize("step", ["publish", "erase", ""])
def test_handmade_step_of_an_editor_changes_nothing(editor, step, caplog):
    record = make_ready()
    assert len(press(editor, record, step)) == 1
    assert Milestone.objects.get().publication_status == "in_review"
    assert [message.startswith("mere.tuilagi may not") for message in caplog.messages] == [True] * (step == "publish")


def test_handmade_status_is_refused_in_words_and_logged(editor, caplog):
    record = make_ready(status="draft")
    data = Form(editor.get(change_url(record))).data | {"publication_status": "published", "title": "Summit"}
    with caplog.at_level(logging.WARNING):
        response = editor.post(change_url(record), data)
    assert response.status_code == 403
    assert "The publication status is changed by its buttons only. Nothing was changed." in response.content.decode()
    stored = Milestone.objects.get()
    assert (stored.publication_status, stored.title, stored.version) == ("draft", "Milestone number 0", 1)
    assert f"mere.tuilagi may not set the publication status of milestone “{record.slug}” by hand: " in caplog.text


def test_handmade_status_of_a_new_record_is_refused(publisher):
    address = list_url(Milestone) + "add/"
    data = Form(publisher.get(address)).data
    data |= {"title": "Summit", "slug": "summit", "date": "2019", "publication_status": "published"}
    assert publisher.post(address, data).status_code == 403
    assert Milestone.objects.count() == 0


def test_many_drafts_are_submitted_at_once_and_each_refusal_is_listed(editor):
    drafts = [make_ready(status="draft", number=number) for number in range(2)]
    public = make_ready(status="published", number=2)
    data = {"action": "submit_selected", "_selected_action": [record.pk for record in (*drafts, public)]}
    response = editor.post(list_url(Milestone), data, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "2 records were submitted.",
        "1 record was not submitted:<ul><li>Milestone number 2: “Submit” does not go with the publication status of "
        "the record, which is “Published”.</li></ul>",
    ]
    statuses = Milestone.objects.order_by("pk").values_list("publication_status", flat=True)
    assert list(statuses) == ["in_review", "in_review", "published"]


def test_title_in_a_refusal_is_text_and_no_markup(editor):
    record = builders.make_milestone("<b>Summit</b>", slug="summit")
    data = {"action": "submit_selected", "_selected_action": [record.pk]}
    page = editor.post(list_url(Milestone), data, follow=True).content.decode()
    assert "<li>&lt;b&gt;Summit&lt;/b&gt;: “Submit” does not go" in page
