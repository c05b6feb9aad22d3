"""Imports in the admin: the list of all files that were brought in, and the addresses of the pages of each."""

from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _

from cooperation.admin.import_access import kind_in_words
from cooperation.admin.import_preview import errors_page, preview_page
from cooperation.admin.import_result import carry_out_page, undo_page
from cooperation.admin.import_upload import upload_page
from cooperation.admin.registry_admin import RegistryAdmin
from cooperation.imports.preview import MODELS
from cooperation.models import ImportBatch


@admin.register(ImportBatch)
class ImportBatchAdmin(RegistryAdmin):
    """Who brought in which file, and what became of it. A batch is never edited: it has pages of its own."""

    list_display = ["file_name", "what_is_in_it", "by", "made", "state", "summary"]
    list_filter = ["state"]
    list_select_related = ["by"]
    search_fields = ["file_name", "by__username"]
    search_help_text = _("File or user name")
    actions = None
    # Address and name of the pages that Django's own admin does not have.
    pages = [
        ("errors.csv", "errors", errors_page),
        ("carry-out/", "carry_out", carry_out_page),
        ("undo/", "undo", undo_page),
    ]

    def get_urls(self):
        own = [
            path(f"<path:object_id>/{suffix}", self.page(view), name=f"cooperation_importbatch_{name}")
            for suffix, name, view in self.pages
        ]
        return own + super().get_urls()

    def page(self, view):
        def page_of_batch(request, object_id):
            return view(self, request, object_id)

        return self.admin_site.admin_view(page_of_batch)

    def add_view(self, request, form_url="", extra_context=None):
        return upload_page(self, request)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return preview_page(self, request, object_id)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("what is in it"), ordering="record_type")
    def what_is_in_it(self, batch):
        return kind_in_words(batch.record_type) if batch.record_type in MODELS else batch.record_type
