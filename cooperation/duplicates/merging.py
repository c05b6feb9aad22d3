"""Two records made one: everything that names the one comes to name the other, and its address leads there."""

from copy import copy

from django.db import IntegrityError, models
from django.db.models import ProtectedError, Q, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.duplicates.absorbing import EMPTY, absorb, fits, in_words
from cooperation.duplicates.likeness import MERGEABLE
from cooperation.duplicates.relations import Twins, links_to, plan_moves, relations_to, restate
from cooperation.folding import words_of
from cooperation.models import Correction, DuplicatePair, Edit, FormerSlug, PendingChange, Record, editing
from cooperation.models.partial_date import PartialDateField

# What a merge does not choose between: the kept record has its own.
NOT_CHOSEN = {"slug", "publication_status", "confirmed_on", "former_names"}


class MergeRefusedError(Exception):
    """Nothing was changed. `problems` are sentences that say why."""

    def __init__(self, problems):
        super().__init__(" ".join(problems))
        self.problems = problems


def merge(keep, drop, from_drop, by, reason):
    """Make `drop` part of `keep`, and give the `Edit` by which it can be undone.

    `from_drop` names the fields whose value is taken from `drop`; what `keep` does not state is taken from it anyway.
    Raises `MergeRefusedError` with every reason, and then nothing is changed.
    """
    try:
        with editing(Edit.Kind.MERGE, by=by, reason=reason.strip(), about=keep) as edit:
            seen = {record.pk: record.version for record in (keep, drop)}
            keep, drop = locked(keep, drop)
            problems = refusals(keep, drop, from_drop)
            if not problems:
                problems = [
                    _("“%(record)s” has been changed meanwhile. Look at both again.") % {"record": record}
                    for record in (keep, drop)
                    if record.version != seen[record.pk]
                ]
            if not reason.strip():
                problems.append(_("Say in one line why the two are one."))
            if problems:
                raise MergeRefusedError(problems)
            make_one(keep, drop, values_after(keep, drop, from_drop))
            decide_pairs(keep, drop, by, edit)
            move_reports(keep, drop)
    except (ProtectedError, RestrictedError, IntegrityError) as error:
        raise MergeRefusedError([_("The two do not go together: %(error)s.") % {"error": error}]) from error
    return edit


def locked(keep, drop):
    """Both as they are stored now, and nobody else changes them meanwhile. None for one that is gone."""
    found = []
    for each in sorted((keep, drop), key=lambda record: (type(record).__name__, record.pk)):
        rows = type(each)._base_manager.select_for_update(of=("self",))
        found.append(((type(each), each.pk), rows.filter(pk=each.pk).first()))
    stored = dict(found)
    return stored[type(keep), keep.pk], stored[type(drop), drop.pk]


def refusals(keep, drop, from_drop):
    """Sentences that say why the two cannot be merged; none if they can."""
    if keep is None or drop is None:
        return [_("One of the two records has been deleted.")]
    if type(keep) is not type(drop):
        return [_("Only records of one type can be merged.")]
    if keep.pk == drop.pk:
        return [_("A record cannot be merged with itself.")]
    if type(keep) not in MERGEABLE:
        return [_("Records of this type cannot be merged.")]
    problems = []
    names = {"keep": keep, "drop": drop}
    if isinstance(keep, Record) and drop.is_published and not keep.is_published:
        problems.append(
            _("“%(drop)s” is published and “%(keep)s” is not: keep the published one, or publish the other first.")
            % names
        )
    waiting = PendingChange.objects.filter(
        record_type=drop._meta.model_name, record_id=drop.pk, state=PendingChange.State.WAITING
    ).count()
    if waiting:
        problems.append(
            ngettext(
                "%(number)s change of “%(drop)s” waits for review: accept or return it first.",
                "%(number)s changes of “%(drop)s” wait for review: accept or return them first.",
                waiting,
            )
            % {"number": waiting, "drop": drop}
        )
    groups = groups_of(type(keep))
    known = {field.name for group in groups for field in group}
    problems += [_("There is no field “%(name)s”.") % {"name": name} for name in from_drop if name not in known]
    chosen = [group for group in groups if any(field.name in from_drop for field in group)]
    if not problems and not fits(keep, {field.attname: getattr(drop, field.attname) for g in chosen for field in g}):
        problems.append(_("What is taken from “%(drop)s” does not go with what stays.") % names)
    return problems


