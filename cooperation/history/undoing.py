"""An edit undone: what it changed is put back, unless somebody has changed it again since."""

from collections import defaultdict
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import SET_NULL, ProtectedError, RestrictedError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cooperation.history.past import BATCH, columns, many, owner_of, parts_of, steps_of_edits
from cooperation.history.wording import Words, differences, field_of, kind_of
from cooperation.models import (
    Correction,
    DuplicatePair,
    Edit,
    FormerSlug,
    PublicationStatus,
    Record,
    Versioned,
    editing,
    registry_models,
)

# Edits that have a way back of their own, or are the beginning.
NOT_UNDONE = (Edit.Kind.STEP, Edit.Kind.LOADED)


class UndoRefusedError(Exception):
    """Nothing was changed. `problems` are sentences that say why."""

    def __init__(self, problems):
        super().__init__(" ".join(problems))
        self.problems = problems


def undo(edit, by, reason, record=None):
    """Put back what `edit` changed, all of it or, with `record`, what belongs to that; gives the new `Edit`.

    Only fields that the edit changed are touched: later changes of others stay. Raises `UndoRefusedError` with every
    reason, and then nothing is changed.
    """
    if edit.kind in NOT_UNDONE:
        raise UndoRefusedError([_("This kind of change is not undone: change the publication status instead.")])
    try:
        with editing(Edit.Kind.UNDO, by=by, reason=reason, undoes=edit) as new:
            steps = steps_of_edits([edit], record)
            live = live_states(steps)
            problems = obstacles(steps, live)
            if problems:
                raise UndoRefusedError(problems)
            put_back(steps, live)
            if record is None:
                put_desk_back(edit, steps)
    except (ProtectedError, RestrictedError) as error:
        rows = ", ".join(sorted(f"{kind_of(type(row))} “{row}”" for row in error.args[1])[:5])
        raise UndoRefusedError(
            [_("Other records refer to what would be deleted: %(rows)s.") % {"rows": rows}]
        ) from error
    except IntegrityError as error:
        raise UndoRefusedError(
            [_("What was there does not go with what is there now: %(error)s.") % {"error": error}]
        ) from error
    return new


def why_not_undone(edit):
    """`[sentence, ...]` of what is in the way of undoing all of an edit, as far as can be told without trying."""
    with transaction.atomic():
        steps = steps_of_edits([edit])
        return obstacles(steps, live_states(steps))


def obstacles(steps, live):
    words = Words(steps)
    problems = [problem for step in steps for problem in in_the_way(step, live, words)]
    problems += [*later_rows(steps), *once_public(steps, words)]
    if not problems and not any(step.before != step.after for step in steps):
        problems = [_("This change left nothing that could be put back.")]
    return problems


def live_states(steps):
    """`{(model, pk): (row, state)}` of the rows that are there now."""
    wanted = defaultdict(set)
    for step in steps:
        wanted[step.model].add(step.pk)
    found = {}
    for model, ids in wanted.items():
        names, fields = columns(model), many(model)
        for pk, row in model._base_manager.select_for_update().prefetch_related(*fields).in_bulk(list(ids)).items():
            state = {name: getattr(row, name) for name in names}
            state |= {name: frozenset(each.pk for each in getattr(row, name).all()) for name in fields}
            found[model, pk] = (row, state)
    return found


def in_the_way(step, live, words):
    """Sentences that say why a step cannot be undone."""
    if step.model is FormerSlug:  # they follow the public ids of records, which are looked at
        return
    row, state = live.get((step.model, step.pk), (None, None))
    name = {"name": words.row(step.model, step.after or step.before or {}, most=2) or kind_of(step.model)}
    if not step.is_known:
        yield _("“%(name)s”: what was there before is not on record.") % name
    elif step.after is None:
        if row is not None:
            yield _("“%(name)s” is there again.") % name
    elif row is None:
        if step.before is not None:
            yield _("“%(name)s” has been deleted since.") % name
    elif step.before is None:
        if state != step.after:
            yield _("“%(name)s” has been changed since.") % name
    else:
        for changed in step.changed:
            if state[changed] != step.after[changed]:
                field = capfirst(field_of(step.model, changed).verbose_name)
                yield _("“%(name)s”: “%(field)s” has been changed again since.") % {**name, "field": field}


