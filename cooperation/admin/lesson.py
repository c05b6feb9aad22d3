"""Lessons in the admin: with their claims and the evidence."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cooperation.admin.base import ABOUT, PUBLICATION, CitationInline, RecordAdmin, StackedPartInline
from cooperation.admin.saving import KeptAdmin
from cooperation.models import Claim, Evidence, Lesson, LessonCitation


class ClaimInline(StackedPartInline):
    model = Claim
    fields = [("position", "verdict"), "claim", "finding", "source", "note"]
    autocomplete_fields = ["source"]


class EvidenceInline(StackedPartInline):
    model = Evidence
    fields = [
        ("position", "support"),
        ("forum", "milestone", "agency"),
        ("project", "fund", "country"),
        "figure",
        "shows",
        "source",
        "note",
    ]
    autocomplete_fields = ["forum", "milestone", "agency", "project", "fund", "country", "source"]


class LessonCitationInline(CitationInline):
    model = LessonCitation


@admin.register(Lesson)
class LessonAdmin(RecordAdmin):
    pages = KeptAdmin.pages
    list_display = ["title", "position", "publication_status", "sourced_statements", "confirmed_on", "updated"]
    list_filter = ["publication_status", *RecordAdmin.work_queues]
    search_fields = ["title", "summary", "slug"]
    search_help_text = _("Title, summary or public id")
    prepopulated_fields = {"slug": ["title"]}
    inlines = [ClaimInline, EvidenceInline, LessonCitationInline]
    fieldsets = [
        (_("The lesson"), {"fields": ["title", "slug", "position", "summary", "text"]}),
        PUBLICATION,
        ABOUT,
    ]
