"""Which rows name a record, and what becomes of each when another record takes its place.

Everything is found from the models: a new relation needs nothing here.
"""

from dataclasses import dataclass

from django.db import models

from cooperation.models import Citation, registry_models, unique_names


@dataclass(frozen=True)
class Move:
    """A row that names the dropped record in `field`.

    `twin` is the row of the kept record which this one would repeat; or None.
    """

    row: models.Model
    field: models.Field
    twin: models.Model | None


def relations_to(model):
    """`[field, ...]`: every foreign key of the registry that can name a record of `model`."""
    return [
        field
        for related in registry_models()
        for field in related._meta.concrete_fields
        if field.is_relation and field.related_model is model
    ]


def links_to(model):
    """`[field, ...]`: every many-to-many field of the registry that can name a record of `model`."""
    return [
        field
        for related in registry_models()
        for field in related._meta.many_to_many
        if field.related_model is model and related is not model
    ]


def plan_moves(keep, drop, restated=None):
    """`[Move, ...]` of the rows of other records and of the parts of `drop`; nothing is written.

    The rows come with `keep` in the place of `drop`. `restated`: see `restate`.
    """
    moves = []
    for field in relations_to(type(drop)):
        # A record above or below another of its kind: see `merging.settle_tree`.
        rows = list(rows_naming(drop, field)) if field.model is not type(drop) else []
        if not rows:
            continue
        twins = Twins(field, (keep, drop))
        for row in rows:
            if getattr(row, "owner", None) == field.name:
                restate(row, restated or {})
            setattr(row, field.name, keep)
            moves.append(Move(row, field, twins.twin_of(row)))
    return moves


def rows_naming(record, field):
    single = [each.name for each in field.model._meta.concrete_fields if each.is_relation]
    return field.model._base_manager.filter(**{field.name: record}).select_related(*single).order_by("pk")


def restate(row, restated):
    """A citation that only points to a fact comes to say the value, where the record will no longer give it.

    `restated` is `{fact: value}` of the facts that the record it was made for gave in another way.
    """
    if isinstance(row, Citation) and not row.value and restated.get(row.fact):
        row.value = restated[row.fact][: row._meta.get_field("value").max_length]
        return True
    return False


class Twins:
    """The rows that name the kept record in `field`, by what of them is unique. Read once, whatever their number."""

    def __init__(self, field, records):
        self.keys = []
        for names, condition in unique_names(field.model):
            if field.name in names:
                about = None
                if condition is not None:
                    named = field.model._base_manager.filter(condition, **{f"{field.name}__in": records})
                    about = set(named.values_list("pk", flat=True))
                self.keys.append((names, about))
        self.rows = {}
        for row in rows_naming(records[0], field):
            self.add(row)

    def add(self, row):
        for key in self.keys_of(row):
            self.rows[key] = row

    def twin_of(self, row):
        """A row that a constraint does not let stand beside `row`, or None: then `row` is one of them from now on."""
        for key in self.keys_of(row):
            if key in self.rows and self.rows[key].pk != row.pk:
                return self.rows[key]
        self.add(row)
        return None

    def keys_of(self, row):
        for number, (names, about) in enumerate(self.keys):
            if about is None or row.pk in about:
                yield number, *(getattr(row, row._meta.get_field(name).attname) for name in names)
