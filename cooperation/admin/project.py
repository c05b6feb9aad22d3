"""Projects in the admin: with their partners, documents and citations in one form."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cooperation.admin.base import ABOUT, PUBLICATION, CitationInline, PartInline, RecordAdmin
from cooperation.admin.work_queues import BrokenLinkFilter, PastEndFilter
from cooperation.models import Document, Participation, Project, ProjectCitation


class ParticipationInline(PartInline):
    model = Participation
    fields = [
        "role",
        "country",
        "agency",
        "organisation",
        "organisation_ref",
        "organisation_type",
        "start",
        "end",
        "source",
        "note",
    ]
    autocomplete_fields = ["country", "agency", "source"]


class DocumentInline(PartInline):
    model = Document
    fields = ["title", "url", "category", "language", "source", "note"]
    autocomplete_fields = ["source"]


class ProjectCitationInline(CitationInline):
    model = ProjectCitation


@admin.register(Project)
class ProjectAdmin(RecordAdmin):
    list_display = [
        "title",
        "official_id",
        "modality",
        "status",
        "start",
        "end",
        "publication_status",
        "sourced_statements",
        "confirmed_on",
        "updated",
    ]
    list_filter = [
        "publication_status",
        *RecordAdmin.work_queues,
        PastEndFilter,
        BrokenLinkFilter,
        "modality",
        "status",
        ("forum", admin.RelatedOnlyFieldListFilter),
        ("themes", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["title", "official_id", "iati_identifier", "slug"]
    search_help_text = _("Title, official id or public id")
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["forum", "fund", "themes", "goals", "instruments"]
    inlines = [ParticipationInline, DocumentInline, ProjectCitationInline]
    fieldsets = [
        (_("What it is"), {"fields": ["title", ("official_id", "iati_identifier"), "slug", "summary", "modality"]}),
        (_("State and dates"), {"fields": ["status", ("start", "end")]}),
        (_("Money"), {"fields": [("budget_amount", "budget_currency"), "fund"]}),
        (_("What it is about"), {"fields": ["forum", "themes", "goals", "instruments"]}),
        PUBLICATION,
        ABOUT,
    ]
