"""Exact counts at any size: for each record type one bitmap per value of each filter.

A bitmap holds ordinals, the places of the public records in the default order of their list, counted from its end: the
first record of the list has the highest ordinal. So a list is an intersection, a count its cardinality, and a page a
slice of it, at the same cost for the last page as for the first. A record that changes gets a new ordinal on top.

Each process has an index of its own, built when it is first asked for and then caught up with the data version: only
what changed is read again. An `Index` never changes once it is given out; catching up makes a new one beside it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import reduce
from threading import RLock
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, Model, Q, QuerySet, TextField
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler
from pyroaring import BitMap

from cooperation import changes
from cooperation.models import PUBLIC_RECORDS, PublicRecord, Record

_T = TypeVar("_T")
Ids = npt.NDArray[np.int64]
Ordinals = npt.NDArray[np.int32]
# By the value that a field holds, or by a tuple of the values of several fields.
Bitmaps = dict[Any, BitMap]
# The names of the fields of an order, or a function of the index that gives the ids in order.
OrderFields = tuple[str, ...]
ListOrder = OrderFields | Callable[["Index"], Iterable[int]]

# Rows that are held at a time while an index is built.
BATCH = 20_000
# Hits that are put in the order of their ids whole, and ids that are looked at together where there are more hits.
MOST_LOOKED_THROUGH = 50_000
IDS_AT_ONCE = 2_000
NOTHING = BitMap()
MOST_ATTEMPTS = 5
# Answers of one index, of up to 128 kB at a million records.
MOST_REMEMBERED = 200


@dataclass(frozen=True)
class Own:
    """Values in the record's own row: a field, or an expression on its fields under the name given."""

    name: str
    expression: Combinable | None = None


@dataclass(frozen=True)
class Rows:
    """Values in the rows that belong to a record: `fields` of `model`, whose `owner` is the record.

    One field gives its plain values, several give tuples, none gives True for every record that has such a row.
    """

    model: type[Model]
    owner: str
    fields: tuple[str, ...] = ()
    where: Q = field(default_factory=Q)

    def read(self, ids: Collection[int] | None = None) -> Iterator[tuple[Any, Ids]]:
        """Yield each value with the ids of the records that have it, of all records or of those with one of `ids`."""
        rows = self.model._base_manager.filter(self.where).order_by()
        if ids is not None:
            rows = rows.filter(**{f"{self.owner}__in": ids})
        found: Iterable[tuple[Any, ...]]
        if not self.fields:
            found = [(rows.aggregate(ids=JoinedIds(self.owner))["ids"],)]
        else:
            found = rows.values_list(*self.fields).annotate(ids=JoinedIds(self.owner))
        value: list[Any]
        for *value, joined in found:
            if joined:
                yield (value[0] if len(value) == 1 else tuple(value) or True), np.fromstring(joined, np.int64, sep=",")


