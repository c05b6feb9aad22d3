"""The plan of a table made true: all rows that are new or changed, or nothing.

Rows are written many at a time, each leaving the copy in the history that saving it by itself would leave, so that the
import can be undone as one.
"""

from collections import defaultdict

from django.db import DataError, IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.history.past import keep_links, many
from cooperation.imports.carry_out_iati import ImportRefusedError
from cooperation.imports.planned_row import CHANGED, NEW
from cooperation.models import Edit, Record, editing

BATCH = 500


def carry_out_tables(plan, by, file_name):
    """Write what `plan_tables` gave and give the `Edit`, by which it can be undone.

    Raises `ImportRefusedError`, and then nothing is written.
    """
    writings = [row.writing for row in plan.rows if row.outcome in (NEW, CHANGED)]
    if not writings:
        raise ImportRefusedError(_("There is nothing to import: no row is new or changed."))
    try:
        with editing(Edit.Kind.IMPORT, by=by, what=file_name) as edit:
            write(plan.model, writings)
    except (IntegrityError, DataError) as error:
        sentence = _("Nothing was written: the registry has been changed meanwhile, or two rows do not go together.")
        raise ImportRefusedError(f"{sentence} {_('Look at the plan again.')}") from error
    return edit


def write(model, writings):
    of_records = [writing for writing in writings if writing.owner is None]
    new = [writing for writing in of_records if writing.is_new]
    changed = [writing for writing in of_records if not writing.is_new]
    parts = [writing for writing in writings if writing.owner is not None]
    parts += [part for writing in of_records for part in writing.parts]
    insert(model, new)
    # Who changes only parts changes their record as well: forms opened before are then known to be outdated.
    owners = [part.owner for part in parts if not part.owner.is_new]
    update_records(model, changed, owners)
    by_model = defaultdict(list)
    for part in parts:
        by_model[type(part.row)].append(part)
    for part_model, rows in by_model.items():
        for each in rows:
            setattr(each.row, f"{part_model.owner}_id", each.owner.row.pk)
        insert(part_model, [each for each in rows if each.is_new])
        update(part_model, [each for each in rows if not each.is_new])


def insert(model, writings):
    for batch in batches(writings):
        rows = model._base_manager.bulk_create([writing.row for writing in batch])
        write_links(model, batch)
        keep(model, rows)


def update_records(model, changed, owners):
    """Save changed records, each once and only if nobody has changed it since the plan was made."""
    planned = {writing.row.pk: writing for writing in changed}
    ids = sorted({*planned, *(owner.row.pk for owner in owners)})
    versions = {writing.row.pk: writing.row.version for writing in (*changed, *owners)}
    for batch in batches(ids):
        stored = model._base_manager.select_for_update().in_bulk(batch)
        for pk in batch:
            if pk not in stored or stored[pk].version != versions[pk]:
                sentence = _("Nothing was written: “%(record)s” has been changed meanwhile. Look at the plan again.")
                raise ImportRefusedError(sentence % {"record": stored.get(pk, pk)})
            if pk in planned:
                for name in planned[pk].old:
                    setattr(stored[pk], name, getattr(planned[pk].row, name))
            stored[pk].version += 1
            if isinstance(stored[pk], Record):
                stored[pk].updated = timezone.now()
        write_links(model, [planned[pk] for pk in batch if pk in planned])
        rows = list(stored.values())
        fields = {name for pk in batch if pk in planned for name in planned[pk].old} | {"version"}
        save(model, rows, fields | ({"updated"} if issubclass(model, Record) else set()))


def update(model, writings):
    for batch in batches(writings):
        write_links(model, batch)
        save(model, [writing.row for writing in batch], {name for writing in batch for name in writing.old})


def save(model, rows, columns):
    if columns:
        names = {field.name for field in model._meta.concrete_fields if field.attname in columns}
        model._base_manager.bulk_update(rows, sorted(names))
    keep(model, rows, update=True)


def write_links(model, writings):
    """Make many-to-many fields what they are to be."""
    for name in many(model):
        field = model._meta.get_field(name)
        through, owner, target = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
        new = []
        for writing in writings:
            pk, wanted, had = writing.row.pk, writing.many.get(name, ()), writing.had.get(name, ())
            if gone := set(had) - set(wanted):
                through.objects.filter(**{owner: pk, f"{target}__in": gone}).delete()
            new += [through(**{f"{owner}_id": pk, f"{target}_id": key}) for key in sorted(set(wanted) - set(had))]
        through.objects.bulk_create(new)


def keep(model, rows, update=False):
    """Leave a copy of each row in the history, as `save()` does."""
    copies = model.history.bulk_history_create(rows, update=update)
    for name in many(model):
        keep_links(model, name, {copy.id: copy for copy in copies})


def batches(things):
    for start in range(0, len(things), BATCH):
        yield things[start : start + BATCH]
