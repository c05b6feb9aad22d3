"""Which fields of a model no two rows share, read from its constraints."""

from django.db import models


def unique_names(model):
    """Yield the names of fields that are unique together, and under which condition or None."""
    for field in model._meta.concrete_fields:
        if field.unique and field.is_relation:
            yield [field.name], None
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield (
                constraint.fields or [name for part in constraint.expressions for name in names_in(part)],
                constraint.condition,
            )


def names_in(expression):
    """The fields that an expression of a constraint reads."""
    if isinstance(expression, models.F):
        return [expression.name]
    return [name for part in expression.get_source_expressions() for name in names_in(part)]
