"""Two records side by side, and their merging into one."""

import logging

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.admin.record_id import parse_id
from cooperation.admin.registry_admin import viewable_models
from cooperation.duplicates import (
    MERGEABLE,
    MergeRefusedError,
    decide_different,
    foresee,
    likeness_of,
    merge,
    nearest,
)
from cooperation.workflow import is_public

logger = logging.getLogger(__name__)

# Rows of one kind that the page lists; of more it says how many there are.
MOST_ROWS = 50
TAKE = "take-"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Why the two are one. It stands in the story of the record."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


def merge_page(model_admin, request, object_id):
    """What merging another record into this one would do, and by POST the merging; or the choice of the other."""
    # Before a record is looked for, so that nobody else learns whether there is one.
    refuse_who_may_not(model_admin, request)
    keep = find(model_admin.model, unquote(object_id)) if model_admin.model in MERGEABLE else None
    if keep is None:
        raise Http404
    refuse_who_may_not(model_admin, request, keep)
    wanted = (request.POST.get("with") or request.GET.get("with", "")).strip()
    drop = find(model_admin.model, wanted)
    if drop is None or drop.pk == keep.pk:
        return choice_page(model_admin, request, keep, wanted, drop)
    refuse_who_may_not(model_admin, request, drop)
    if request.method == "POST" and "_different" in request.POST:
        return say_different(request, keep, drop)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    taken = [name for name, value in request.POST.items() if name.startswith(TAKE) and value == "drop"]
    from_drop = [name.removeprefix(TAKE) for name in taken]
    problems = changed_since(request, keep, drop) if form.is_bound else []
    if form.is_bound and form.is_valid() and not problems:
        try:
            edit = merge(keep, drop, from_drop, request.user, form.cleaned_data["reason"])
        except MergeRefusedError as refused:
            problems = refused.problems
        else:
            return say_merged(request, keep, drop, edit)
    return comparison_page(model_admin, request, keep, drop, from_drop, form, problems)


def comparison_page(model_admin, request, keep, drop, from_drop, form, refused):
    foreseen = foresee(keep, drop, from_drop)
    viewable = viewable_models(model_admin.admin_site, request)
    shown = {kind: [row for row in rows if row.model in viewable] for kind, rows in foreseen.rows.items()}
    context = page_context(model_admin, request, keep) | {
        "title": _("Merge “%(drop)s” into “%(keep)s”") % {"drop": drop, "keep": keep},
        "drop": drop,
        "drop_url": change_url(drop),
        "swap_url": f"{merge_url(drop)}?with={keep.pk}",
        "form": form,
        "is_refused": bool(refused),
        "problems": refused or foreseen.problems,
        "fields": foreseen.fields,
        "kinds": [(capfirst(kind), rows[:MOST_ROWS], len(rows[MOST_ROWS:])) for kind, rows in shown.items() if rows],
        "hidden_rows": sum(len(rows) for rows in foreseen.rows.values()) - sum(len(rows) for rows in shown.values()),
        "may_decide": request.user.has_perm("cooperation.change_duplicatepair"),
    }
    return TemplateResponse(request, "admin/cooperation/merge.html", context, status=409 if refused else 200)


def choice_page(model_admin, request, keep, wanted, found):
    """Which record is the other one: those that are nearest, and a box for a public id."""
    if not wanted:
        problem = ""
    elif found is None:
        problem = _("There is no other record “%(wanted)s”. Write its public id.") % {"wanted": wanted}
    else:
        problem = _("A record cannot be merged with itself.")
        if request.method == "POST":
            logger.warning("%s asked to merge a record with itself at %s", request.user, request.path)
    context = page_context(model_admin, request, keep) | {
        "title": _("Merge another record into “%(keep)s”") % {"keep": keep},
        "wanted": wanted,
        "problem": problem,
        "near": [(f"{merge_url(keep)}?with={each.record.pk}", each) for each in nearest(likeness_of(keep))],
    }
    status = 400 if problem and request.method == "POST" else 200
    return TemplateResponse(request, "admin/cooperation/merge_choice.html", context, status=status)


def say_different(request, keep, drop):
    if not request.user.has_perm("cooperation.change_duplicatepair"):
        refuse(request, _("You may not decide about possible duplicates."))
    decide_different(keep, drop, request.user)
    messages.success(
        request,
        _("Noted: “%(keep)s” and “%(drop)s” are not the same. The pair is not shown again.")
        % {"keep": keep, "drop": drop},
    )
    return redirect("admin:cooperation_duplicatepair_changelist")


def say_merged(request, keep, drop, edit):
    undo_url = reverse(f"admin:cooperation_{keep._meta.model_name}_undo", args=[keep.pk, edit.pk])
    text = _("“%(drop)s” is part of “%(keep)s” now. Its address leads there.") % {"drop": drop, "keep": keep}
    messages.success(request, format_html('{} <a href="{}">{}</a>', text, undo_url, _("Undo the merge")))
    return redirect(change_url(keep))


def changed_since(request, keep, drop):
    """A sentence for each record that somebody has changed since the page was shown."""
    return [
        _("“%(record)s” has been changed since you opened this page. See below what stands there now.")
        % {"record": record}
        for record, sent in ((keep, "keep_version"), (drop, "drop_version"))
        if request.POST.get(sent) != str(record.version)
    ]


def find(model, text):
    """The record with this number or public id; None if there is none."""
    if not text or "\0" in text:  # PostgreSQL does not even look for a NUL
        return None
    condition, number = Q(slug=text), parse_id(text)
    if number is not None:
        condition |= Q(pk=number)
    # The number first: that is what our own links carry.
    found = sorted(model._base_manager.filter(condition)[:2], key=lambda record: str(record.pk) != text)
    return found[0] if found else None


def refuse_who_may_not(model_admin, request, record=None):
    """Refuse whoever may not merge this record or, without one, any record of the type."""
    rights = ["cooperation.review_record"]
    if record is not None and is_public(record):
        rights.append("cooperation.publish_record")
    if not model_admin.has_change_permission(request, record) or not request.user.has_perms(rights):
        refuse(request, _("You may not merge this record: it takes rights that you do not have."))


def refuse(request, sentence):
    if request.method == "POST":
        logger.warning("%s may not do this at %s", request.user, request.path)
    raise PermissionDenied(sentence)


def change_url(record):
    return reverse(f"admin:cooperation_{record._meta.model_name}_change", args=[record.pk])


def merge_url(record):
    return reverse(f"admin:cooperation_{record._meta.model_name}_merge", args=[record.pk])


def page_context(model_admin, request, keep):
    return model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "keep": keep,
        "keep_url": change_url(keep),
    }
