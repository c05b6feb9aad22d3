"""What all our lists and forms in Django's admin have in common."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

# Words of a search in the admin. SQLite takes no condition that is nested 1,000 times, which is once for each word.
MAX_SEARCH_WORDS = 100


class RegistryAdmin(admin.ModelAdmin):
    """A list that finds nothing for more words than a database takes, and a history for those who may view the list."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        if len(search_term.split()) > MAX_SEARCH_WORDS:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        # Django looks for the row before it asks for the right, and so tells anybody on the staff if there is one.
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)


def viewable_models(site: admin.AdminSite, request: HttpRequest) -> set[type[Model]]:
    """Find the models of the admin whose rows the user of `request` may view."""
    return {model for model, model_admin in site._registry.items() if model_admin.has_view_permission(request)}
