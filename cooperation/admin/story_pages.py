"""The story of a record, edit by edit, and the page on which an edit is undone."""

import logging
from collections import defaultdict

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.admin.record_id import parse_id
from cooperation.history import (
    NOT_UNDONE,
    UndoRefusedError,
    edits_of,
    name_of,
    rehearse,
    steps_of_edits,
    story,
    undo,
)
from cooperation.models import Edit, FormerSlug, PublicationStatus
from cooperation.workflow import may_change_directly

logger = logging.getLogger(__name__)

EDITS_ON_A_PAGE = 50
DELETED_ON_A_PAGE = 100
# Edits that are one act on several records, so that no part of them makes sense alone.
AS_A_WHOLE = (Edit.Kind.FORM, Edit.Kind.MERGE)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Why it is undone. It stands in the story of the record."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


def story_page(model_admin, request, object_id):
    """Who changed what in a record, when and why, newest first. A record that is gone has one, too."""
    refuse_who_may_not_view(model_admin, request)
    record, is_there = find(model_admin, object_id)
    edits = edits_of(record)
    page = Paginator(edits, EDITS_ON_A_PAGE).get_page(request.GET.get("p"))
    undone, may_try = undone_edits(edits), may_try_to_undo(model_admin, request, record, is_there)
    chapters = [
        {
            "edit": edit,
            "differences": differences,
            "undone_by": undone.get(edit.pk),
            "undo_url": page_url(record, "undo", edit.pk)
            if may_try and edit.kind not in NOT_UNDONE and edit.pk not in undone
            else "",
        }
        for edit, differences in story(record, list(page.object_list))
    ]
    context = page_context(model_admin, request, record, is_there) | {
        "title": _("Story of “%(name)s”") % {"name": name_of(record)},
        "chapters": chapters,
        "page_obj": page,
    }
    return TemplateResponse(request, "admin/cooperation/story.html", context)


def undo_page(model_admin, request, object_id, edit_id):
    """What undoing an edit would put back, or every reason why it cannot be; and, by POST, the undoing."""
    refuse_who_may_not_view(model_admin, request)
    record, is_there = find(model_admin, object_id)
    edit = edits_of(record).filter(pk=edit_id).first()
    if edit is None:
        raise Http404
    scope = None if is_one_act(edit) else record
    refuse_who_may_not(request, edit, scope)
    form, problems, differences = ReasonForm(request.POST or None), [], []
    try:
        if request.method == "POST" and form.is_valid():
            undo(edit, request.user, form.cleaned_data["reason"], scope)
            messages.success(request, _("The change was undone. What it had replaced is there again."))
            return redirect(page_url(record, "story"))
        differences = rehearse(lambda: undo(edit, request.user, "", scope))
    except UndoRefusedError as refused:
        problems = refused.problems
    context = page_context(model_admin, request, record, is_there) | {
        "title": _("Undo a change of “%(name)s”") % {"name": name_of(record)},
        "edit": edit,
        "form": form,
        "differences": differences,
        "problems": problems,
    }
    status = 409 if request.method == "POST" and problems else 200
    return TemplateResponse(request, "admin/cooperation/undo.html", context, status=status)


def deleted_page(model_admin, request):
    """The records of a type that are gone, the last first, each with its story, from which it can be brought back."""
    refuse_who_may_not_view(model_admin, request)
    model = model_admin.model
    gone = model.history.model.objects.filter(history_type="-").exclude(id__in=model._base_manager.values("pk"))
    page = Paginator(gone.order_by("-history_id"), DELETED_ON_A_PAGE).get_page(request.GET.get("p"))
    edits = Edit.objects.in_bulk({copy.edit_id for copy in page.object_list})
    context = model_admin.admin_site.each_context(request) | {
        "title": _("Deleted: %(records)s") % {"records": model._meta.verbose_name_plural},
        "opts": model._meta,
        "page_obj": page,
        "rows": [
            {
                "name": getattr(copy, "title", None) or getattr(copy, "name", ""),
                "edit": edits[copy.edit_id],
                "story_url": reverse(f"admin:cooperation_{model._meta.model_name}_story", args=[copy.id]),
            }
            for copy in page.object_list
        ],
    }
    return TemplateResponse(request, "admin/cooperation/deleted.html", context)


