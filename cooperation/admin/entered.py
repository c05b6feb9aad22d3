"""What somebody entered into the form of a record, in words. It need not be valid."""

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.text import capfirst

from cooperation.history import Difference
from cooperation.history.wording import kind_of, value_in_words


def entered(form, formsets):
    """`[Difference, ...]` of what the author of a bound form and its formsets changed."""
    found = of_fields(form, form.instance.pk)
    for row in (row for formset in formsets for row in formset.forms if row.has_changed()):
        model, pk, kind = row._meta.model, row.instance.pk, kind_of(row._meta.model)
        is_deleted = DELETION_FIELD_NAME in row.changed_data
        if pk is None and not is_deleted:
            # Nothing but its place tells a new row from others.
            found.append(Difference(model, row.prefix, "", kind, "", row_in_words(row)))
        elif is_deleted and pk is not None:
            found.append(Difference(model, pk, "", kind, row_in_words(row), ""))
        elif pk is not None:
            found += of_fields(row, pk, f"{kind} ({row_in_words(row)}): ")
    return found


def of_fields(form, pk, row=""):
    model = form._meta.model
    return [
        Difference(
            model,
            pk,
            name,
            f"{row}{form[name].label}" if row else capfirst(form[name].label),
            in_words(form, name, form.get_initial_for_field(form.fields[name], name)),
            in_words(form, name, form[name].data),
        )
        for name in form.changed_data
    ]


def row_in_words(row):
    """Say what was entered in a row: “Role: Provider; Country or area: Thailand”."""
    names = [name for name, field in row.fields.items() if not field.widget.is_hidden and name != DELETION_FIELD_NAME]
    told = [(capfirst(row[name].label), in_words(row, name, row[name].data)) for name in names]
    return "; ".join(f"{label}: {value}" for label, value in told if value)


def in_words(form, name, value):
    """A value of a field as a reader would say it; as it was sent where the field does not take it."""
    if isinstance(value, list) and value and isinstance(value[0], Model):
        return ", ".join(str(each) for each in value)
    try:
        value = form.fields[name].clean(value)
    except ValidationError:
        return str(value or "")
    if isinstance(value, QuerySet):
        return ", ".join(str(each) for each in value)
    if isinstance(value, Model):
        return str(value)
    try:
        return value_in_words(form._meta.model._meta.get_field(name), value)
    except FieldDoesNotExist:
        return str(value or "")
