"""The second page of an import: what would become of every row, and the choices that a curator has there."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cooperation.admin.import_access import (
    PUBLISH,
    address,
    batch_or_404,
    kind_in_words,
    may_import,
    page,
    record_address,
    refuse,
)
from cooperation.admin.import_error_file import error_file
from cooperation.admin.import_result import result_page
from cooperation.imports.planned_row import CREATE, SKIP, UPDATE
from cooperation.imports.preview import OUTCOMES, shown_preview, what_it_does, what_it_leaves
from cooperation.imports.raw_file import UnreadableFileError
from cooperation.models import ImportBatch

PER_PAGE = 100
# Filters of the rows beside the outcomes.
ALIKE, REMARKED = "alike", "remarked"
# In front of the names of form fields, which end in the number of a header or the key of a row.
COLUMN, ROW = "column-", "row-"


def preview_page(model_admin, request, object_id):
    """All rows of a file that waits; of one that was carried out, what came of it."""
    batch = batch_or_404(request, object_id)
    if batch.state != ImportBatch.State.READ:
        return result_page(model_admin, request, batch)
    context = {
        "batch": batch,
        "kind": kind_in_words(batch.record_type),
        "may_import": may_import(request.user, batch.record_type),
        "before": done_before(batch),
    }
    try:
        preview = shown_preview(batch, request.user.has_perm(PUBLISH))
    except UnreadableFileError as refusal:
        return page(model_admin, request, "import_preview.html", batch.file_name, {**context, "refusal": refusal})
    if request.method == "POST":
        return save_choices(request, batch, preview)
    shown = request.GET.get("show", "")
    rows = Paginator([row for row in preview.rows if is_shown(row, shown)], PER_PAGE).get_page(request.GET.get("page"))
    context |= {
        "preview": preview,
        "rows": [(row, duplicates_of(row), row_choices(row)) for row in rows],
        "has_choices": any(row.choices for row in rows),
        "rows_page": rows,
        "filters": filters(preview, shown),
        "shown": shown,
        "has_sheets": any(row.sheet for row in preview.rows),
        "headers": [(f"{COLUMN}{place}", use) for place, use in enumerate(preview.headers)],
        "unused": sum(not use.column for use in preview.headers),
        "does": what_it_does(preview),
        "leaves": what_it_leaves(preview),
    }
    return page(model_admin, request, "import_preview.html", batch.file_name, context)


def done_before(batch):
    """The import by which the same file was carried out already, if any."""
    done = ImportBatch.objects.filter(digest=batch.digest, state=ImportBatch.State.DONE).exclude(pk=batch.pk)
    return done.select_related("by", "edit").first()


def is_shown(row, shown):
    if shown == ALIKE:
        return row.asks_for_a_choice
    if shown == REMARKED:
        return bool(row.remarks)
    return shown not in OUTCOMES or row.outcome == shown


def filters(preview, shown):
    """`[(value, label, number of rows, whether it is chosen), ...]`, those without rows left out."""
    found = [("", _("all"), len(preview.rows))]
    found += [(outcome, label, preview.counts[outcome]) for outcome, label in OUTCOMES.items()]
    found.append((ALIKE, _("possible duplicates"), sum(row.asks_for_a_choice for row in preview.rows)))
    found.append((REMARKED, _("with remarks"), sum(bool(row.remarks) for row in preview.rows)))
    return [(value, label, number, value == shown) for value, label, number in found if number or not value]


def duplicates_of(row):
    """List each `Nearest` with the address of the form of its record."""
    return [(near, record_address(near.record)) for near in row.duplicates]


def row_choices(row):
    """`[(value, label), ...]` of what a curator may choose for a row; empty where there is no choice."""
    names = {near.record.slug: str(near.record) for near in row.duplicates}
    return (
        [("", _("no choice made")), *((value, in_words(value, names)) for value in row.choices)] if row.choices else []
    )


def in_words(choice, names):
    if choice == SKIP:
        return _("leave it out")
    if choice == CREATE:
        return _("make a new record")
    slug = choice.removeprefix(UPDATE)
    return _("it is “%(name)s”: change that") % {"name": names.get(slug, slug)}


def save_choices(request, batch, preview):
    """Keep what was chosen for headers and for the rows of the page; whatever was not offered is left out."""
    if not may_import(request.user, batch.record_type):
        refuse(request, f"choose in the import {batch.pk}")
    columns, rows = dict(batch.choices.get("columns", {})), dict(batch.choices.get("rows", {}))
    for place, use in enumerate(preview.headers):
        column = request.POST.get(f"{COLUMN}{place}")
        if column != use.column and column in {"", *dict(use.choices)}:
            columns[use.header] = column
    for row in preview.rows:
        choice = request.POST.get(f"{ROW}{row.key}")
        if choice == "":
            rows.pop(row.key, None)
        elif choice in row.choices:
            rows[row.key] = choice
    ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.READ).update(
        choices={"columns": columns, "rows": rows}
    )
    messages.success(request, _("Your choices were kept. Below is what would become of the file now."))
    query = request.GET.urlencode()
    return redirect(f"{address(batch)}?{query}" if query else address(batch))


def errors_page(model_admin, request, object_id):
    """The rows that cannot be taken, as a CSV file."""
    batch = batch_or_404(request, object_id)
    try:
        content = error_file(shown_preview(batch, request.user.has_perm(PUBLISH)))
    except UnreadableFileError as refusal:
        messages.error(request, refusal.sentence)
        return redirect(address(batch))
    disposition = f'attachment; filename="errors-of-import-{batch.pk}.csv"'
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition})
