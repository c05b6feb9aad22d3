"""What is known of the form of a record while it is opened or received: on what it rests, what stands in its way."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _

from cooperation import workflow
from cooperation.admin.pending_change import waiting_changes
from cooperation.admin.rebasing import Comparison, compare
from cooperation.admin.sent_form import LOOKED, OPENED, READ, REASON, VERSION

LONGEST_REASON = 1_000
# What became of a form that was sent.
NOTHING, SAVED, PROPOSED = "nothing", "saved", "proposed"


@dataclass
class Saving:
    """A form as it is opened or comes back: what `KeptAdmin` and its template need to know of it.

    `waits`: what is sent is not saved but waits for review. `opened`: the version before `version`, of a form that
    came back because somebody else had saved. `reopened`: a pending change whose entries are shown again.
    """

    record: models.Model | None = None  # as it stands; None for a new one
    version: str = ""
    opened: str = ""
    was_read: bool = False
    has_looked: bool = False
    reason: str = ""
    is_public: bool = False
    waits: bool = False
    waiting: list = field(default_factory=list)
    reopened: models.Model | None = None
    problems: list = field(default_factory=list)
    comparison: Comparison | None = None
    is_outdated: bool = False
    near: list = field(default_factory=list)
    outcome: str = NOTHING


def begin(request, record):
    """What is known of a form before it is read."""
    reason = reason_in(request)
    if record is None:
        return Saving(reason=reason, has_looked=LOOKED in request.POST)
    return Saving(
        record,
        version=str(record.version),
        opened=request.POST.get(OPENED, ""),
        was_read=request.POST.get(READ) == str(record.version),
        reason=reason,
        is_public=workflow.is_public(record),
        waits=not workflow.may_change_directly(request.user, record),
        waiting=waiting_changes(record),
    )


def reason_in(request):
    return " ".join(request.POST.get(REASON, "").replace("\0", " ").split())[:LONGEST_REASON]


def hold_against_now(saving, model_admin, request):
    """Find out whether the form rests on what stands now. If not, it is carried over and its author asked to read."""
    sent = request.POST.get(VERSION, "")
    if sent == saving.version:
        if saving.opened and not saving.was_read:
            saving.comparison = compare(model_admin, request, saving.record, saving.opened)
            refuse_as_outdated(saving, _("Nothing was saved: tick that you have read what changed, then save again."))
        return
    saving.comparison = compare(model_admin, request, saving.record, sent)
    saving.opened, saving.was_read = sent or "?", False
    request.POST = saving.comparison.data
    if saving.comparison.is_version_known:
        problem = _("Nothing was saved: somebody else has saved this record since you opened the form.")
    else:
        problem = _("Nothing was saved: the form does not say which version of the record it was opened with.")
    refuse_as_outdated(saving, problem)


def refuse_as_outdated(saving, problem):
    saving.is_outdated = True
    saving.problems.append(problem)
