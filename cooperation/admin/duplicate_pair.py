"""Possible duplicates in the admin: a list to decide from. Each row leads to the page on which the two are compared."""

import logging

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cooperation.admin.registry_admin import RegistryAdmin
from cooperation.duplicates import MERGEABLE, decide_different, refresh
from cooperation.models import DuplicatePair

logger = logging.getLogger(__name__)
MODELS = {model._meta.model_name: model for model in MERGEABLE}


class PairList(ChangeList):
    """A page of pairs, with the records of all of them read at once."""

    def get_results(self, request):
        super().get_results(request)
        attach_records(self.result_list)


class TypeFilter(admin.SimpleListFilter):
    title = _("record type")
    parameter_name = "record_type"

    def lookups(self, request, model_admin):
        return [(name, capfirst(model._meta.verbose_name_plural)) for name, model in MODELS.items()]

    def queryset(self, request, queryset):
        return queryset.filter(record_type=self.value()) if self.value() else queryset


@admin.action(description=_("Not the same"), permissions=["change"])
def not_the_same(model_admin, request, pairs):
    """Note that the chosen pairs are two records each, and who said so."""
    pairs = attach_records(pairs.filter(state=DuplicatePair.State.WAITING))
    done = [pair for pair in pairs if pair.first and pair.second]
    for pair in done:
        decide_different(pair.first, pair.second, request.user)
    text = ngettext("%(number)s pair is not the same: noted.", "%(number)s pairs are not the same: noted.", len(done))
    messages.success(request, text % {"number": len(done)})


@admin.register(DuplicatePair)
class DuplicatePairAdmin(RegistryAdmin):
    list_display = ["pair", "record_kind", "score", "why", "state", "decided_by"]
    list_filter = ["state", TypeFilter]
    list_select_related = ["decided_by"]
    actions = [not_the_same]
    change_list_template = "admin/cooperation/duplicate_pairs.html"

    def get_urls(self):
        search = self.admin_site.admin_view(self.search_again)
        return [path("search/", search, name="cooperation_duplicatepair_search"), *super().get_urls()]

    def get_changelist(self, request, **kwargs):
        return PairList

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A pair has no form: it is decided where the two are compared."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        pair = self.get_object(request, object_id)
        if pair is None or pair.record_type not in MODELS:
            raise Http404
        attach_records([pair])
        if pair.first and pair.second:
            return redirect(compare_url(pair))
        messages.info(request, _("One of the two records has been deleted or merged: there is nothing to compare."))
        return redirect("admin:cooperation_duplicatepair_changelist")

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": capfirst(self.opts.verbose_name_plural)})

    def search_again(self, request):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            logger.warning("%s may not look for duplicates", request.user)
            raise PermissionDenied
        waiting = refresh()
        text = ngettext("%(number)s pair waits to be looked at.", "%(number)s pairs wait to be looked at.", waiting)
        messages.success(request, text % {"number": waiting})
        return redirect("admin:cooperation_duplicatepair_changelist")

    @admin.display(description=_("records"))
    def pair(self, pair):
        return format_html("{}<br>{}", *(record or _("a record that is gone") for record in (pair.first, pair.second)))

    @admin.display(description=_("record type"), ordering="record_type")
    def record_kind(self, pair):
        return capfirst(MODELS[pair.record_type]._meta.verbose_name) if pair.record_type in MODELS else pair.record_type


def attach_records(pairs):
    """The pairs, each with its records as `first` and `second`; None for one that is gone."""
    pairs = list(pairs)
    found = {}
    for name, model in MODELS.items():
        ids = {pk for pair in pairs if pair.record_type == name for pk in (pair.first_id, pair.second_id)}
        if ids:
            found |= {(name, pk): record for pk, record in model._base_manager.in_bulk(ids).items()}
    for pair in pairs:
        pair.first, pair.second = (found.get((pair.record_type, pk)) for pk in (pair.first_id, pair.second_id))
    return pairs


def compare_url(pair):
    """Where the two are compared."""
    return f"{reverse(f'admin:cooperation_{pair.record_type}_merge', args=[pair.first_id])}?with={pair.second_id}"
