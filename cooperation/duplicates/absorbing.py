"""What a row says that a twin of it does not, added to the twin, so that nothing is lost when the row goes."""

from django.core.exceptions import ValidationError
from django.db import models

from cooperation.models import Citation, format_partial_date
from cooperation.models.partial_date import PartialDateField

EMPTY = ("", None)
BETWEEN_NOTES = "; "


def absorb(twin, row):
    """Give `twin` what it lacks; what it gives otherwise is kept as a citation of the record, or in its note."""
    rest = []
    for field in stated_fields(row):
        ours, theirs = getattr(twin, field.attname), getattr(row, field.attname)
        if theirs in EMPTY or theirs == ours or theirs is False:
            continue
        if (ours in EMPTY or ours is False) and fits(twin, {field.attname: theirs}):
            setattr(twin, field.attname, theirs)
        else:
            rest.append(f"{field.verbose_name}: {in_words(field, row)}")
    for field in row._meta.many_to_many:
        getattr(twin, field.name).add(*getattr(row, field.name).all())
    notes = [row.note] if row.note and row.note not in twin.note else []
    if twin.source_id is None:
        twin.source_id = row.source_id
    elif row.source_id not in (None, twin.source_id) and cite_too(twin, row, rest):
        rest = []
    add_to_note(twin, [*rest, *notes])
    twin.save()


def stated_fields(row):
    """The fields of a row besides its record, its source and its note."""
    apart = {"source", "note", row.owner}
    return [
        field
        for field in row._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in apart
    ]


def fits(row, values):
    """Whether `row` could hold `values` as well; it is left as it is."""
    before = {name: getattr(row, name) for name in values}
    try:
        for name, value in values.items():
            setattr(row, name, value)
        for constraint in row._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                constraint.validate(type(row), row)
    except ValidationError:
        return False
    finally:
        for name, value in before.items():
            setattr(row, name, value)
    return True


def cite_too(twin, row, rest):
    """Keep the second source of a part as a citation of the record; False where the record has none for such parts."""
    record = getattr(twin, twin.owner)
    facts = {relation.get_accessor_name(): relation.related_model for relation in record._meta.related_objects}
    fact = next((name for name in record.FACTS if facts.get(name) is type(row)), None)
    if fact is None:
        return False
    value = "; ".join([str(row), *rest])[:LONGEST_VALUE]
    given = {"fact": fact, "source_id": row.source_id, "value": value}
    if not record.citations.filter(**given).exists():
        record.citations.create(**given)
    return True


def add_to_note(row, texts):
    most = row._meta.get_field("note").max_length
    row.note = BETWEEN_NOTES.join([text for text in (row.note, *texts) if text])[:most]


def in_words(field, row):
    """The value of a field as a reader would write it; "" if it is not stated."""
    value = getattr(row, field.name)
    if value in EMPTY:
        return ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return format_partial_date(value) if isinstance(field, PartialDateField) else str(value)


LONGEST_VALUE = Citation._meta.get_field("value").max_length
