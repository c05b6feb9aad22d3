"""The index: one entry for each record, made of the columns that its model declares, kept at the data version.

A model declares SEARCH_KEYS (a question that equals such a value asks for just this record), SEARCH_NAMES, SEARCH_TEXTS
and SEARCH_ORGANISATIONS: columns, or paths to columns of other rows. Every line of a value counts by itself.

An entry is a row of tokens. A token is a folded word behind the letter of its part: one index answers for any choice of
parts, and no phrase runs from one part into another. Both databases get the same tokens and have no say in what a word
is. The number of an entry is that of the record times 16 plus the place of its type in PUBLIC_RECORDS.
"""

import logging
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar
from unicodedata import unidata_version

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max, QuerySet

from cooperation import changes, folding
from cooperation.database_faults import read_fault
from cooperation.folding import fold, split, words_of
from cooperation.locks import short_busy_timeout
from cooperation.models import PUBLIC_RECORDS, PublicRecord, Record
from cooperation.models.partial_date import PartialDateField
from cooperation.search import words
from cooperation.search.words import compounds_of

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
# The letters of the parts that a value belongs to, and the value.
Lettered = tuple[str, str]
# The number of an entry, and its tokens with spaces between them.
IndexEntry = tuple[int, str]

PARTS = ("names", "texts", "organisations")
LETTERS = {"keys": "k", "names": "n", "texts": "t", "organisations": "o"}
TYPES_AT_MOST = 16
BATCH = 2_000
# Stands between values, so that no phrase runs from one into the next. Nobody can ask for it: it is no letter.
GAP = "¶"
# An acronym behind a name: both are keys.
ACRONYM = re.compile(r"\((?=[^()\s]{0,19}[A-Z][^()\s]{0,19}[A-Z])([^()\s]{2,20})\)")
# Letters of a key. A longer value is no key, since nobody types it.
LONGEST_KEY = 300
# Letters of an entry. PostgreSQL refuses more than a megabyte.
LONGEST_ENTRY = 200_000
# A wrong word is taken for one of the index that has at least so many letters.
SHORTEST_KNOWN_WORD = 4
# Milliseconds that a reader waits for somebody who is writing, before the index as it is has to do.
PATIENCE = 2_000
# With more records than this the index is made anew by a command only: no reader can wait for that.
MOST_FOR_A_READER = 100_000
# Beside `data` and `search`: a number for the rules that the index was made by.
SEARCH_RULES = "searchrule"

ROW_NUMBER = {"sqlite": "rowid", "postgresql": "id"}
TABLES = {
    "sqlite": (
        "CREATE VIRTUAL TABLE cooperation_search_new USING fts5(words, tokenize = 'ascii', columnsize = 0)",
        "CREATE TABLE cooperation_searchword_new (word text NOT NULL PRIMARY KEY) WITHOUT ROWID",
    ),
    "postgresql": (
        "CREATE TABLE cooperation_search_new (id bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE TABLE cooperation_searchword_new (word text PRIMARY KEY)",
    ),
}
WHEN_FILLED = {
    "sqlite": ("INSERT INTO cooperation_search_new (cooperation_search_new) VALUES ('optimize')",),
    "postgresql": (
        "CREATE INDEX ON cooperation_search_new USING gin (words) WITH (fastupdate = off)",
        "ANALYZE cooperation_search_new, cooperation_searchword_new",
    ),
}
IN_PLACE = (
    "DROP TABLE IF EXISTS cooperation_search",
    "DROP TABLE IF EXISTS cooperation_searchword",
    "ALTER TABLE cooperation_search_new RENAME TO cooperation_search",
    "ALTER TABLE cooperation_searchword_new RENAME TO cooperation_searchword",
)


