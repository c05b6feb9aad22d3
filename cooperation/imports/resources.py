"""What a table of each kind may say: its columns, what others call them, and what its rows must keep to.

A resource of django-import-export for each record and for each kind of its parts. The columns are those of our own
files, made from the fields of the model; what else stands in our files is worked out and read by nobody.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from import_export import resources

from cooperation.imports.cells import (
    AmountWidget,
    ChoiceWidget,
    Column,
    DayWidget,
    LinesWidget,
    LinksWidget,
    LinkWidget,
    PartialDateWidget,
    TextWidget,
    WholeNumberWidget,
    YesNoWidget,
    currency_in,
    says_nothing,
    text_of,
)
from cooperation.imports.iati_content import out_of_order
from cooperation.models import Agency, Country, Forum, Fund, Goal, Instrument, Source, Theme
from cooperation.models.partial_date import PartialDateField

KINDS = {
    Country: "countries",
    Agency: "agencies",
    Forum: "forums",
    Fund: "funds",
    Source: "sources",
    Theme: "themes",
    Goal: "goals",
    Instrument: "instruments",
}
LINES = ("former_names",)
# In the files of every record, and worked out by the registry.
DERIVED = ("url", "sources", "created", "updated", "publication_status", "checked_on", "check_result")
DERIVED_ENDINGS = ("_label", "_name", "_names")
# Without which nothing is published, and for which a draft may wait.
MAY_WAIT = ("modality", "kind")


def widget_of(field, others=None):
    """The widget that reads the cells of a model field."""
    if field.many_to_many:
        return LinksWidget(field.related_model, KINDS[field.related_model])
    if field.is_relation:
        return LinkWidget(field.related_model, KINDS[field.related_model])
    if field.choices:
        return ChoiceWidget(field.flatchoices, others)
    if field.name in LINES:
        return LinesWidget()
    kinds = (
        (PartialDateField, PartialDateWidget),
        (models.DateField, DayWidget),
        (models.DecimalField, AmountWidget),
        (models.BooleanField, YesNoWidget),
        (models.IntegerField, WholeNumberWidget),
    )
    return next((widget for field_class, widget in kinds if isinstance(field, field_class)), TextWidget)()


class TableResource(resources.ModelResource):
    """The columns of one kind of table.

    `ALIASES` are other names of a column, folded; `WORDS` other words for the choices of one. `DERIVED` are columns of
    our files that are not read. `KEY` are the fields by which a part is known again, and `NAME` the table of the parts.
    """

    ALIASES = {}
    WORDS = {}
    DERIVED = ()
    OWN_NAMES = {}  # columns that are called otherwise in our files
    PARTS = ()  # the resources of the tables of its parts
    NAME = ""
    KEY = ()
    DATES = ()  # two fields, the second not before the first
    AMOUNT = ()  # two fields, an amount and its currency
    present = ()  # the columns that the table has

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        return Column(django_field, widget_of(django_field, cls.WORDS.get(field_name)))

    @classmethod
    def owner(cls):
        """The name of the link from a part to its record; "" for a record."""
        return getattr(cls._meta.model, "owner", "")

    @classmethod
    def many(cls):
        """The names of the many-to-many fields."""
        return [name for name, column in cls.fields.items() if isinstance(column.widget, LinksWidget)]

    @classmethod
    def is_derived(cls, name):
        """Whether a column of that name stands in our files and is worked out from others."""
        stem = next((name.removesuffix(end) for end in DERIVED_ENDINGS if name.endswith(end)), "")
        derived = {*DERIVED, *cls.DERIVED}
        return name in derived or bool(stem and (stem in cls.fields or stem in derived))

    def get_import_fields(self):
        """The columns that are looked for in each row."""
        return [column for name, column in self.fields.items() if name in self.present]

    def read(self, instance, row, reading):
        """Give `instance` what the cells of `row`, `{column: cell}`, say, and return `{many-to-many field: keys}`."""
        many, self.present = {}, row
        try:
            self.import_instance(instance, row, reading=reading)
        except ValidationError as error:
            reading.errors += [
                (self.column_of(name), message) for name, told in error.message_dict.items() for message in told
            ]
        for name in self.many():
            if name in row and not (says_nothing(row[name], reading) and not reading.is_own):
                many[name] = self.fields[name].clean(row, reading=reading)
        return many

    def column_of(self, attribute):
        return next((name for name, column in self.fields.items() if column.attribute == attribute), attribute)

    def what_is_wrong(self, instance):
        """`(column, sentence)` of what no form would take, beyond single fields. Nothing is asked of the database."""
        for start, end in [self.DATES] if self.DATES else []:
            first, last = getattr(instance, start), getattr(instance, end)
            if out_of_order(first, last):
                yield end, _("It ends before it begins (%(start)s – %(end)s).") % {"start": first, "end": last}
        for amount, currency in [self.AMOUNT] if self.AMOUNT else []:
            if (getattr(instance, amount) is None) != (getattr(instance, currency) == ""):
                yield amount, _("Give the amount and its currency together.")


class AmountColumn(Column):
    """An amount; a currency that stands in the same cell is taken from there."""

    def save(self, instance, row, is_m2m=False, **context):
        super().save(instance, row, is_m2m, **context)
        currency = self.column_name.replace("_amount", "_currency")
        if currency not in row and (found := currency_in(row[self.column_name])):
            setattr(instance, currency, found)


class ParentNameColumn(Column):
    """In our files it repeats the name of the record above, where there is one; then it is no statement of its own."""

    def save(self, instance, row, is_m2m=False, **context):
        if not text_of(row.get("parent")):
            super().save(instance, row, is_m2m, **context)
