"""Mistakes that readers report, in the admin: read, looked into, answered and closed."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext_lazy as _

from cooperation.admin.registry_admin import RegistryAdmin
from cooperation.audit import write_audit_entry
from cooperation.models import PUBLIC_RECORDS, AuditEntry, Correction

NAMES = {model._meta.model_name: model._meta.verbose_name for model in PUBLIC_RECORDS}


class CorrectionForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        is_answered = cleaned.get("state") in (Correction.State.CORRECTED, Correction.State.DECLINED)
        if is_answered and not cleaned.get("answer", "").strip():
            self.add_error("answer", _("Say what was done, or why nothing was: the next curator looks here."))
        return cleaned


class RecordTypeFilter(admin.SimpleListFilter):
    title = _("record type")
    parameter_name = "type"

    def lookups(self, request, model_admin):
        return [(name, capfirst(label)) for name, label in NAMES.items()]

    def queryset(self, request, queryset):
        return queryset.filter(record_type=self.value()) if self.value() in NAMES else queryset


@admin.register(Correction)
class CorrectionAdmin(RegistryAdmin):
    """What a reader wrote stays as it is. A curator answers it and closes the case, which notes who did and when."""

    form = CorrectionForm
    list_display = ["case", "state", "about", "received", "what_in_short"]
    list_filter = ["state", RecordTypeFilter]
    list_select_related = ["closed_by"]
    search_fields = ["public_id", "what", "source", "answer"]
    search_help_text = _("Public id of the record, or words of the report or the answer")
    date_hierarchy = "received"
    readonly_fields = ["about", "received", "what", "source", "email", "closed", "closed_by"]
    fieldsets = [
        (_("What a reader reports"), {"fields": ["about", "received", "what", "source", "email"]}),
        (_("What came of it"), {"fields": ["state", "answer", ("closed", "closed_by")]}),
    ]
    save_as = False
    view_on_site = False

    def has_add_permission(self, request):
        return False

    @admin.display(description=_("case"), ordering="id")
    def case(self, correction):
        return f"{correction.pk}"

    @admin.display(description=_("record"), ordering="public_id")
    def about(self, correction):
        address = reverse(f"admin:cooperation_{correction.record_type}_change", args=[correction.record_id])
        label = NAMES.get(correction.record_type, correction.record_type)
        return format_html('<a href="{}">{}</a> ({})', address, correction.public_id, label)

    @admin.display(description=_("what is wrong"))
    def what_in_short(self, correction):
        return Truncator(correction.what).chars(100) or _("deleted")

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and obj.email:
            write_audit_entry(AuditEntry.Action.PERSONAL_DATA_READ, request=request, about=f"correction {obj.pk}")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        if "state" in form.changed_data:
            is_open = obj.state == Correction.State.OPEN
            obj.closed, obj.closed_by = (None, None) if is_open else (timezone.now(), request.user)
        super().save_model(request, obj, form, change)