def find(model_admin, object_id):
    """`(record, whether it is there)`; of one that is gone, as it was last. 404 if there never was any."""
    model = model_admin.model
    pk = parse_id(unquote(object_id))
    if pk is None:
        raise Http404
    record = model._base_manager.filter(pk=pk).first()
    if record is not None:
        return record, True
    last = model.history.model.objects.filter(id=pk).order_by("-history_id").first()
    if last is None:
        raise Http404
    return last.instance, False


def page_url(record, page, *args):
    return reverse(f"admin:cooperation_{record._meta.model_name}_{page}", args=[record.pk, *args])


def page_context(model_admin, request, record, is_there):
    """What Django's own pages about a record give to their templates, and where its story is."""
    return model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "record": record,
        "name": name_of(record),
        "is_there": is_there,
        "story_url": page_url(record, "story"),
        "kind": capfirst(model_admin.opts.verbose_name),
    }


def undone_edits(edits):
    """`{id of an edit: the edit by which it was undone}` among those of a record, unless that was undone in turn."""
    undoing = {edit.undoes_id: edit for edit in edits.filter(undoes__isnull=False).order_by("pk")}
    return {undone: edit for undone, edit in undoing.items() if edit.pk not in undoing}


def kind_of_first(edit):
    """The kind of an edit, or, where it undoes another, of that."""
    while edit.undoes:
        edit = edit.undoes
    return edit.kind


def is_one_act(edit):
    """Whether an edit is undone with all that it did; else with what it did to one record."""
    return kind_of_first(edit) in AS_A_WHOLE


def may_try_to_undo(model_admin, request, record, is_there):
    """Whether links to undo are worth showing; the page itself looks at all that an edit has touched."""
    if not is_there:
        return model_admin.has_change_permission(request)
    return model_admin.has_change_permission(request, record) and may_change_directly(request.user, record)


def refuse_who_may_not_view(model_admin, request):
    """Ask for the right before a record is looked for, so that nobody else learns whether there is one."""
    if not model_admin.has_view_permission(request):
        if request.method == "POST":
            logger.warning("%s may not do this at %s", request.user, request.path)
        raise PermissionDenied


def refuse_who_may_not(request, edit, scope):
    """Refuse whoever could not make by hand the changes that undoing makes."""
    steps = [step for step in steps_of_edits([edit], scope) if step.model is not FormerSlug]
    missing = sorted(right for right in rights_to_undo(edit, steps) if not request.user.has_perm(right))
    if missing:
        if request.method == "POST":
            logger.warning("%s may not undo edit %s: %s missing", request.user, edit.pk, ", ".join(missing))
        raise PermissionDenied(_("You may not undo this change: it takes rights that you do not have."))


def rights_to_undo(edit, steps):
    """The names of the rights that undoing these steps takes."""
    touched, rights = defaultdict(set), set()
    for step in steps:
        own = (step.model, step.pk) in step.records
        action = "delete" if own and step.before is None else "add" if own and step.after is None else "change"
        for model, pk in step.records:
            touched[model].add(pk)
            rights.add(f"cooperation.{get_permission_codename(action, model._meta)}")
        if own and step.before and step.before.get("publication_status") == PublicationStatus.PUBLISHED:
            rights.add("cooperation.publish_record")
    for model, ids in touched.items():
        published = getattr(model._default_manager, "published", None)
        if published is None or published().filter(pk__in=ids).exists():
            rights.add("cooperation.publish_record")
    if kind_of_first(edit) == Edit.Kind.MERGE:
        rights.add("cooperation.review_record")
    return rights
