"""Former addresses in the admin: a list to look things up in. Records write it themselves when their id changes."""

from django.contrib import admin

from cooperation.admin.registry_admin import RegistryAdmin
from cooperation.models import FormerSlug


@admin.register(FormerSlug)
class FormerSlugAdmin(RegistryAdmin):
    list_display = ["slug", "record_type", "current"]
    list_filter = ["record_type"]
    search_fields = ["slug", "current"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
