"""Forums in the admin: with their members, roles and meetings."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cooperation.admin.base import ABOUT, PUBLICATION, CitationInline, PartInline, RecordAdmin, StackedPartInline
from cooperation.models import Forum, ForumCitation, ForumRole, Meeting, Membership


class MembershipInline(PartInline):
    model = Membership
    fields = ["country", "kind", "joined", "left", "designation", "source", "note"]
    autocomplete_fields = ["country", "source"]


class ForumRoleInline(PartInline):
    model = ForumRole
    fields = ["role", "country", "agency", "organisation", "start", "end", "source", "note"]
    autocomplete_fields = ["country", "agency", "source"]


class MeetingInline(StackedPartInline):
    model = Meeting
    fields = ["edition", ("date", "end"), ("city", "country", "online"), "hosts", "outcome", "source", "note"]
    autocomplete_fields = ["country", "hosts", "source"]


class ForumCitationInline(CitationInline):
    model = ForumCitation


@admin.register(Forum)
class ForumAdmin(RecordAdmin):
    list_display = [
        "name",
        "acronym",
        "kind",
        "reach",
        "established",
        "publication_status",
        "sourced_statements",
        "confirmed_on",
        "updated",
    ]
    list_filter = ["publication_status", *RecordAdmin.work_queues, "check_result", "kind", "reach", "stated_activity"]
    search_fields = ["name", "acronym", "name_es", "name_pt", "name_fr", "former_names", "slug"]
    search_help_text = _("Name (also former, Spanish, Portuguese or French), acronym or public id")
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["established_country", "secretariat_country", "themes"]
    inlines = [MembershipInline, ForumRoleInline, MeetingInline, ForumCitationInline]
    fieldsets = [
        (_("Names"), {"fields": ["name", "acronym", "name_es", "name_pt", "name_fr", "former_names", "slug"]}),
        (_("What it is"), {"fields": ["kind", "reach", "summary", "themes", "website"]}),
        (_("Foundation"), {"fields": ["established", "established_city", "established_country"]}),
        (_("Secretariat"), {"fields": ["secretariat", "secretariat_city", "secretariat_country"]}),
        (_("Members and meetings"), {"fields": ["stated_member_count", "rhythm_months", "stated_activity"]}),
        PUBLICATION,
        ABOUT,
    ]
