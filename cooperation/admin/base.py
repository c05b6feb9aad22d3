"""What the lists and forms of all records have in common."""

from collections import defaultdict

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db import models
from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cooperation.admin import merge_pages
from cooperation.admin.confirm import confirm_selected
from cooperation.admin.saving import KeptAdmin
from cooperation.admin.steps import submit_selected
from cooperation.admin.work_queues import (
    ConfirmedFilter,
    DisagreeFilter,
    MineFilter,
    ReviewAgeFilter,
    SourcesFilter,
    sourced_rows,
)
from cooperation.models.partial_date import PartialDateField
from cooperation.references import fact_label

# A field that holds as many characters as a title is as wide as a paragraph.
LONG_TEXT = 200

PUBLICATION = (_("Publication"), {"fields": ["publication_status", "confirmed_on", "note"]})
ABOUT = (_("About this record"), {"fields": [("created", "updated", "version")], "classes": ["collapse"]})

# The further pages of a record of a type in which duplicates are looked for.
MERGED_PAGES = [*KeptAdmin.pages, ("merge/", "merge", merge_pages.merge_page)]


class PublicAdmin(KeptAdmin):
    """Offers “view on site” for what the public can see, and only for that."""

    def get_view_on_site_url(self, obj=None):
        if obj is None or not self.model.objects.published().filter(pk=obj.pk).exists():
            return None
        return super().get_view_on_site_url(obj)


class CitingAdmin(PublicAdmin):
    """A list in which curators see how much of a record rests on sources."""

    def get_queryset(self, request):
        total = Value(0)
        for rows in sourced_rows(self.model):
            # A subquery for each kind of row: joins would multiply the members of a forum by its meetings.
            counted = rows.order_by().values(rows.model.owner).annotate(total=Count("pk")).values("total")
            total += Coalesce(Subquery(counted), 0)
        return super().get_queryset(request).annotate(sourced=total)

    @admin.display(description=_("sourced statements"), ordering="sourced")
    def sourced_statements(self, record):
        return record.sourced


class RecordAdmin(CitingAdmin):
    """A record: entered with its parts and citations in one form, published by a step of its own."""

    # The publication status is changed by steps, each a button of its own.
    readonly_fields = ["publication_status", "created", "updated", "version"]
    save_on_top = True
    pages = MERGED_PAGES
    work_queues = [MineFilter, ReviewAgeFilter, SourcesFilter, DisagreeFilter, ConfirmedFilter]
    actions = [submit_selected, confirm_selected]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.CharField) and (db_field.max_length or 0) >= LONG_TEXT and not db_field.choices:
            field.widget.attrs["class"] = "vLargeTextField"
        return field


class LoadedAutocomplete:
    """An autocomplete field that shows the objects its row was loaded with.

    Django's own asks the database once for every row and field: 278 times for the members of the G77.
    """

    loaded = ()

    def optgroups(self, name, value, attr=None):
        chosen = {str(key) for key in value if key not in self.choices.field.empty_values}
        objects = [each for each in self.loaded if str(each.pk) in chosen]
        if len(objects) < len(chosen):
            # The curator chose something else and the form came back with a mistake in it.
            return super().optgroups(name, value, attr)
        options = []
        if not self.is_required and not self.allow_multiple_selected:
            options.append(self.create_option(name, "", "", False, 0))
        for index, each in enumerate(objects, start=len(options)):
            label = self.choices.field.label_from_instance(each)
            options.append(self.create_option(name, each.pk, label, True, index))
        return [(None, options, 0)]


class LoadedSelect(LoadedAutocomplete, AutocompleteSelect):
    pass


class LoadedSelectMultiple(LoadedAutocomplete, AutocompleteSelectMultiple):
    pass


class PartForm(forms.ModelForm):
    """One row of a record. Hands the related objects that came with the row to the widgets that show them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)  # Django wraps it in the “add another” icon
            if isinstance(widget, LoadedAutocomplete) and self.instance.pk:
                related = getattr(self.instance, name)
                widget.loaded = related.all() if widget.allow_multiple_selected else [related] if related else []


class PartFormSet(forms.BaseInlineFormSet):
    """The rows of one kind. Refuses, in the words of the constraint, rows that cannot both be true."""

    deletion_widget = forms.CheckboxInput(attrs={"aria-label": _("Delete")})

    def clean(self):
        super().clean()
        # Django holds the rows of one form against each other by plain unique constraints only, and each row against
        # the stored ones. Without this, the same partner entered twice at once would end in a server error.
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and (constraint.expressions or constraint.condition):
                self._refuse_repeated(constraint)

    def _refuse_repeated(self, constraint):
        names = constraint.fields or [name for part in constraint.expressions for name in field_names(part)]
        alike = defaultdict(list)
        for form in self.forms:
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get(DELETION_FIELD_NAME):
                alike[tuple(getattr(form.instance, name) for name in names if name != self.fk.name)].append(form)
        for forms_alike in alike.values():
            if len(forms_alike) > 1:
                for form in [form for form in forms_alike if applies(constraint.condition, form.instance)][1:]:
                    form.add_error(None, constraint.violation_error_message)


def field_names(expression):
    """The fields that an expression of a constraint reads."""
    if isinstance(expression, models.F):
        return [expression.name]
    return [name for part in expression.get_source_expressions() for name in field_names(part)]


def applies(condition, row):
    """Whether a constraint with this condition, or with none, is about `row`."""
    return not condition or condition.check({name: getattr(row, name) for name in condition.referenced_base_fields})


class PartInline(admin.TabularInline):
    """The rows of one kind that a record owns, as a table that opens as readily with 139 rows as with one."""

    form = PartForm
    formset = PartFormSet
    extra = 0
    view_on_site = False
    formfield_overrides = {
        # Without the admin's class for wide fields, so that a row fits on a screen.
        models.CharField: {"widget": forms.TextInput(attrs={"size": 20})},
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 2, "cols": 30})},
        PartialDateField: {"widget": forms.TextInput(attrs={"size": 10})},
    }

    def get_queryset(self, request):
        relations = [self.opts.get_field(name) for name in self.autocomplete_fields]
        single = [relation.name for relation in relations if not relation.many_to_many]
        multiple = [relation.name for relation in relations if relation.many_to_many]
        rows = super().get_queryset(request).select_related(self.model.owner, *single)
        return rows.prefetch_related(*multiple)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(
            db_field, request, widget=LoadedSelect(db_field, self.admin_site), **kwargs
        )

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(
            db_field, request, widget=LoadedSelectMultiple(db_field, self.admin_site), **kwargs
        )

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # The cells of a table have no label of their own.
        field.widget.attrs["aria-label"] = field.label
        if db_field.is_relation:
            # Three more icons in every cell would hide the row; the related record is opened from its own list.
            field.widget.can_change_related = field.widget.can_delete_related = field.widget.can_view_related = False
        return field


class StackedPartInline(PartInline):
    """The rows of one kind that a record owns, one below the other: for rows too long for a table."""

    template = admin.StackedInline.template
    formfield_overrides = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 80})}}


class CitationInline(PartInline):
    """Which source backs or disputes which fact of the record."""

    extra = 1
    fields = ["fact", "source", "value", "note"]
    autocomplete_fields = ["source"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "fact":
            facts = [(fact, capfirst(fact_label(self.parent_model, fact))) for fact in self.parent_model.FACTS]
            kwargs["widget"] = forms.Select(choices=[("", "–"), *facts])
        if db_field.name == "value":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 2, "cols": 30})
        return super().formfield_for_dbfield(db_field, request, **kwargs)
