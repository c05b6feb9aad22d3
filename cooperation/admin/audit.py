"""The audit log in the admin: read by superusers, changed by nobody."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cooperation.admin.registry_admin import RegistryAdmin
from cooperation.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(RegistryAdmin):
    list_display = ["made", "action", "user_name", "about", "detail", "address"]
    list_filter = ["action", "made", ("user", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["user_name", "about", "detail", "address"]
    search_help_text = _("Name of an account (also of a deleted one), record, address, or words of the detail")
    fields = ["made", "action", "user_name", "address", "about", "detail"]
    list_per_page = 50
    show_full_result_count = False
    actions = None
    view_on_site = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
