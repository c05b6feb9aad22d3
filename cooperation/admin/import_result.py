"""The end of an import: it is carried out, shows what came of it, and can be undone as a whole."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperation.admin.import_access import PUBLISH, address, batch_or_404, kind_in_words, may_import, page, refuse
from cooperation.history import UndoRefusedError, undo, why_not_undone
from cooperation.imports.carry_out_iati import ImportRefusedError
from cooperation.imports.preview import MODELS, carry_out_preview, read_preview, what_it_does
from cooperation.imports.raw_file import UnreadableFileError
from cooperation.models import ImportBatch, PublicationStatus

PER_PAGE = 100
# Problems of an undoing that are named.
MOST_PROBLEMS = 50
WHO_MAY_UNDO = gettext_lazy("Some of its records are published: only somebody who may publish can undo this import.")


class UndoForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=gettext_lazy("Why it is undone, for the history. For example: the file was an old version."),
    )


def carry_out_page(model_admin, request, object_id):
    """Do what the preview has shown, and nothing else: where the registry has changed since, show it again."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    with transaction.atomic():
        batch = batch_or_404(request, object_id, ImportBatch.objects.select_for_update())
        if not may_import(request.user, batch.record_type):
            refuse(request, f"carry out the import {batch.pk}")
        try:
            carry_out_as_shown(batch, request)
        except (ImportRefusedError, UnreadableFileError) as refusal:
            messages.error(request, str(refusal))
    return redirect(address(batch))


def carry_out_as_shown(batch, request):
    """Raises `ImportRefusedError` or `UnreadableFileError`, and then nothing is written."""
    if batch.state != ImportBatch.State.READ:
        raise ImportRefusedError(_("Nothing was written: this import was carried out already."))
    preview = read_preview(batch, request.user.has_perm(PUBLISH))
    does = what_it_does(preview)
    if not does:
        raise ImportRefusedError(_("Nothing was written: the file brings nothing new."))
    if preview.fingerprint != request.POST.get("fingerprint"):
        sentence = _(
            "Nothing was written: the registry has changed since you saw the preview. Now the file brings %(does)s. "
            "Look at the rows again, then carry it out."
        )
        raise ImportRefusedError(sentence % {"does": does})
    batch.edit = carry_out_preview(preview, batch, request.user)
    batch.state = ImportBatch.State.DONE
    batch.content = b""
    batch.summary = summary(preview, does)
    batch.save()
    messages.success(request, _("Carried out: %(summary)s.") % {"summary": batch.summary})


def summary(preview, does):
    """Say what came of it: “120 new drafts, 3 changed records, 2 rows with errors left out”."""
    number = preview.counts["error"]
    words = ngettext("%(number)s row with an error left out", "%(number)s rows with errors left out", number)
    return f"{does}, {words % {'number': number}}" if number else does


def result_page(model_admin, request, batch):
    """What was made of the file: every record, with the way to it."""
    rows = Paginator(touched(batch), PER_PAGE).get_page(request.GET.get("page"))
    would_undo = batch.state == ImportBatch.State.DONE and may_import(request.user, batch.record_type)
    why_not = WHO_MAY_UNDO if would_undo and needs_publisher(request.user, batch) else ""
    context = {
        "batch": batch,
        "kind": kind_in_words(batch.record_type),
        "rows": records_of(batch, rows.object_list),
        "rows_page": rows,
        "may_undo": would_undo and not why_not,
        "why_not": why_not,
    }
    return page(model_admin, request, "import_result.html", batch.file_name, context)


def touched(batch):
    """The ids of the records that the import made or changed."""
    past = MODELS[batch.record_type].history.model.objects.filter(edit=batch.edit_id)
    return past.order_by("id").values_list("id", flat=True).distinct()


def records_of(batch, ids):
    """List `(record or None when it is gone, name, whether the import made it, address of its form)`."""
    model = MODELS[batch.record_type]
    ids = list(ids)
    past = {}
    for copy in model.history.model.objects.filter(edit=batch.edit_id, id__in=ids).order_by("history_id"):
        past.setdefault(copy.id, copy)
    present = model._base_manager.in_bulk(ids)
    change = f"admin:cooperation_{model._meta.model_name}_change"
    return [
        (
            present.get(pk),
            str(present.get(pk) or past[pk].instance),
            past[pk].history_type == "+",
            reverse(change, args=[pk]),
        )
        for pk in ids
    ]


def undo_page(model_admin, request, object_id):
    """Ask for the reason, then put everything back as it was before the import, or say what is in the way."""
    batch = batch_or_404(request, object_id)
    tried = f"undo the import {batch.pk}"
    if not may_import(request.user, batch.record_type):
        refuse(request, tried)
    if needs_publisher(request.user, batch):
        refuse(request, tried, WHO_MAY_UNDO)
    if batch.state != ImportBatch.State.DONE:
        messages.error(request, _("Only an import that was carried out can be undone."))
        return redirect(address(batch))
    form = UndoForm(request.POST or None)
    problems = [] if request.method == "POST" else why_not_undone(batch.edit)
    if request.method == "POST" and form.is_valid():
        try:
            undo_batch(batch, request.user, form.cleaned_data["reason"])
        except UndoRefusedError as refusal:
            problems = refusal.problems
        else:
            messages.success(request, _("The import was undone: everything is as it was before it."))
            return redirect(address(batch))
    context = {
        "batch": batch,
        "form": form,
        "problems": problems[:MOST_PROBLEMS],
        "more": max(0, len(problems) - MOST_PROBLEMS),
    }
    return page(model_admin, request, "import_undo.html", _("Undo the whole import"), context)


def needs_publisher(user, batch):
    """Whether the public sees a record that the import made or changed, and `user` may not change that."""
    model = MODELS[batch.record_type]
    if user.has_perm(PUBLISH) or not hasattr(model, "publication_status"):
        return False
    public = model._base_manager.filter(publication_status=PublicationStatus.PUBLISHED)
    return public.filter(pk__in=touched(batch).order_by()).exists()


def undo_batch(batch, user, reason):
    """Raises `UndoRefusedError`, and then nothing is changed."""
    with transaction.atomic():
        state = ImportBatch.objects.select_for_update().values_list("state", flat=True).get(pk=batch.pk)
        if state != ImportBatch.State.DONE:
            raise UndoRefusedError([_("The import was undone already.")])
        undo(batch.edit, user, reason)
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportBatch.State.UNDONE)
