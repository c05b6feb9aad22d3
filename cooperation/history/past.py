"""What the copies say: which row was made, changed or deleted in which edit."""

from collections import defaultdict
from dataclasses import dataclass

from cooperation.models import CheckedAddress, Edit, FormerSlug, editing, registry_models

# What follows from a row being saved or tested, and is no statement of anybody.
OF_NO_INTEREST = {"id", "created", "updated", "version"} | {field.name for field in CheckedAddress._meta.fields}
# Rows that are copied at a time.
BATCH = 1_000


@dataclass(frozen=True)
class Step:
    """What an edit did to one row. `before` and `after` are its values, None where there was no such row.

    Values are `{name of the column, or of a many-to-many field: value, or frozenset of ids}`. What was before may not
    be known: of a row that was changed first when no copy of it was kept.
    """

    model: type
    pk: int
    edit: int
    before: dict | None
    after: dict | None
    is_known: bool = True

    @property
    def changed(self):
        """The names of what differs; empty for a row that was made or deleted."""
        if self.before is None or self.after is None:
            return []
        return [name for name in self.after if self.before.get(name) != self.after[name]]

    @property
    def records(self):
        """`{(model, id), ...}` of the records that the row is or belongs to, before and after."""
        owner = owner_of(self.model)
        if owner is None:
            return {(self.model, self.pk)}
        states = [state for state in (self.before, self.after) if state]
        return {(owner.related_model, state[owner.attname]) for state in states}


def owner_of(model):
    """The field that names the record to which a row of `model` belongs; None where rows stand for themselves."""
    return model._meta.get_field(model.owner) if getattr(model, "owner", None) else None


def parts_of(model):
    """The models whose rows belong to a record of `model`: its parts and its citations."""
    return [each for each in registry_models() if owner_of(each) and owner_of(each).related_model is model]


def columns(model):
    """The names of the columns that are kept and that somebody states."""
    return [field.attname for field in model.history.model.tracked_fields if field.name not in OF_NO_INTEREST]


def many(model):
    """Name the many-to-many fields that are kept, in the order of the model: the library has them in a set."""
    kept = {field.name for field in model.history.model._history_m2m_fields}
    return [field.name for field in model._meta.many_to_many if field.name in kept]


def steps_of_record(record):
    """`[Step, ...]` of a record, of its address and of what belongs to it, oldest first within each row."""
    model = type(record)
    own = model.history.model.objects.filter(id=record.pk)
    found = walk(model, own)
    for part in parts_of(model):
        past = part.history.model
        ever = past.objects.filter(**{part.owner: record.pk}).values("id")
        found += walk(part, past.objects.filter(id__in=ever))
    if hasattr(model, "publication_status"):
        past = FormerSlug.history.model.objects.filter(record_type=model._meta.model_name)
        ever = past.filter(current__in=own.values("slug")).values("id")
        found += walk(FormerSlug, past.filter(id__in=ever))
    return found


def steps_of_edits(edits, record=None):
    """`[Step, ...]` of these edits; with `record`, those of it and of what belongs to it."""
    ids = {edit.pk for edit in edits}
    if record is not None:
        return [step for step in steps_of_record(record) if step.edit in ids]
    found = []
    for model in registry_models():
        past = model.history.model
        touched = past.objects.filter(edit__in=ids)
        if touched.exists():
            steps = walk(model, past.objects.filter(id__in=touched.values("id")))
            found += [step for step in steps if step.edit in ids]
    return found


def walk(model, rows):
    """The steps that some past rows of `model` tell of. All rows of an object must be among them."""
    names = columns(model)
    linked = {name: links(rows, model, name) for name in many(model)}
    last, found = {}, {}
    for key, pk, edit, kind, *values in rows.order_by("history_id").values_list(
        "history_id", "id", "edit", "history_type", *names
    ):
        state = None
        if kind != "-":
            state = dict(zip(names, values, strict=True)) | {name: frozenset(linked[name][key]) for name in linked}
        # A row may be saved several times in one edit: what counts is how it was before, and how it is left.
        earlier = found.get((edit, pk))
        before = earlier.before if earlier else last.get(pk)
        is_known = earlier.is_known if earlier else pk in last or kind == "+"
        found[edit, pk] = Step(model, pk, edit, before, state, is_known)
        last[pk] = state
    # A row that came and went in one edit was never there for anybody.
    return [step for step in found.values() if step.before is not None or step.after is not None or not step.is_known]


def links(rows, model, name):
    """`{history id: {id, ...}}` of what a many-to-many field held."""
    past = getattr(rows.model, name).model
    target = model._meta.get_field(name).m2m_reverse_field_name()
    found = defaultdict(set)
    for key, value in past.objects.filter(history__in=rows.values("history_id")).values_list("history_id", target):
        found[key].add(value)
    return found


def edits_of(record):
    """The edits of a record and of what belongs to it, newest first."""
    model = type(record)
    ids = model.history.model.objects.filter(id=record.pk).order_by().values_list("edit", flat=True)
    parts = [
        part.history.model.objects.filter(**{part.owner: record.pk}).order_by().values_list("edit", flat=True)
        for part in parts_of(model)
    ]
    found = set(ids.union(*parts) if parts else ids)
    return Edit.objects.filter(pk__in=found).select_related("by", "reviewed_by", "undoes")


# What somebody did to the words of a record, not only to its state.
OF_CONTENT = (Edit.Kind.FORM, Edit.Kind.IMPORT, Edit.Kind.MERGE, Edit.Kind.UNDO)


def last_content_edit(record):
    """The newest edit in which somebody changed what the record says; None if nobody has."""
    return edits_of(record).filter(kind__in=OF_CONTENT).first()


def begin_history(what):
    """Keep a first copy of every row that has none, as loaded by `what`: later changes are told from it."""
    without_copy = {model: ids for model in registry_models() if (ids := ids_without_copy(model))}
    if not without_copy:
        return
    with editing(Edit.Kind.LOADED, what=what):
        for model, ids in without_copy.items():
            for start in range(0, len(ids), BATCH):
                rows = model._base_manager.filter(pk__in=ids[start : start + BATCH]).order_by("pk")
                copies = model.history.bulk_history_create(rows, batch_size=BATCH)
                for name in many(model):
                    keep_links(model, name, {copy.id: copy for copy in copies})


def ids_without_copy(model):
    copied = model.history.model.objects.order_by().values("id")
    return list(model._base_manager.exclude(pk__in=copied).order_by("pk").values_list("pk", flat=True))


def keep_links(model, name, copies):
    """Copy what the many-to-many field `name` holds for the rows that `copies` are of."""
    field, past = model._meta.get_field(name), getattr(model.history.model, name).model
    through, owner = field.remote_field.through, field.m2m_field_name()
    links = through.objects.filter(**{f"{owner}__in": list(copies)})
    past.objects.bulk_create(
        [
            past(
                history=copies[getattr(link, f"{owner}_id")],
                **{column.attname: getattr(link, column.attname) for column in through._meta.concrete_fields},
            )
            for link in links
        ],
        batch_size=BATCH,
    )
