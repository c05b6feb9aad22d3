"""Filters that tell curators what is waiting: records without a source, records that nobody has confirmed lately."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.models import Project


def sourced_rows(model):
    """One queryset for each kind of row that names a source for a record of `model`: citations, then sourced parts.

    Each is bound to the record of an outer query, for use in a subquery.
    """
    for relation in ("citations", *model.SOURCED_PARTS):
        rows = model._meta.get_field(relation).related_model
        yield rows.objects.filter(**{rows.owner: OuterRef("pk")}, source__isnull=False)


class SourcesFilter(admin.SimpleListFilter):
    """Records of which nothing, or at least something, is stated with a source."""

    title = _("sources")
    parameter_name = "sources"

    def lookups(self, request, model_admin):
        return [("none", _("No source")), ("some", _("At least one source"))]

    def queryset(self, request, queryset):
        has_source = Q(*(Exists(rows) for rows in sourced_rows(queryset.model)), _connector=Q.OR)
        if self.value() == "none":
            return queryset.exclude(has_source)
        if self.value() == "some":
            return queryset.filter(has_source)
        return queryset


class ConfirmedFilter(admin.SimpleListFilter):
    """Records by the day on which somebody last held them against their sources."""

    title = _("confirmed")
    parameter_name = "confirmed"

    def lookups(self, request, model_admin):
        return [
            ("never", _("Never")),
            ("over_a_year_ago", _("Over a year ago")),
            ("within_a_year", _("Within a year")),
        ]

    def queryset(self, request, queryset):
        year_ago = timezone.localdate() - timedelta(days=365)
        if self.value() == "never":
            return queryset.filter(confirmed_on__isnull=True)
        if self.value() == "over_a_year_ago":
            return queryset.filter(confirmed_on__lt=year_ago)
        if self.value() == "within_a_year":
            return queryset.filter(confirmed_on__gte=year_ago)
        return queryset


class PastEndFilter(admin.SimpleListFilter):
    """Projects that are said to run although their end has passed."""

    title = _("dates")
    parameter_name = "dates"

    def lookups(self, request, model_admin):
        return [("past_end", _("Running but past its end"))]

    def queryset(self, request, queryset):
        if self.value() != "past_end":
            return queryset
        today = timezone.localdate().isoformat()
        # A project that ends “2026” or “2026-11” may run until the last day of that year or month.
        not_over = ["", today[:4], today[:7]]
        running = queryset.filter(status=Project.Status.IN_EXECUTION)
        return running.filter(end__lt=today).exclude(end__in=not_over)