class Plan:
    """What is read of the records of one type for the index."""

    def __init__(self, number: int, model: type[PublicRecord]) -> None:
        self.number, self.model, self.name = number, model, changes.name_of_type(model)
        # {column or path: letters of the parts it is in}; keys first, texts last
        self.declared: dict[str, str] = {}
        for part in ("keys", "names", "organisations", "texts"):
            for path in getattr(model, f"SEARCH_{part.upper()}", ()):
                self.declared[path] = self.declared.get(path, "") + LETTERS[part]
        self.columns = [path for path in self.declared if not self.leads_to_many(path)]
        self.paths_to_many = [path for path in self.declared if self.leads_to_many(path)]

    def field(self, path: str) -> Any:
        return self.model._meta.get_field(path.partition("__")[0])

    def leads_to_many(self, path: str) -> bool:
        return bool(self.field(path).one_to_many or self.field(path).many_to_many)

    def records(self) -> QuerySet[Any]:
        """Select the records that have an entry: the public ones, or all where others decide on that."""
        return self.model.objects.published() if issubclass(self.model, Record) else self.model.objects.all()

    def ids_naming(self, record_type: str, ids: Collection[int]) -> set[int]:
        """Find the ids of the records whose entries hold something of these records of another type."""
        relations = {self.field(path) for path in self.declared if "__" in path}
        names = [field.name for field in relations if field.related_model._meta.model_name == record_type]
        return {
            pk
            for name in names
            for pk in self.model._base_manager.filter(**{f"{name}__in": ids}).values_list("pk", flat=True)
        }

    def entries(self, records: QuerySet[Any], known: set[str]) -> Iterator[IndexEntry]:
        """Yield the entries of `records`. The words that may be suggested are added to the set `known`."""
        # Of a date only the year is a word that somebody asks for.
        columns = [
            (place, self.declared[path], 4 if isinstance(self.field(path), PartialDateField) else None)
            for place, path in enumerate(self.columns, 1)
        ]
        rows = records.order_by().values_list("pk", *self.columns).iterator(chunk_size=BATCH)
        while batch := list(islice(rows, BATCH)):
            more = self.read_many([row[0] for row in batch])
            for row in batch:
                values = [(letters, row[place][:length]) for place, letters, length in columns if row[place]]
                values += more.get(row[0], ())
                yield row[0] * TYPES_AT_MOST + self.number, tokens_of(values, known)

    def read_many(self, ids: Collection[int]) -> dict[int, list[Lettered]]:
        """Read what stands in other rows that belong to the records, by the id of the record."""
        found = defaultdict(list)
        for path in self.paths_to_many:
            rows = self.model._base_manager.filter(**{"pk__in": ids, f"{path}__gt": ""}).order_by("pk", path)
            for pk, value in rows.values_list("pk", path).distinct():
                found[pk].append((self.declared[path], value))
        return found


def tokens_of(values: Iterable[Lettered], known: set[str]) -> str:
    """Make the tokens of one entry, with spaces between them, and add the words that may be suggested to `known`."""
    tokens: list[str] = []
    for letters, value in values:
        for line in value.splitlines():
            folded = fold(line)
            found = split(folded)
            if not found:
                continue
            for letter in letters:
                if letter == "k":
                    keys = (line, *ACRONYM.split(line)) if "(" in line else (line,)
                    tokens += [f"k{key}" for key in dict.fromkeys(map(key_of, keys)) if key]
                else:
                    tokens.append(f"{letter}{f' {letter}'.join(found)} {GAP}")
                    tokens += [f"{letter}{word} {GAP}" for word in compounds_of(folded)]
            if letters not in ("k", "o"):
                known.update(found)
    return " ".join(tokens)[:LONGEST_ENTRY]


def key_of(text: str) -> str:
    """Fold the text and leave out its spaces; "" when it is too long for a key."""
    key = "".join(words_of(text))
    return key if len(key) <= LONGEST_KEY else ""


@cache
def plans() -> list[Plan]:
    return [Plan(number, model) for number, model in enumerate(PUBLIC_RECORDS)]


