"""Milestones in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cooperation.admin.base import ABOUT, PUBLICATION, CitationInline, RecordAdmin
from cooperation.models import Milestone, MilestoneCitation


class MilestoneCitationInline(CitationInline):
    model = MilestoneCitation


@admin.register(Milestone)
class MilestoneAdmin(RecordAdmin):
    list_display = [
        "title",
        "date",
        "city",
        "country",
        "forum",
        "publication_status",
        "sourced_statements",
        "confirmed_on",
        "updated",
    ]
    list_select_related = ["country", "forum"]
    list_filter = ["publication_status", *RecordAdmin.work_queues, ("forum", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["title", "city", "country__name", "slug"]
    search_help_text = _("Title, city, country or public id")
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["country", "forum"]
    inlines = [MilestoneCitationInline]
    fieldsets = [
        (_("What happened"), {"fields": ["title", "slug", "summary", "forum"]}),
        (_("When and where"), {"fields": [("date", "end"), "city", "country"]}),
        PUBLICATION,
        ABOUT,
    ]