class JoinedIds(Aggregate):
    """Ids as one text with commas: a hundred times less for Python to hold than rows."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Sequence[Any]]:
        template = "STRING_AGG((%(expressions)s)::text, ',')"
        return self.as_sql(compiler, connection, template=template, **extra)


# Where the values of a filter stand.
ValueSource = Own | Rows


def union(bitmaps: Iterable[BitMap]) -> BitMap:
    found = list(bitmaps)
    return BitMap.union(*found) if found else BitMap()


def intersection(bitmaps: Iterable[BitMap]) -> BitMap:
    """Intersect bitmaps, of which there is at least one."""
    return reduce(BitMap.__and__, sorted(bitmaps, key=len))


class Index:
    """The public records of one type at one data version.

    ids       array: the id of each ordinal
    ordinals  array: the ordinal of each id, -1 for what is not public
    live      bitmap of all ordinals in use
    in_order  whether the ordinals still stand in the default order
    is_settled  whether it was read outside of a transaction, which could still be undone
    """

    ids: Ids
    ordinals: Ordinals
    live: BitMap

    def __init__(self, model: type[PublicRecord], order: OrderFields, version: int) -> None:
        self.model = model
        self.order = order
        self.version = version
        self.in_order = True
        self.is_settled = False
        self._values: dict[ValueSource, Bitmaps] = {}
        self._orders: dict[ListOrder, Ordinals] = {}
        self._derived: dict[Hashable, Any] = {}
        self._remembered: dict[Hashable, Any] = {}

    def bitmaps(self, values: ValueSource) -> Bitmaps:
        """`{value: bitmap}` of what an `Own` or a `Rows` describes. None and "" are no values."""
        return self._values[values]

    def derived(self, name: Hashable, make: Callable[["Index"], _T]) -> _T:
        """Return what `make(index)` works out from the bitmaps, once for each data version."""
        if name not in self._derived:
            self._derived[name] = make(self)
        known: _T = self._derived[name]
        return known

    def remembered(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return what `make()` answers, never None, and keep it for the next time it is asked of this data version."""
        # Another thread may clear it at any time.
        found: _T | None = self._remembered.get(key)
        if found is None:
            found = make()
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = found
        return found

    def of_ids(self, ids: Ids) -> BitMap:
        """Make the bitmap of those ids that are public."""
        ids = ids[ids < len(self.ordinals)]
        ordinals = self.ordinals[ids]
        return _bitmap(ordinals[ordinals >= 0])

    def ids_of(self, bitmap: BitMap) -> Ids:
        """Look up the ids of the records in a bitmap."""
        ids: Ids = self.ids[np.asarray(bitmap.to_array())]
        return ids

    def page(self, hits: BitMap, start: int, stop: int, fields: ListOrder | None = None) -> list[int]:
        """List the ids of the hits from place `start` to before `stop`, in the default order or in that of `fields`."""
        stop = min(stop, len(hits))
        if start >= stop:
            return []
        if (fields is None or fields == self.order) and self.in_order:
            newest_last = list(hits[len(hits) - stop : len(hits) - start])
            ids: Ids = self.ids[newest_last[::-1]]
        else:
            order = self._ordered(fields or self.order)
            is_hit = np.zeros(len(self.ids), bool)
            is_hit[np.asarray(hits.to_array())] = True
            ids = self.ids[order[is_hit[order]][start:stop]]
        found: list[int] = ids.tolist()
        return found

    def following(self, hits: BitMap, record_id: int, number: int) -> list[int]:
        """Find the lowest ids above `record_id` among the hits, ascending, at most `number` of them.

        A page takes up to 4 ms at a million records, whatever was changed before: no order is read anew.
        """
        if len(hits) <= MOST_LOOKED_THROUGH:
            ids = self.ids_of(hits)
            ids = ids[ids > record_id]
            lowest = np.partition(ids, number)[:number] if len(ids) > number else ids
            first: list[int] = np.sort(lowest).tolist()
            return first
        # Of so many hits the first ids that come are enough.
        found: list[int] = []
        for start in range(record_id + 1, len(self.ordinals), IDS_AT_ONCE):
            ordinals = self.ordinals[start : start + IDS_AT_ONCE]
            ids = np.sort(self.ids_of(_bitmap(ordinals[ordinals >= 0]) & hits))
            found += ids[: number - len(found)].tolist()
            if len(found) == number:
                break
        return found

    def _ordered(self, fields: ListOrder) -> Ordinals:
        """Read all ordinals in the order of `fields`, once."""
        if fields not in self._orders:
            ids = fields(self) if callable(fields) else _public_ids(self.model, fields)
            self._orders[fields] = self.ordinals[np.fromiter(ids, np.int64)]
        return self._orders[fields]

    def _build(self, sources: Collection[ValueSource]) -> None:
        """Read everything that `sources` describe."""
        ids: list[int] = []
        own: dict[Own, dict[Any, list[int]]] = {
            source: defaultdict(list) for source in sources if isinstance(source, Own)
        }
        # From the end of the list to its beginning, since the first record has the highest ordinal.
        rows = _own_values(self.model.objects.published().order_by(*self.order).reverse(), own)
        for ordinal, (record_id, *values) in enumerate(rows.iterator(BATCH)):
            ids.append(record_id)
            for groups, value in zip(own.values(), values, strict=True):
                groups[value].append(ordinal)
        self.ids = np.array(ids, np.int64)
        self.ordinals = np.full(self.ids.max(initial=0) + 1, -1, np.int32)
        self.ordinals[self.ids] = np.arange(len(ids), dtype=np.int32)
        self.live = BitMap(range(len(ids)))
        for own_source, groups in own.items():
            self._values[own_source] = _without_empty({value: BitMap(ordinals) for value, ordinals in groups.items()})
        for source in sources:
            if isinstance(source, Rows):
                self._values[source] = _without_empty({value: self.of_ids(ids) for value, ids in source.read()})

    def _caught_up(self, version: int, changed: Collection[int]) -> "Index":
        """Make the index of a later version, given the ids of the records that changed in between."""
        if not changed:
            return self._unchanged(version)
        records = self.model.objects.published().order_by(*self.order)
        own = [source for source in self._values if isinstance(source, Own)]
        rows = list(_own_values(records.filter(pk__in=changed), own))[::-1]
        new_ids = np.array([row[0] for row in rows], np.int64)
        later = Index(self.model, self.order, version)
        later.ids = np.concatenate([self.ids, new_ids])
        later.ordinals = np.full(max(len(self.ordinals), new_ids.max(initial=0) + 1), -1, np.int32)
        later.ordinals[: len(self.ordinals)] = self.ordinals
        known = np.array([each for each in changed if each < len(self.ordinals)], np.int64)
        gone = _bitmap(self.ordinals[known][self.ordinals[known] >= 0])
        later.ordinals[known] = -1
        later.ordinals[new_ids] = np.arange(len(self.ids), len(later.ids), dtype=np.int32)
        later.live = (self.live - gone) | BitMap(range(len(self.ids), len(later.ids)))
        first = list(records.values_list("pk", flat=True)[: len(rows)])
        later.in_order = self.in_order and first == new_ids[::-1].tolist()
        for source, bitmaps in self._values.items():
            kept = {value: each - gone if each.intersect(gone) else each for value, each in bitmaps.items()}
            added: Iterable[tuple[Any, Ids]]
            if isinstance(source, Own):
                place = own.index(source) + 1
                added = [(row[place], new_ids[number : number + 1]) for number, row in enumerate(rows)]
            else:
                added = source.read(changed)
            for value, ids in added:
                kept[value] = kept.get(value, NOTHING) | later.of_ids(ids)
            later._values[source] = _without_empty(kept)
        return later

    def _unchanged(self, version: int) -> "Index":
        later = copy(self)
        later.version = version
        later._derived, later._remembered = {}, {}
        return later

    def _is_mostly_gaps(self) -> bool:
        return len(self.ids) > 2 * len(self.live) + 1000


