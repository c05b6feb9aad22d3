"""Pending changes in the admin: the list, and the page on which one is read, accepted or returned."""

from collections import defaultdict

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.admin.pending_change import (
    OPEN,
    ChangeRefusedError,
    accept,
    compare_change,
    give_back,
    take_back,
    why_not_review,
)
from cooperation.admin.registry_admin import RegistryAdmin
from cooperation.admin.work_queues import AuthorFilter
from cooperation.models import PendingChange

LONGEST_ANSWER = 1_000


class PendingChangeList(ChangeList):
    """Reads the records that the changes are about, all of one type at once."""

    def get_results(self, request):
        super().get_results(request)
        numbers = defaultdict(set)
        for change in self.result_list:
            numbers[change.model].add(change.record_id)
        records = {model: model._base_manager.in_bulk(list(ids)) for model, ids in numbers.items()}
        for change in self.result_list:
            change.listed_record = records[change.model].get(change.record_id)


@admin.register(PendingChange)
class PendingChangeAdmin(RegistryAdmin):
    list_display = ["name_of_record", "type_of_record", "by", "made", "state", "reason", "reviewed_by"]
    list_select_related = ["by", "reviewed_by"]
    list_filter = ["state", AuthorFilter, "record_type"]
    search_fields = ["reason", "by__username"]
    search_help_text = gettext_lazy("Reason or account name")
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_changelist(self, request, **kwargs):
        return PendingChangeList

    @admin.display(description=gettext_lazy("record"))
    def name_of_record(self, change):
        return change.listed_record or _("(deleted)")

    @admin.display(description=gettext_lazy("record type"), ordering="record_type")
    def type_of_record(self, change):
        return capfirst(change.model._meta.verbose_name)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        change = self.get_object(request, unquote(object_id))
        is_own = change is not None and change.by_id == request.user.pk
        if not (is_own or self.has_view_permission(request, change)):
            raise PermissionDenied
        if change is None:
            raise Http404
        problems = []
        if request.method == "POST":
            try:
                return HttpResponseRedirect(decide(self.admin_site, request, change))
            except ChangeRefusedError as refused:
                problems = refused.problems
                change.refresh_from_db()
        return pending_page(self, request, change, problems)


def decide(site, request, change):
    """Do what the pressed button says, and give the address to go on to."""
    if "_accept" in request.POST:
        accept(site, request, change.pk)
        messages.success(request, _("The change was accepted: everybody can read it now."))
        return url_of(change.record)
    if "_return" in request.POST:
        give_back(request, change.pk, request.POST.get("answer", "")[:LONGEST_ANSWER])
        messages.success(
            request, _("The change was returned. Its author finds it with your answer on their first page.")
        )
        return reverse("admin:cooperation_pendingchange_changelist")
    if "_take_back" in request.POST:
        take_back(request, change.pk)
        messages.success(request, _("The change was taken back. The record stays as it is."))
        return reverse("admin:cooperation_pendingchange_changelist")
    raise ChangeRefusedError([_("Choose what to do with the change: accept it, return it or take it back.")])


def pending_page(model_admin, request, change, problems):
    record = change.record
    comparison = None
    if record is not None and change.state in OPEN:
        site = model_admin.admin_site.get_model_admin(change.model)
        comparison = compare_change(site, request, change, site.get_object(request, str(record.pk)))
    why_not = why_not_review(request.user, change)
    is_own = change.by_id == request.user.pk
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Proposed change of “%(name)s”") % {"name": record or _("a deleted record")},
        "change": change,
        "record": record,
        "record_url": record and url_of(record),
        "comparison": comparison,
        "problems": problems,
        "answer": request.POST.get("answer", ""),
        "may_review": change.state == PendingChange.State.WAITING and not why_not,
        "why_not": why_not,
        "is_own": is_own,
        "may_open_again": is_own and record is not None and change.state in OPEN,
    }
    status = 409 if problems else 200
    return TemplateResponse(request, "admin/cooperation/pending_change.html", context, status=status)


def url_of(record):
    return reverse(f"admin:cooperation_{record._meta.model_name}_change", args=[record.pk])
