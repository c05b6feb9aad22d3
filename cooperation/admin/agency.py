"""Agencies in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cooperation.admin.base import ABOUT, PUBLICATION, CitationInline, PartInline, RecordAdmin
from cooperation.models import Agency, AgencyCitation, AgencyRole


class AgencyRoleInline(PartInline):
    model = AgencyRole
    fields = ["role", "source", "note"]
    autocomplete_fields = ["source"]


class AgencyCitationInline(CitationInline):
    model = AgencyCitation


@admin.register(Agency)
class AgencyAdmin(RecordAdmin):
    list_display = [
        "name",
        "acronym",
        "kind",
        "country",
        "publication_status",
        "sourced_statements",
        "confirmed_on",
        "updated",
    ]
    list_select_related = ["country"]
    list_filter = ["publication_status", *RecordAdmin.work_queues, "check_result", "kind", "country__portal_region"]
    search_fields = ["name", "acronym", "native_name", "former_names", "iati_id", "slug", "country__name"]
    search_help_text = _("Name (also former or native), acronym, country, IATI organisation id or public id")
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["country", "parent"]
    inlines = [AgencyRoleInline, AgencyCitationInline]
    fieldsets = [
        (_("Names"), {"fields": ["name", "acronym", "native_name", "former_names", "slug"]}),
        (_("What it is"), {"fields": ["kind", "summary"]}),
        (_("Where it belongs"), {"fields": ["country", "headquarters", "parent", "parent_name"]}),
        (_("Foundation, website, codes"), {"fields": ["established", "website", "iati_id"]}),
        PUBLICATION,
        ABOUT,
    ]