def groups_of(model):
    """`[[field, ...], ...]` between whose values a merge chooses; fields that a constraint ties stand together."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in NOT_CHOSEN
    ]
    tied = [
        constraint.condition.referenced_base_fields
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    ]
    groups = []
    for field in fields:
        names = set().union(*(names for names in tied if field.name in names), {field.name})
        group = next((group for group in groups if any(each.name in names for each in group)), None)
        if group is None:
            groups.append([field])
        else:
            group.append(field)
    return groups


def values_after(keep, drop, from_drop):
    """`{column: value}` of what of `keep` changes."""
    after = copy(keep)
    for group in groups_of(type(keep)):
        names = [field.attname for field in group]
        if not any(field.name in from_drop for field in group):
            names = [name for name in names if getattr(keep, name) in EMPTY]
            if not fits(after, {name: getattr(drop, name) for name in names}):
                continue
        for name in names:
            setattr(after, name, getattr(drop, name))
    if hasattr(keep, "former_names"):
        after.former_names = former_names(keep, drop, after.name)
    names = [field.attname for field in keep._meta.concrete_fields]
    return {name: getattr(after, name) for name in names if getattr(after, name) != getattr(keep, name)}


def former_names(keep, drop, name):
    """The names that either had, one on each line, without the one that it has."""
    names = {tuple(words_of(name)): None}
    lines = [*keep.former_names.splitlines(), *drop.former_names.splitlines(), keep.name, drop.name]
    for line in lines:
        names.setdefault(tuple(words_of(line)), line.strip())
    return "\n".join(line for line in names.values() if line)


def make_one(keep, drop, values):
    after = copy(keep)
    for name, value in values.items():
        setattr(after, name, value)
    restated = said_otherwise(keep, after)
    if restated and hasattr(keep, "citations"):
        twins = Twins(keep.citations.field, (keep,))
        for citation in keep.citations.all():
            if restate(citation, restated):
                put(citation, twins.twin_of(citation))
    owners = set()
    for move in plan_moves(keep, drop, said_otherwise(drop, after)):
        put(move.row, move.twin)
        if getattr(move.row, "owner", None):
            owners.add(getattr(move.row, move.row.owner))
    for field in links_to(type(drop)):
        for row in field.model._base_manager.filter(**{field.name: drop}):
            getattr(row, field.name).add(keep)
            getattr(row, field.name).remove(drop)
            owners.add(row)
    for field in drop._meta.many_to_many:
        getattr(keep, field.name).add(*getattr(drop, field.name).all())
    settle_tree(keep, drop, values)
    number = drop.pk
    drop.delete()
    drop.pk = number  # by which the desk still knows it
    for name, value in values.items():
        setattr(keep, name, value)
    keep.save()
    for owner in owners - {keep}:
        # A record of which only a part has changed has changed as well.
        type(owner)._base_manager.get(pk=owner.pk).save()
    FormerSlug.remember(keep._meta.model_name, drop.slug, keep.slug)


def put(row, twin):
    """Save a row in its new place, or have its twin say what it says."""
    if twin is None:
        row.save()
    else:
        absorb(twin, row)
        row.delete()


def said_otherwise(record, after):
    """`{fact: value as a citation gives it}` of what `record` states and `after` gives in another way."""
    return {
        field.name: stated(field, record)
        for group in groups_of(type(record))
        for field in group
        if getattr(record, field.attname) != getattr(after, field.attname)
    }


def stated(field, record):
    value = getattr(record, field.name)
    if isinstance(field, PartialDateField):
        return value
    if isinstance(field, models.DecimalField) and value is not None:
        return f"{value} {getattr(record, field.name.replace('_amount', '_currency'))}"
    return in_words(field, record)


def settle_tree(keep, drop, values):
    """Whatever was below `drop` comes to be below `keep`, and nothing below itself."""
    model = type(keep)
    for field in [field for field in relations_to(model) if field.model is model]:
        for child in model._base_manager.filter(**{field.name: drop}).exclude(pk=keep.pk):
            setattr(child, field.name, keep)
            child.save()
        above, own = getattr(drop, field.attname), getattr(keep, field.attname)
        wanted = values.get(field.attname, own)
        values[field.attname] = next(
            (pk for pk in (wanted, above, own) if not leads_to(pk, {keep.pk, drop.pk}, field)), None
        )


def leads_to(pk, ends, field):
    """Whether one of `ends` is reached from the record `pk` upwards."""
    seen = set()
    while pk is not None and pk not in seen:
        if pk in ends:
            return True
        seen.add(pk)
        pk = field.model._base_manager.filter(pk=pk).values_list(field.attname, flat=True).first()
    return False


def decide_pairs(keep, drop, by, edit):
    """The pair of the two is decided. What was found about `drop` is now about `keep` too, unless that is known.

    What somebody has decided about `drop` is left as it is: it counts again when the merge is undone.
    """
    of_type = DuplicatePair.objects.filter(record_type=keep._meta.model_name)
    for pair in of_type.filter(Q(first_id=drop.pk) | Q(second_id=drop.pk)):
        other = pair.second_id if pair.first_id == drop.pk else pair.first_id
        if other == keep.pk or pair.state == DuplicatePair.State.MERGED:
            continue
        of_kept = place_of(keep.pk, other)
        if not of_type.filter(**of_kept).exists():
            now = copy(pair)
            now.pk, now.edit = None, edit
            now.first_id, now.second_id = of_kept.values()
            now.save(force_insert=True)
        if pair.state == DuplicatePair.State.WAITING:
            pair.delete()
    merged = {"state": DuplicatePair.State.MERGED, "decided_by": by, "decided": timezone.now(), "edit": edit}
    of_type.update_or_create(
        record_type=keep._meta.model_name,
        **place_of(keep.pk, drop.pk),
        defaults=merged,
        create_defaults={"score": 100, **merged},
    )


def place_of(one, other):
    first, second = sorted((one, other))
    return {"first_id": first, "second_id": second}


def move_reports(keep, drop):
    """Reports of mistakes follow the record to which the address leads."""
    Correction.objects.filter(record_type=keep._meta.model_name, record_id=drop.pk).update(record_id=keep.pk)
