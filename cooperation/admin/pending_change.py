"""A change of a public record by somebody who may not publish: proposed, accepted, returned or taken back."""

import logging

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cooperation.admin.rebasing import compare
from cooperation.admin.record_id import parse_id
from cooperation.admin.sent_form import bind, entries, form_as_sent, is_changed, is_valid, repeated, write
from cooperation.models import Edit, PendingChange, editing

logger = logging.getLogger(__name__)

State = PendingChange.State
# Those to which an author can return, and of which there is one for each author and record.
OPEN = (State.WAITING, State.RETURNED)


class ChangeRefusedError(Exception):
    """Nothing was changed. `problems` are sentences that say why."""

    def __init__(self, problems):
        super().__init__(" ".join(problems))
        self.problems = problems


def changes_of(record):
    return PendingChange.objects.filter(record_type=record._meta.model_name, record_id=record.pk)


def waiting_changes(record):
    return list(changes_of(record).filter(state=State.WAITING).select_related("by"))


def change_of_author(pk, record, user):
    """The open change of `record` with this number (a text), if `user` has proposed it; None if not."""
    return changes_of(record).filter(pk=parse_id(pk or ""), by=user, state__in=OPEN).first()


def propose(request, record, reason):
    """Keep what `request` posts beside the record. It takes the place of what its author has proposed before."""
    change = changes_of(record).filter(by=request.user, state__in=OPEN).last()
    if change is None:
        change = PendingChange(record_type=record._meta.model_name, record_id=record.pk, by=request.user)
    change.state, change.made, change.by_name = State.WAITING, timezone.now(), request.user.get_username()
    change.form, change.version, change.reason = entries(request.POST), record.version, reason
    change.reviewed_by, change.reviewed, change.answer = None, None, ""
    change.save()


def why_not_review(user, change):
    """Why `user` neither accepts nor returns a change; "" when they may."""
    if not user.has_perm("cooperation.review_record"):
        return _("Your account does not have the right to review changes.")
    if change.by_id == user.pk and not settings.ONE_PERSON_OFFICE:
        return _("You proposed this change. Somebody else accepts or returns it.")
    return ""


def as_sent_by_author(model_admin, request, change, record):
    """The request by which the author sent the change, or as if the reviewer had, when the author no longer may."""
    sent = repeated(request, method="POST", POST=form_as_sent(change), user=change.by or request.user)
    if not model_admin.has_change_permission(sent, record):
        sent.user = request.user
    return sent


def compare_change(model_admin, request, change, record):
    """The change as a `Comparison` with what stands now."""
    sent = as_sent_by_author(model_admin, request, change, record)
    return compare(model_admin, sent, record, str(change.version))


def accept(site, request, pk):
    """Save a change as its author’s, accepted by `request.user`, and give it.

    Raises `ChangeRefusedError` with every reason, and then nothing is changed.
    """
    with transaction.atomic():
        change = waiting_for(request.user, pk, "accept")
        # From here on nobody else saves the record.
        record = change.model._base_manager.select_for_update().filter(pk=change.record_id).first()
        if record is None:
            raise ChangeRefusedError([_("The record has been deleted.")])
        model_admin = site.get_model_admin(change.model)
        record = model_admin.get_object(request, str(record.pk))
        if not model_admin.has_change_permission(request, record):
            raise PermissionDenied
        comparison = compare_change(model_admin, request, change, record)
        if comparison.has_conflicts:
            text = _("Somebody has changed the same fields since. Return it, so that its author looks at both.")
            raise ChangeRefusedError([text])
        sent = as_sent_by_author(model_admin, request, change, record)
        sent.POST = comparison.data
        form, formsets = bind(model_admin, sent, record)
        if not is_valid(form, formsets):
            raise ChangeRefusedError(errors_of(form, formsets))
        if is_changed(form, formsets):
            try:
                people = {"by": change.by, "by_name": change.by_name, "reviewed_by": request.user}
                with editing(Edit.Kind.FORM, reason=change.reason, about=record, **people):
                    write(form, formsets)
            except IntegrityError as error:
                raise ChangeRefusedError([_("It does not go with what is there now. Return it.")]) from error
            model_admin.log_change(request, record, [{"changed": {"fields": [str(_("as proposed"))]}}])
        close(change, request.user, State.ACCEPTED, "")
    return change


def give_back(request, pk, answer):
    """Return a change to its author, who reads `answer`."""
    answer = answer.strip()
    with transaction.atomic():
        change = waiting_for(request.user, pk, "return")
        if not answer:
            raise ChangeRefusedError([_("Say why you return it, so that its author knows what to do.")])
        close(change, request.user, State.RETURNED, answer)
    return change


def take_back(request, pk):
    """Drop a change on behalf of its author."""
    with transaction.atomic():
        change = PendingChange.objects.select_for_update().get(pk=pk)
        if change.by_id != request.user.pk:
            refuse(request.user, "take back", change, _("Only who proposed a change takes it back."))
        if change.state not in OPEN:
            raise ChangeRefusedError([closed_before(change)])
        change.state = State.DROPPED
        change.save()
    return change


def waiting_for(user, pk, act):
    """The change, locked, when it waits and `user` may review it."""
    change = PendingChange.objects.select_for_update().get(pk=pk)
    why_not = why_not_review(user, change)
    if why_not:
        refuse(user, act, change, why_not)
    if change.state != State.WAITING:
        raise ChangeRefusedError([closed_before(change)])
    return change


def refuse(user, act, change, why_not):
    logger.warning(
        "%s may not %s pending change %s (%s %s): nothing was changed",
        *(user.get_username(), act, change.pk, change.record_type, change.record_id),
    )
    raise PermissionDenied(why_not)


def closed_before(change):
    return _("Nothing was changed: the change does not wait any more (%(state)s).") % {
        "state": change.get_state_display()
    }


def close(change, reviewer, state, answer):
    change.state, change.answer = state, answer
    change.reviewed_by, change.reviewed = reviewer, timezone.now()
    change.save()


def errors_of(form, formsets):
    """Every mistake of a form in a sentence, with the name of its field."""
    rows = [row for formset in formsets for row in formset.forms]
    named = [(each, name, texts) for each in (form, *rows) for name, texts in each.errors.items()]
    found = [
        f"{capfirst(str(each.fields[name].label))}: {text}" if name in each.fields else text
        for each, name, texts in named
        for text in texts
    ]
    return found + [text for formset in formsets for text in formset.non_form_errors()]
