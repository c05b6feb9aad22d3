"""What waits for a curator, in numbers, each with the list that it leads to."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cooperation.admin import work_queues
from cooperation.models import (
    Agency,
    CheckResult,
    Correction,
    DuplicatePair,
    Forum,
    Fund,
    ImportBatch,
    Lesson,
    Milestone,
    PendingChange,
    Project,
    PublicationStatus,
    Record,
    Source,
)

YOURS, TO_REVIEW, TO_MEND = _("Yours"), _("To review"), _("To mend")
GROUPS = (YOURS, TO_REVIEW, TO_MEND)

DRAFT = Q(publication_status=PublicationStatus.DRAFT)
IN_REVIEW = Q(publication_status=PublicationStatus.IN_REVIEW)
PUBLISHED = Q(publication_status=PublicationStatus.PUBLISHED)
BROKEN = Q(check_result=CheckResult.BROKEN)

CHANGE, VIEW = "change", "view"
REVIEW = "cooperation.review_record"


@dataclass(frozen=True)
class Queue:
    """Rows that wait: `condition` finds them in a query, `filters` in their list. `right` is who must see to them.

    `words` hold the number and what the rows are. `since`, if any, is when a row began to wait.
    """

    group: Promise
    words: Promise
    condition: Q
    filters: dict
    right: str = CHANGE
    since: object = None
    oldest_first: str = ""  # the column by which the list is put in order


@dataclass(frozen=True)
class Waiting:
    """A line of the first page. `days` is how long the oldest row has waited, None where that is not counted."""

    text: str
    number: int
    url: str
    days: int | None = None


def queues_of(model, user):
    """The `Queue`s of a model for this curator, of whom no right is asked yet."""
    if issubclass(model, Record):
        return record_queues(model, user)
    return DESK_QUEUES[model](user)


def record_queues(model, user):
    status = "publication_status__exact"
    queues = [
        Queue(
            YOURS,
            _("%(number)s %(things)s in draft that you wrote last"),
            DRAFT & work_queues.last_written_by(model, user),
            {status: "draft", "written": "by_me"},
        ),
        Queue(
            TO_REVIEW,
            _("%(number)s %(things)s in review"),
            IN_REVIEW,
            {status: "in_review"},
            right=REVIEW,
            since=work_queues.in_review_since(model),
            oldest_first="updated",
        ),
        Queue(
            TO_MEND,
            _("%(number)s published %(things)s without a source"),
            PUBLISHED & ~work_queues.has_source(model),
            {status: "published", "sources": "none"},
        ),
        Queue(
            TO_MEND,
            _("%(number)s published %(things)s that nobody has confirmed for a year"),
            PUBLISHED & work_queues.confirmation_due(),
            {status: "published", "confirmed": "due"},
        ),
        Queue(
            TO_MEND,
            _("%(number)s published %(things)s of which two sources disagree"),
            PUBLISHED & work_queues.sources_disagree(model),
            {status: "published", "sources_say": "different"},
        ),
    ]
    if model is Project:
        queues += [
            Queue(
                TO_MEND,
                _("%(number)s published %(things)s said to run although the end has passed"),
                PUBLISHED & work_queues.past_end(),
                {status: "published", "dates": "past_end"},
            ),
            Queue(
                TO_MEND,
                _("%(number)s published %(things)s with a document that does not answer"),
                PUBLISHED & work_queues.document_broken(),
                {status: "published", "documents": "broken"},
            ),
        ]
    elif model in (Agency, Forum, Fund):
        queues.append(
            Queue(
                TO_MEND,
                _("%(number)s published %(things)s with a website that does not answer"),
                PUBLISHED & BROKEN,
                {status: "published", "check_result__exact": "broken"},
            )
        )
    return queues


def source_queues(user):
    return [
        Queue(
            TO_MEND,
            _("%(number)s %(things)s with an address that does not answer"),
            BROKEN,
            {"check_result__exact": "broken"},
        )
    ]


def pending_queues(user):
    waiting, returned = Q(state=PendingChange.State.WAITING), Q(state=PendingChange.State.RETURNED)
    return [
        Queue(
            YOURS,
            _("%(number)s %(things)s returned to you"),
            returned & Q(by=user),
            {"state__exact": "returned", "author": "me"},
            VIEW,
        ),
        Queue(
            YOURS,
            _("%(number)s %(things)s of yours in review"),
            waiting & Q(by=user),
            {"state__exact": "waiting", "author": "me"},
            VIEW,
        ),
        Queue(
            TO_REVIEW,
            _("%(number)s %(things)s to review"),
            waiting & (~Q(by=user) | Q(by=None)),
            {"state__exact": "waiting", "author": "others"},
            right=REVIEW,
            since="made",
        ),
    ]


def pair_queues(user):
    waiting = Q(state=DuplicatePair.State.WAITING)
    return [Queue(TO_REVIEW, _("%(number)s %(things)s"), waiting, {"state__exact": "waiting"})]


def correction_queues(user):
    still_open = Q(state=Correction.State.OPEN)
    return [Queue(TO_REVIEW, _("%(number)s %(things)s"), still_open, {"state__exact": "open"}, since="received")]


def import_queues(user):
    read = Q(state=ImportBatch.State.READ)
    return [
        Queue(TO_REVIEW, _("%(number)s %(things)s read and not carried out"), read, {"state__exact": "read"}, "add")
    ]


DESK_QUEUES = {
    PendingChange: pending_queues,
    Correction: correction_queues,
    DuplicatePair: pair_queues,
    ImportBatch: import_queues,
    Source: source_queues,
}
MODELS = (
    PendingChange,
    Correction,
    Project,
    Agency,
    Forum,
    Fund,
    Milestone,
    Lesson,
    Source,
    DuplicatePair,
    ImportBatch,
)


def what_waits(request):
    """`[(group, [Waiting, ...]), ...]` for the curator who asks, without empty groups: one query for each model."""
    lines = {group: [] for group in GROUPS}
    for model in MODELS:
        if not admin.site.is_registered(model):
            continue
        queues = [each for each in queues_of(model, request.user) if may_see_to(request, model, each)]
        for queue, line in zip(queues, count(model, queues), strict=True):
            if line.number:
                lines[queue.group].append(line)
    return [(group, found) for group, found in lines.items() if found]


def may_see_to(request, model, queue):
    """Whether the curator may open the list of a queue, and do what it waits for."""
    model_admin = admin.site.get_model_admin(model)
    rights = model_admin.get_model_perms(request)
    if not rights["view"]:
        return False
    return rights[queue.right] if queue.right in rights else request.user.has_perm(queue.right)


def count(model, queues):
    """A `Waiting` for each queue, also those in which nothing waits."""
    asked = {}
    for number, queue in enumerate(queues):
        asked[f"number_{number}"] = Count("pk", filter=queue.condition)
        if queue.since:
            asked[f"oldest_{number}"] = Min(queue.since, filter=queue.condition)
    found = model._base_manager.aggregate(**asked) if asked else {}
    return [
        line(model, queue, found[f"number_{number}"], found.get(f"oldest_{number}"))
        for number, queue in enumerate(queues)
    ]


def line(model, queue, number, oldest):
    meta = model._meta
    things = meta.verbose_name if number == 1 else meta.verbose_name_plural
    text = queue.words % {"number": f"{number:,}", "things": things}
    if oldest is None:
        return Waiting(text, number, list_address(model, queue))
    days = (timezone.now() - oldest).days
    if days:
        age = ngettext("the oldest for %(days)d day", "the oldest for %(days)d days", days) % {"days": days}
    else:
        age = gettext("the oldest since today")
    return Waiting(f"{text}, {age}", number, list_address(model, queue), days)


def list_address(model, queue):
    filters = dict(queue.filters)
    if queue.oldest_first:
        # The list counts its columns from 1: the boxes for choosing rows are column 0.
        filters["o"] = admin.site.get_model_admin(model).list_display.index(queue.oldest_first) + 1
    return f"{reverse(f'admin:cooperation_{model._meta.model_name}_changelist')}?{urlencode(filters)}"
