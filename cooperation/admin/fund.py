"""Funds in the admin: with those who manage them and those who pay in."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cooperation.admin.base import ABOUT, PUBLICATION, CitationInline, PartInline, RecordAdmin
from cooperation.models import Contribution, Fund, FundCitation, FundManager


class FundManagerInline(PartInline):
    model = FundManager
    fields = ["agency", "organisation", "source", "note"]
    autocomplete_fields = ["agency", "source"]


class ContributionInline(PartInline):
    model = Contribution
    fields = ["country", "organisation", "source", "note"]
    autocomplete_fields = ["country", "source"]


class FundCitationInline(CitationInline):
    model = FundCitation


@admin.register(Fund)
class FundAdmin(RecordAdmin):
    list_display = [
        "name",
        "acronym",
        "forum",
        "established",
        "publication_status",
        "sourced_statements",
        "confirmed_on",
        "updated",
    ]
    list_select_related = ["forum"]
    list_filter = [
        "publication_status",
        *RecordAdmin.work_queues,
        "check_result",
        ("forum", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["name", "acronym", "slug", "forum__name", "forum__acronym"]
    search_help_text = _("Name, acronym, forum or public id")
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["forum"]
    inlines = [FundManagerInline, ContributionInline, FundCitationInline]
    fieldsets = [
        (_("What it is"), {"fields": ["name", "acronym", "slug", "summary", "forum"]}),
        (_("Foundation and size"), {"fields": ["established", ("size_amount", "size_currency"), "website"]}),
        PUBLICATION,
        ABOUT,
    ]