def rows_made(steps):
    """`{model: {id, ...}}` of the rows that an edit made and that would be deleted again."""
    made = defaultdict(set)
    for step in steps:
        if step.before is None and step.is_known:
            made[step.model].add(step.pk)
    return made


def later_rows(steps):
    """Sentences about rows that were given later to a record which would be deleted."""
    made = rows_made(steps)
    for model, ids in made.items():
        for part in parts_of(model):
            rows = part._base_manager.filter(**{f"{part.owner}__in": ids}).select_related(part.owner)
            for row in rows.exclude(pk__in=made.get(part, ())):
                yield _("“%(owner)s” has got “%(row)s” since.") % {"owner": getattr(row, part.owner), "row": row}


def once_public(steps, words):
    """Sentences about records which would be deleted, and which the public has seen: their address must not vanish."""
    for model, ids in rows_made(steps).items():
        if issubclass(model, Record):
            copies = model.history.model.objects.filter(id__in=ids, publication_status=PublicationStatus.PUBLISHED)
            shown = set(copies.values_list("id", flat=True))
            for row in model._base_manager.filter(pk__in=shown):
                yield _("“%(name)s” has been published: withdraw it instead.") % {"name": row}


def put_back(steps, live):
    """Make the rows as they were before these steps.

    Parts that were made go first, so that what they replaced finds its place free; records that were made go last, when
    nothing refers to them any more.
    """
    former = [step for step in steps if step.model is FormerSlug]
    steps = [step for step in steps if step.model is not FormerSlug]
    made = [step for step in steps if step.before is None]
    written, owners = [], set()
    delete_made([step for step in made if owner_of(step.model)], live)
    changed = [step for step in steps if step.before is not None and step.after is not None]
    # What gives a unique value back comes first: a deleted row may have had it.
    giving = [step for step in changed if any(field_of(step.model, name).unique for name in step.changed)]
    written += [as_before(step, live) for step in giving]
    for step in sorted((step for step in steps if step.after is None), key=lambda step: bool(owner_of(step.model))):
        written.append(made_again(step))
    written += [as_before(step, live) for step in changed if step not in giving]
    delete_made([step for step in made if not owner_of(step.model)], live)
    for step in former:
        put_address_back(step)
    # Only now, when whatever they refer to is there again.
    for row in written:
        check(row)
    for step in steps:
        owners |= step.records
    save_once_more(owners - {(step.model, step.pk) for step in steps})


def delete_made(steps, live):
    """Delete the rows that these steps made and that are still there."""
    # What was declared later refers to what was declared before.
    for model, of_model in groupby(reversed(steps), key=lambda step: step.model):
        rows = [live[model, step.pk][0] for step in of_model if (model, step.pk) in live]
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            named = ids_named_elsewhere(model, [row.pk for row in batch])
            delete_unnamed(model, [row for row in batch if row.pk not in named])
            for row in batch:
                if row.pk in named:
                    delete_row(row)


def ids_named_elsewhere(model, ids):
    """The ids of the rows that any other row refers to."""
    named, kept = set(), registry_models()
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.related_model in kept:
            name = relation.field.name
            naming = relation.related_model._base_manager.filter(**{f"{name}__in": ids})
            named |= set(naming.order_by().values_list(name, flat=True))
    return named


def delete_unnamed(model, rows):
    """Delete rows that nothing refers to, and keep a copy of each, in a few statements for all."""
    ids = [row.pk for row in rows]
    copies = model.history.bulk_history_create(rows)
    model.history.model.objects.filter(pk__in=[copy.pk for copy in copies]).update(history_type="-")
    for name in many(model):
        field = model._meta.get_field(name)
        field.remote_field.through._base_manager.filter(**{f"{field.m2m_field_name()}__in": ids}).delete()
    doomed = model._base_manager.filter(pk__in=ids)
    # Django would ask for each row what goes with it, and the history would copy each once more.
    doomed._raw_delete(doomed.db)