@cache
def rules() -> int:
    """Return a number below 2**60 that changes with everything by which the index is made."""
    parts = [
        [(plan.name, plan.declared) for plan in plans()],
        [TABLES, WHEN_FILLED, LONGEST_KEY, LONGEST_ENTRY, SHORTEST_KNOWN_WORD, GAP, ACRONYM.pattern],
        [
            folding.PLAIN_LETTERS,
            folding.WORD.pattern,
            words.COMPOUND.pattern,
            words.MOST_IN_COMPOUND,
            folding.LONGEST_WORD,
        ],
        unidata_version,
    ]
    return int(sha256(repr(parts).encode()).hexdigest()[:15], 16)


def read_state() -> dict[str, int]:
    """Read the numbers "data", "search" and "searchrule", which say how far the index has followed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, number FROM cooperation_dataversion WHERE name IN (%s, %s, %s)",
            [changes.DATA, changes.SEARCH, SEARCH_RULES],
        )
        return dict(cursor.fetchall())


def is_current(state: Mapping[str, int]) -> bool:
    return state.get(SEARCH_RULES) == rules() and state.get(changes.SEARCH) == state.get(changes.DATA, 0)


def catch_up() -> bool:
    """Bring the index to the data version. Returns whether it is there: not while somebody else writes for long."""
    return version_of_index()[1]


def version_of_index() -> tuple[int, bool]:
    """Catch up and return the data version that the index answers for, and whether that is the present one."""
    return changes.while_pinned(changes.SEARCH, follow_if_behind)


def follow_if_behind() -> tuple[int, bool]:
    state = read_state()
    if not is_current(state) and not settings.READ_ONLY:
        try:
            with short_busy_timeout(PATIENCE), transaction.atomic(), connection.cursor() as cursor:
                lock(cursor, PATIENCE)
                state = follow(cursor)
        except DatabaseError as error:
            if read_fault(error) is None:
                raise
            logger.warning("The search index stays behind the records for now: %s", error)
            # A full disk refuses the commit, after the new state was read.
            state = read_state()
    return state.get(changes.SEARCH, 0), is_current(state)


def rebuild() -> None:
    """Make the index anew, in one transaction, while readers use the one that is there."""
    with transaction.atomic(), connection.cursor() as cursor:
        lock(cursor)
        version = read_state().get(changes.DATA, 0)
        make_anew(cursor)
        write_state(cursor, version)


def follow(cursor: CursorWrapper) -> dict[str, int]:
    """Replace the entries of what changed, or all. Returns the state after that."""
    state = read_state()
    if is_current(state):
        return state
    known_rules = state.get(SEARCH_RULES) == rules() and changes.SEARCH in state
    changed = changes.changed_since(state[changes.SEARCH]) if known_rules else None
    if changed is not None:
        replace(cursor, changed)
    elif sum(plan.model.objects.aggregate(last=Max("pk"))["last"] or 0 for plan in plans()) <= MOST_FOR_A_READER:
        make_anew(cursor)
    else:
        logger.warning("The search index has to be made anew: run manage.py rebuild_search.")
        return state
    write_state(cursor, state.get(changes.DATA, 0))
    return read_state()


def lock(cursor: CursorWrapper, milliseconds: int = 0) -> None:
    """Wait until nobody else writes the index; 0 milliseconds are for ever. SQLite locks with the transaction."""
    if connection.vendor != "postgresql":
        return
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(milliseconds)])
    cursor.execute(
        "INSERT INTO cooperation_dataversion (name, number) VALUES (%s, 0) ON CONFLICT (name) DO NOTHING",
        [changes.SEARCH],
    )
    cursor.execute("SELECT number FROM cooperation_dataversion WHERE name = %s FOR UPDATE", [changes.SEARCH])
    cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def write_state(cursor: CursorWrapper, version: int) -> None:
    cursor.executemany(
        "INSERT INTO cooperation_dataversion (name, number) VALUES (%s, %s) "
        "ON CONFLICT (name) DO UPDATE SET number = excluded.number",
        [(changes.SEARCH, version), (SEARCH_RULES, rules())],
    )


def make_tables(cursor: CursorWrapper) -> None:
    """Make empty tables in place of those that are there."""
    for statement in (*TABLES[connection.vendor], *WHEN_FILLED[connection.vendor], *IN_PLACE):
        cursor.execute(statement)


def drop_tables(cursor: CursorWrapper) -> None:
    for statement in IN_PLACE[:2]:
        cursor.execute(statement)
    cursor.execute("DELETE FROM cooperation_dataversion WHERE name IN (%s, %s)", [changes.SEARCH, SEARCH_RULES])


def make_anew(cursor: CursorWrapper) -> None:
    """Fill new tables and put them in place of the old ones."""
    known: set[str] = set()
    for statement in TABLES[connection.vendor]:
        cursor.execute(statement)
    for plan in plans():
        write_entries(cursor, "cooperation_search_new", plan.entries(plan.records(), known))
    write_known_words(cursor, "cooperation_searchword_new", known)
    for statement in (*WHEN_FILLED[connection.vendor], *IN_PLACE):
        cursor.execute(statement)


def replace(cursor: CursorWrapper, changed: Mapping[str, Collection[int]]) -> None:
    """Bring the entries of the changed records up to date; `changed` is `{record type: {id, ...}}`."""
    row_number = ROW_NUMBER[connection.vendor]
    ids = {
        plan: sorted(set(changed.get(plan.name, ())).union(*(plan.ids_naming(*other) for other in changed.items())))
        for plan in plans()
    }
    numbers = ([pk * TYPES_AT_MOST + plan.number] for plan in ids for pk in ids[plan])
    for batch in in_batches(numbers):
        # The name of the column is one of two constants.
        cursor.executemany(f"DELETE FROM cooperation_search WHERE {row_number} = %s", batch)  # noqa: S608  # nosec B608
    known: set[str] = set()
    entries = (
        entry
        for plan in ids
        for batch in in_batches(ids[plan])
        for entry in plan.entries(plan.records().filter(pk__in=batch), known)
    )
    write_entries(cursor, "cooperation_search", entries)
    write_known_words(cursor, "cooperation_searchword", known)


def in_batches(rows: Iterable[_T]) -> Iterator[list[_T]]:
    """Yield lists of at most BATCH rows. Each is whole before it is used, since PostgreSQL does one thing at a time."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def write_entries(cursor: CursorWrapper, table: str, entries: Iterable[IndexEntry]) -> None:
    for batch in in_batches(entries):
        if connection.vendor == "sqlite":
            # The name of the table is one of two constants, here and below.
            cursor.executemany(f"INSERT INTO {table} (rowid, words) VALUES (%s, %s)", batch)  # noqa: S608  # nosec B608
        else:
            with cursor.copy(f"COPY {table} (id, words) FROM STDIN") as copy:
                for number, tokens in batch:
                    copy.write_row((number, with_places(tokens)))


def with_places(tokens: str) -> str:
    """Tokens as PostgreSQL reads a tsvector: `kfealac:1 nfealac:2`. A gap takes a place and leaves it empty."""
    return " ".join([f"{token}:{place}" for place, token in enumerate(tokens.split(), 1) if token != GAP])


def write_known_words(cursor: CursorWrapper, table: str, known: Iterable[str]) -> None:
    """Add words to those that may be suggested."""
    for batch in in_batches(word for word in known if len(word) >= SHORTEST_KNOWN_WORD and word.isalpha()):
        places = ", ".join(["(%s)"] * len(batch))
        # As above, the name of the table is one of two constants.
        statement = f"INSERT INTO {table} (word) VALUES {places} ON CONFLICT (word) DO NOTHING"  # noqa: S608  # nosec B608
        cursor.execute(statement, batch)