def _bitmap(ordinals: Ordinals) -> BitMap:
    """Make a bitmap of an array; sorted, which is what pyroaring takes in fastest."""
    return BitMap(np.sort(ordinals).astype(np.uint32).data)


def _without_empty(bitmaps: Bitmaps) -> Bitmaps:
    return {value: each for value, each in bitmaps.items() if each and value not in (None, "")}


def _own_values(records: QuerySet[Any], sources: Iterable[Own]) -> QuerySet[Any, tuple[Any, ...]]:
    """Select the id and the value of each source of `records`."""
    expressions = {source.name: source.expression for source in sources if source.expression is not None}
    rows: QuerySet[Any, tuple[Any, ...]] = records.annotate(**expressions).values_list(
        "pk", *(source.name for source in sources)
    )
    return rows


def _public_ids(model: type[PublicRecord], fields: OrderFields) -> Iterator[int]:
    return model.objects.published().order_by(*fields).values_list("pk", flat=True).iterator(BATCH)


_kept: dict[type[PublicRecord], Index] = {}
_locks = {model: RLock() for model in PUBLIC_RECORDS}


def index_of(model: type[PublicRecord], order: OrderFields, sources: Collection[ValueSource]) -> Index:
    """Return the index of `model` at the present data version, with the values that `sources` describe.

    `order` are the fields of the default order of its list.
    """
    with _locks[model]:
        index = _kept.get(model)
        version = changes.current()
        # What changes while it is read may be in it by half: then once more, but not for ever under a storm of changes.
        for _attempt in range(MOST_ATTEMPTS):
            if index is not None and index.version == version and not set(sources) - set(index._values):
                break
            index = _kept[model] = _made(model, order, sources, version, index)
            version = changes.read_current()
        return _kept[model]


def _made(
    model: type[PublicRecord],
    order: OrderFields,
    sources: Collection[ValueSource],
    version: int,
    previous: Index | None,
) -> Index:
    """Make an index at `version`: of `previous` and what changed since, where the log can tell; else all anew."""
    # What is read in an open transaction may be undone; nothing later can be built on it.
    settled = not connection.in_atomic_block
    if settled and previous is not None and previous.is_settled and previous.version <= version:
        own_type, others = changes.name_of_type(model), _types_behind(model, previous._values)
        changed = changes.changed_since(previous.version)
        # Whether a source or a country is public is not written in its own row.
        can_tell = issubclass(model, Record) and not set(sources) - set(previous._values)
        if can_tell and changed is not None and not changed.keys() & others and not previous._is_mostly_gaps():
            later = previous._caught_up(version, changed.get(own_type, set()))
            later.is_settled = True
            return later
    index = Index(model, order, version)
    index._build(dict.fromkeys([*sources, *(previous._values if previous else ())]))
    index.is_settled = settled
    return index


def _types_behind(model: type[PublicRecord], sources: Iterable[ValueSource]) -> set[str]:
    """List the record types in whose rows an `Own` reads: those of the first step of a path such as country__region."""
    paths = [source.name.split("__")[0] for source in sources if isinstance(source, Own) and "__" in source.name]
    links: list[Any] = [model._meta.get_field(name) for name in paths]
    return {changes.name_of_type(link.related_model) for link in links}
