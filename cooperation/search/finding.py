"""What the index answers: numbers of records, by type. Those who show records ask for the public ones once more."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Model
from rapidfuzz import process
from rapidfuzz.distance import OSA

from cooperation import changes
from cooperation.folding import FUNCTION_WORDS
from cooperation.search.index import ACRONYM, LETTERS, PARTS, ROW_NUMBER, TYPES_AT_MOST, key_of, plans, version_of_index
from cooperation.search.words import MOST_IN_COMPOUND, SHORTEST_BEGINNING, Asked, Word, words_in_place

# `{record type: ids}`; the ids ascend.
Answer = Mapping[str, npt.NDArray[np.int64]]
# The version of the index, and an expression of the database’s own language.
AnswerKey = tuple[int, str]

ENTRIES_OF = {
    "sqlite": "SELECT group_concat(rowid) FROM cooperation_search WHERE cooperation_search MATCH %s",
    "postgresql": "SELECT string_agg(id::text, ',') FROM cooperation_search WHERE words @@ %s::tsquery",
}
# How each database writes: tokens that follow each other, that the last is the beginning of one, either, both.
PHRASE = {"sqlite": '"{}"{}', "postgresql": "({}{})"}
FOLLOWED_BY = {"sqlite": " ", "postgresql": " <-> "}
BEGINNING = {"sqlite": " *", "postgresql": ":*"}
OR = {"sqlite": " OR ", "postgresql": " | "}
AND = {"sqlite": " AND ", "postgresql": " & "}

# What was found is kept in this process up to so many ids, of 8 bytes each.
MOST_KEPT = 4_000_000
# A word of so many letters is corrected in one place, a longer one in two.
SHORT_WORD = 7
# A phrase of more tokens is looked for only where its beginning is: the index reads every token, however common it is.
LONGEST_PHRASE = 12
# A question with more wrong words than this is no slip of the pen; one with more words was not typed.
MOST_WRONG, MOST_TYPED = 3, 12
# So many known words are tried in place of a wrong one.
MOST_TRIED = 5


class Kept:
    """Answers of the index by version and question. The oldest go when there are too many ids."""

    def __init__(self) -> None:
        self.answers: OrderedDict[AnswerKey, Answer] = OrderedDict()
        self.size, self.lock = 0, Lock()

    def get(self, key: AnswerKey, read: Callable[[], Answer]) -> Answer:
        """Return the answer kept under `key`, else what `read()` answers, which is then kept.

        Not inside a transaction: what it reads may be undone.
        """
        if connection.in_atomic_block:
            return read()
        with self.lock:
            if key in self.answers:
                self.answers.move_to_end(key)
                return self.answers[key]
        answer = read()
        with self.lock:
            if key not in self.answers:
                self.answers[key] = answer
                self.size += weight(answer)
            while self.size > MOST_KEPT:
                _key, oldest = self.answers.popitem(last=False)
                self.size -= weight(oldest)
        return answer


def weight(answer: Answer) -> int:
    """In ids; an answer without any takes room too."""
    return 100 + sum(ids.size for ids in answer.values())


KEPT = Kept()


def ids_holding(word: Word, parts: Collection[str] = PARTS) -> Answer:
    """Find the records that hold the word in one of the parts."""
    return answer_to(either(word, parts)) if begins_somewhere(word, parts) else {}


def begins_somewhere(word: Word, parts: Collection[str]) -> bool:
    """Tell a word from a long phrase whose beginning no record holds."""
    return len(word.tokens) <= LONGEST_PHRASE or ids_holding(Word(word.tokens[:LONGEST_PHRASE], False), parts) != {}


def ids_holding_all(
    words: Collection[Word], parts: Collection[str], among: Mapping[type[Model], Iterable[int]] | None = None
) -> Answer:
    """Find the records that hold each of some words, at least one, in one of the parts.

    With `among`, `{model: ids}`, of these few records only.
    """
    if not all(begins_somewhere(word, parts) for word in words):
        return {}
    expression = AND[connection.vendor].join(either(word, parts) for word in words)
    if among is None:
        return answer_to(expression)
    entries = [pk * TYPES_AT_MOST + plan.number for plan in plans() for pk in among.get(plan.model, ())]
    return read_answer(expression, entries)


def ids_titled(asked: Asked, whole: bool) -> Answer:
    """Find the records whose names hold all words: as whole words only, or as their beginnings too."""
    if not asked.words:
        return {}
    words = [Word(word.tokens, word.is_prefix and not whole) for word in asked.words]
    return answer_to(AND[connection.vendor].join(either(word, ["names"]) for word in words))


def ids_named(asked: Asked) -> Answer:
    """Find the records that have the question, without its spaces, as a code, a name or an id.

    One with an acronym in brackets also names the records that have both, as their pages write it.
    """
    vendor, keys = connection.vendor, [key for key in map(key_of, ACRONYM.split(asked.text)) if key]
    whole = [phrase(["k" + key]) for key in [key_of(asked.text)] if key]
    apart = [f"({AND[vendor].join(phrase(['k' + key]) for key in keys)})"] if len(keys) > 1 else []
    return answer_to(OR[vendor].join([*whole, *apart])) if whole or apart else {}


def phrase(tokens: Iterable[str], is_prefix: bool = False) -> str:
    """Tokens that follow each other, in the language of the database. They hold letters and digits only."""
    vendor = connection.vendor
    return PHRASE[vendor].format(FOLLOWED_BY[vendor].join(tokens), BEGINNING[vendor] if is_prefix else "")


def either(word: Word, parts: Iterable[str]) -> str:
    """Ask for the word in one of the parts, as it stands or written as one: “co-operation” is “cooperation” too."""
    forms = [word.tokens, ("".join(word.tokens),)] if 1 < len(word.tokens) <= MOST_IN_COMPOUND else [word.tokens]
    phrases = [
        phrase([LETTERS[part] + token for token in tokens], word.is_prefix) for part in parts for tokens in forms
    ]
    return f"({OR[connection.vendor].join(phrases)})"


def answer_to(expression: str) -> Answer:
    """Ask the index for what an expression of the database’s own language matches, or remember it."""
    version, _is_current = version_of_index()
    return changes.while_pinned(expression, lambda: KEPT.get((version, expression), lambda: read_answer(expression)))


def read_answer(expression: str, entries: Sequence[int] | None = None) -> Answer:
    """Read the answer of the index; with `entries`, numbers of entries, of these only."""
    statement = ENTRIES_OF[connection.vendor]
    if entries is not None:
        statement += f" AND {ROW_NUMBER[connection.vendor]} IN ({', '.join(['%s'] * len(entries))})"
    with connection.cursor() as cursor:
        cursor.execute(statement, [expression, *(entries or ())])
        [text] = cursor.fetchone()
    if not text:
        return {}
    numbers = np.fromstring(text, sep=",", dtype=np.int64)
    numbers.sort()
    types = numbers % TYPES_AT_MOST
    answer = {}
    how_many = np.bincount(types, minlength=TYPES_AT_MOST)
    for plan in plans():
        if not how_many[plan.number]:
            continue
        ids = numbers[types == plan.number] // TYPES_AT_MOST
        ids.setflags(write=False)
        answer[plan.name] = ids
    return answer


def suggestion(asked: Asked, has_hits: Callable[[str], object]) -> str:
    """Replace the words that no public record holds by known ones: “Did you mean …”. "" if there are none.

    `has_hits(text)` says whether a question finds something. It is asked before anything is suggested.
    """
    if len(asked.words) > MOST_TYPED:
        return ""
    text, wrong = asked.text, 0
    for word, begin, end in reversed(words_in_place(asked.text)):
        if word in FUNCTION_WORDS or not word.isalpha() or is_held(word):
            continue
        wrong += 1
        known = nearest_known_word(word) if wrong <= MOST_WRONG else ""
        if not known:
            return ""
        text = text[:begin] + known + text[end:]
    return text if wrong and has_hits(text) else ""


def is_held(word: str) -> bool:
    return bool(ids_holding(Word((word,), len(word) >= SHORTEST_BEGINNING)))


def nearest_known_word(word: str) -> str:
    """Find the known word that differs least, and of several the commonest; "" when all differ too much."""
    most = 1 if len(word) <= SHORT_WORD else 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM cooperation_searchword WHERE length(word) BETWEEN %s AND %s",
            [len(word) - most, len(word) + most],
        )
        known = [row[0] for row in cursor.fetchall()]
    within = process.extract(word, known, scorer=OSA.distance, score_cutoff=most, limit=None)
    near = sorted((distance, other[0] != word[0], other) for other, distance, _place in within)[:MOST_TRIED]
    held = []
    for distance, begins_otherwise, other in near:
        hits = sum(ids.size for ids in ids_holding(Word((other,), is_prefix=False)).values())
        if hits:
            held.append((distance, begins_otherwise, -hits, other))
    return min(held)[-1] if held else ""
