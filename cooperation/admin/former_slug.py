"""Former addresses in the admin: a list to look things up in. Records write it themselves when their id changes."""

from django.contrib import admin

from cooperation.admin.registry_admin import RegistryAdmin, viewable_models
from cooperation.models import FormerSlug


@admin.register(FormerSlug)
class FormerSlugAdmin(RegistryAdmin):
    list_display = ["slug", "record_type", "current"]
    list_filter = ["record_type"]
    search_fields = ["slug", "current"]

    def get_queryset(self, request):
        # An id is mostly made of the title of its record, which not everybody may read.
        names = [model._meta.model_name for model in viewable_models(self.admin_site, request)]
        return super().get_queryset(request).filter(record_type__in=names)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
