"""The steps of a record: from draft to review, to the public, and back."""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.history import edits_of, last_content_edit
from cooperation.models import Edit, PublicationStatus, editing
from cooperation.workflow.checklist import checklist

logger = logging.getLogger(__name__)

DRAFT, IN_REVIEW = PublicationStatus.DRAFT, PublicationStatus.IN_REVIEW
PUBLISHED, WITHDRAWN = PublicationStatus.PUBLISHED, PublicationStatus.WITHDRAWN


class StepRefusedError(Exception):
    """Nothing was changed. `problems` are sentences that say why."""

    def __init__(self, problems):
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Step:
    """A change of the publication status.

    A button reads “label: effect”; `done` says afterwards what became of `%(record)s`. `permission` is written as
    `User.has_perm` takes it.
    """

    name: str
    label: str
    effect: str
    done: str
    permission: str
    from_statuses: tuple
    to_status: str
    needs_reason: bool = False


SUBMIT = Step(
    "submit",
    gettext_lazy("Submit"),
    gettext_lazy("reviewers find it in their queue"),
    gettext_lazy("“%(record)s” was submitted: reviewers find it in their queue."),
    "cooperation.submit_record",
    (DRAFT,),
    IN_REVIEW,
)
TAKE_BACK = Step(
    "take_back",
    gettext_lazy("Take back"),
    gettext_lazy("it leaves the queue and is a draft again"),
    gettext_lazy("“%(record)s” was taken back: it is a draft again."),
    "cooperation.submit_record",
    (IN_REVIEW,),
    DRAFT,
)
RETURN = Step(
    "return",
    gettext_lazy("Return"),
    gettext_lazy("it is a draft again, and its author reads why"),
    gettext_lazy("“%(record)s” was returned: it is a draft again."),
    "cooperation.review_record",
    (IN_REVIEW,),
    DRAFT,
    needs_reason=True,
)
PUBLISH = Step(
    "publish",
    gettext_lazy("Publish"),
    gettext_lazy("visible to everyone now"),
    gettext_lazy("“%(record)s” was published: it is visible to everyone now."),
    "cooperation.publish_record",
    (IN_REVIEW,),
    PUBLISHED,
)
WITHDRAW = Step(
    "withdraw",
    gettext_lazy("Withdraw"),
    gettext_lazy("the page says that it was withdrawn, when and why"),
    gettext_lazy("“%(record)s” was withdrawn: its page says so, when and why."),
    "cooperation.withdraw_record",
    (PUBLISHED,),
    WITHDRAWN,
    needs_reason=True,
)
RESTORE = Step(
    "restore",
    gettext_lazy("Restore"),
    gettext_lazy("it is a draft again, to be reviewed anew"),
    gettext_lazy("“%(record)s” was restored: it is a draft again."),
    "cooperation.withdraw_record",
    (WITHDRAWN,),
    DRAFT,
)
STEPS = (SUBMIT, TAKE_BACK, RETURN, PUBLISH, WITHDRAW, RESTORE)


def steps_for(user, record):
    """`[(Step, why not), ...]` of the steps that lead on from where the record is and are this user’s to take.

    `why not` is "" for a step that may be taken now, else all that stands against it.
    """
    offered = [step for step in STEPS if starts_from(step, record) and not missing_right(step, user, record)]
    return [(step, " ".join(obstacles(step, user, record))) for step in offered]


def take(name, record, user, reason=""):
    """Take the step of this name and give its `Edit`; `record` then has its new publication status.

    Raises `StepRefusedError` with every reason, and then nothing is changed. Who tries what is not theirs is logged.
    """
    reason = reason.strip()
    step = next((step for step in STEPS if step.name == name), None)
    if step is None:
        raise StepRefusedError([_("There is no step “%(name)s”.") % {"name": name}])
    with transaction.atomic():
        # What the caller holds may be outdated: somebody else may have taken the same step a moment ago.
        stored = type(record)._base_manager.select_for_update().filter(pk=record.pk).first()
        if stored is None:
            raise StepRefusedError([_("The record has been deleted.")])
        problems = refusals(step, stored, user, reason)
        if problems:
            raise StepRefusedError(problems)
        with editing(Edit.Kind.STEP, by=user, reason=reason, about=stored, step=step.name) as edit:
            stored.publication_status = step.to_status
            stored.save()
    record.refresh_from_db(fields=["publication_status", "version", "updated"])
    return edit


def refusals(step, record, user, reason):
    """Every reason for which the step is not taken."""
    not_theirs = missing_right(step, user, record)
    problems = [not_theirs] if not_theirs else []
    if starts_from(step, record):
        not_theirs = not_theirs or (step is PUBLISH and is_own_work(user, record))
        problems += obstacles(step, user, record)
    else:
        words = _("“%(step)s” does not go with the publication status of the record, which is “%(status)s”.")
        problems.append(words % {"step": step.label, "status": record.get_publication_status_display()})
    if step.needs_reason and not reason:
        problems.append(_("Give a reason for “%(step)s”.") % {"step": step.label})
    if not_theirs:
        about = (user.get_username(), step.name, record._meta.model_name, record.slug)
        logger.warning("%s may not take the step “%s” of the %s “%s”: nothing was changed", *about)
    return problems


def starts_from(step, record):
    """Whether the step leads on from where the record is."""
    straight = settings.ONE_PERSON_OFFICE and step is PUBLISH and record.publication_status == DRAFT
    return straight or record.publication_status in step.from_statuses


def missing_right(step, user, record):
    """Why the step is not this user’s to take, whatever the record is like; "" when it is."""
    if not user.has_perm(step.permission):
        return _("Your account does not have the right to take the step “%(step)s”.") % {"step": step.label}
    if step is TAKE_BACK and not is_author(user, record):
        return _("Only who wrote or submitted the record takes it back. Reviewers return it.")
    return ""


def obstacles(step, user, record):
    """Sentences that say what keeps a user who has the right from taking the step now."""
    if step is not PUBLISH:
        return []
    own = [_("You changed this record last. Somebody else must publish it.")] if is_own_work(user, record) else []
    return own + checklist(record)


def is_own_work(user, record):
    """Whether the user changed the record last, in an office of more than one person."""
    last = last_content_edit(record)
    return not settings.ONE_PERSON_OFFICE and last is not None and last.by_id == user.pk


def is_author(user, record):
    """Whether the user changed the record last, or took the step that brought it where it is."""
    last_step = edits_of(record).filter(kind=Edit.Kind.STEP).first()
    return user.pk in [edit.by_id for edit in (last_content_edit(record), last_step) if edit]