def delete_row(row):
    """Delete a row so that all that goes with it is on record: also links to it, which the database drops unseen."""
    for relation in row._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if relation.many_to_many:
            for each in model._base_manager.filter(**{name: row}):
                getattr(each, name).remove(row)
                each.save()
        elif relation.on_delete is SET_NULL:
            for each in model._base_manager.filter(**{name: row}):
                setattr(each, name, None)
                each.save()
    row.delete()


def made_again(step):
    """Insert a row that an edit deleted, under its own number."""
    row = step.model(pk=step.pk, **{name: step.before[name] for name in columns(step.model)})
    last = step.model.history.model.objects.filter(id=step.pk).order_by("-history_id").first()
    if isinstance(row, Versioned):
        row.version = last.version + 1
    if isinstance(row, Record):
        row.created = last.created
    row.save(force_insert=True)
    set_links(row, step, step.before)
    return row


def as_before(step, live):
    row, _state = live[step.model, step.pk]
    for name in step.changed:
        if name not in many(step.model):
            setattr(row, name, step.before[name])
    row.save()
    set_links(row, step, {name: step.before[name] for name in step.changed})
    return row


def set_links(row, step, state):
    for name in many(step.model):
        if name in state:
            getattr(row, name).set(state[name])


def put_address_back(step):
    """A former address as it was, unless saving the record under its earlier public id has seen to it."""
    row = FormerSlug.objects.filter(pk=step.pk).first()
    if step.before is None:
        if row is not None:
            row.delete()
    elif row is not None:
        row.current = step.before["current"]
        row.save()
    elif not FormerSlug.objects.filter(record_type=step.before["record_type"], slug=step.before["slug"]).exists():
        FormerSlug(pk=step.pk, **{name: step.before[name] for name in columns(FormerSlug)}).save(force_insert=True)


def save_once_more(records):
    """Save the records whose parts alone were put back, so that forms opened before are known to be outdated."""
    wanted = defaultdict(set)
    for model, pk in records:
        wanted[model].add(pk)
    for model, ids in wanted.items():
        for record in model._base_manager.filter(pk__in=ids):
            record.save()


def put_desk_back(edit, steps):
    """What a merge did to the curators’ desk, which has no history of its own."""
    pairs = DuplicatePair.objects.filter(edit=edit)
    pairs.exclude(state=DuplicatePair.State.MERGED).delete()
    pairs.update(state=DuplicatePair.State.WAITING, decided_by=None, decided=None, edit=None)
    for step in steps:
        if step.after is None and hasattr(step.model, "PUBLIC_ID"):
            of_type = {"record_type": step.model._meta.model_name}
            slug = step.before[step.model.PUBLIC_ID]
            slugs = {slug, *FormerSlug.objects.filter(**of_type, current=slug).values_list("slug", flat=True)}
            Correction.objects.filter(**of_type, public_id__in=slugs).update(record_id=step.pk)


def check(row):
    """Refuse, in words, what no form would take. Constraints are left to the database: rows may trade places.

    What was empty may be so again: drafts that were imported wait for their curator.
    """
    empty = [field.name for field in row._meta.concrete_fields if getattr(row, field.attname) in ("", None)]
    try:
        row.clean_fields(exclude=empty)
    except ValidationError as error:
        problems = [
            f"{kind_of(type(row))}, {row._meta.get_field(name).verbose_name}: {message}"
            for name, messages in error.message_dict.items()
            for message in messages
        ]
        raise UndoRefusedError(problems) from error


class _RehearsedError(Exception):
    pass


def rehearse(write):
    """`[Difference, ...]` that calling `write()` would make. Nothing of it is kept.

    A `write` that makes an `Edit` of its own gives it back.
    """
    found = []
    try:
        with transaction.atomic(), editing(Edit.Kind.FORM) as edit:
            made = write()
            found = differences([edit, made] if isinstance(made, Edit) else [edit])
            raise _RehearsedError
    except _RehearsedError:
        return found
