"""Sources in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cooperation.admin.base import MERGED_PAGES, PublicAdmin
from cooperation.models import Source


@admin.register(Source)
class SourceAdmin(PublicAdmin):
    """A page, document or dataset that records cite. Filtering by the last check finds the broken links."""

    pages = MERGED_PAGES
    list_display = ["title", "publisher", "kind", "published", "retrieved", "checked_on", "check_result"]
    list_filter = ["check_result", "kind", ("archived_url", admin.EmptyFieldListFilter)]
    search_fields = ["title", "publisher", "url", "slug"]
    search_help_text = _("Title, publisher, address or public id")
    prepopulated_fields = {"slug": ["publisher", "title"]}
    readonly_fields = ["checked_on", "check_result", "check_detail", "last_good_on"]
    fieldsets = [
        (_("What it is"), {"fields": ["title", "publisher", "slug", "kind", "published"]}),
        (_("Where to read it"), {"fields": ["url", "archived_url", "retrieved"]}),
        (_("Last check of the address"), {"fields": [("checked_on", "check_result"), "check_detail", "last_good_on"]}),
    ]
