"""The steps of a record in the admin: its buttons, what they do, and the list’s “submit for review”."""

import logging

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperation.models import PublicationStatus
from cooperation.workflow import STEPS, StepRefusedError, steps_for, take

logger = logging.getLogger(__name__)

REASON = forms.CharField(max_length=1000, required=False)
# Refusals of an action that one message lists.
MOST_REFUSALS = 50


def step_buttons(request, record):
    """`[dict(name, label, effect, why_not, needs_reason), ...]` of what this user may do with the record."""
    return [
        {
            "name": step.name,
            "label": step.label,
            "effect": step.effect,
            "why_not": why_not,
            "needs_reason": step.needs_reason,
        }
        for step, why_not in steps_for(request.user, record)
    ]


def take_step(model_admin, request, record):
    """Take the step whose button was pressed, `_step`, for the reason in `_reason`, and say what happened."""
    name = request.POST.get("_step", "")
    try:
        take(name, record, request.user, REASON.clean(request.POST.get("_reason", "")))
    except ValidationError as error:
        problems = [_("The reason: %(problem)s") % {"problem": problem} for problem in error.messages]
    except StepRefusedError as error:
        problems = error.problems
    else:
        step = next(step for step in STEPS if step.name == name)
        model_admin.log_change(request, record, f"{step.label}.")
        model_admin.message_user(request, step.done % {"record": record}, messages.SUCCESS)
        return
    model_admin.message_user(request, said(_("The publication status was not changed:"), problems), messages.ERROR)


def refuse_handmade_status(request, record):
    """Raise PermissionDenied for a POST that would set the publication status: no form of ours does.

    `record` as it is stored; None while adding.
    """
    status = record.publication_status if record else PublicationStatus.DRAFT.value
    if any(given != status for given in request.POST.getlist("publication_status")):
        about = (request.user.get_username(), record and f"{record._meta.model_name} “{record.slug}”")
        logger.warning("%s may not set the publication status of %s by hand: nothing was changed", *about)
        raise PermissionDenied(_("The publication status is changed by its buttons only. Nothing was changed."))


@admin.action(description=gettext_lazy("Submit: reviewers find them in their queue"), permissions=["change"])
def submit_selected(model_admin, request, queryset):
    """Submit many drafts at once. Each that is refused is named with its reasons; the others are submitted."""
    count, refused = 0, []
    for record in queryset:
        try:
            take("submit", record, request.user)
        except StepRefusedError as error:
            refused.append(f"{record}: {error}")
        else:
            model_admin.log_change(request, record, _("Submit."))
            count += 1
    if count:
        words = ngettext("%(count)s record was submitted.", "%(count)s records were submitted.", count)
        model_admin.message_user(request, words % {"count": count}, messages.SUCCESS)
    if refused:
        words = ngettext("%(count)s record was not submitted:", "%(count)s records were not submitted:", len(refused))
        shown = refused[:MOST_REFUSALS]
        if len(refused) > len(shown):
            shown.append(_("and %(count)s more.") % {"count": len(refused) - len(shown)})
        model_admin.message_user(request, said(words % {"count": len(refused)}, shown), messages.ERROR)


def said(sentence, problems):
    """A sentence with a list below it."""
    return format_html("{}<ul>{}</ul>", sentence, format_html_join("", "<li>{}</li>", [(each,) for each in problems]))
