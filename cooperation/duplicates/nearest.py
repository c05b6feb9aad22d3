"""Which records of the registry are nearest to one, and which two of it are near each other."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise

from django.db import models

from cooperation.duplicates.alike import FAR, Folded, compare
from cooperation.duplicates.likeness import read_likenesses
from cooperation.folding import FUNCTION_WORDS, words_of
from cooperation.models import Country

# From this score on, two records may well be the same: they are shown to a curator.
NEAR = 80
# A record is held against so many others at most: those with which it shares the rarest words.
MOST_CANDIDATES = 12
# A word that stands in more names than this finds nothing.
FREQUENT = 100
# A word in the names of so many countries tells none of them.
COMMON_IN_COUNTRIES = 5
# So many of the rarest words of a record are looked up.
MOST_LOOKED_UP = 8


@dataclass(frozen=True)
class Nearest:
    """A record that may be the same. `score` is 0 to 100; `why` says in a sentence what is alike."""

    record: models.Model
    score: int
    why: str


class Index:
    """Many `Folded` records of one model, found by the words of their names and by their codes."""

    def __init__(self, likenesses):
        self.records = [Folded(likeness) for likeness in likenesses]
        self.by_word, self.by_key = defaultdict(list), defaultdict(list)
        for place, record in enumerate(self.records):
            for word in words_to_find(record):
                self.by_word[word].append(place)
            for key in record.keys:
                self.by_key[key].append(place)

    def candidates(self, record):
        """The places of the records that are worth a comparison with `record`."""
        known = [(len(places), word) for word in words_to_find(record) if (places := self.by_word.get(word))]
        shared = Counter()
        for number, word in sorted(known)[:MOST_LOOKED_UP]:
            if number <= FREQUENT:
                for place in self.by_word[word]:
                    shared[place] += 1 / number
        found = [place for place, _weight in shared.most_common(MOST_CANDIDATES)]
        for key in record.keys:
            found += self.by_key.get(key, ())[:MOST_CANDIDATES]
        return dict.fromkeys(found)


def words_to_find(record):
    return {word for name in record.names for word in (*name.words, *joined_pairs(name.words))}


def joined_pairs(words):
    """Words of two letters begin many a compound: “co-operation” is looked up as “cooperation”, too."""
    return ["".join(pair) for pair in pairwise(words) if len(pair[0]) <= 3]


def country_words():
    """The words that tell countries apart: “Chile”, “Peru”, “Guinea”; not “Republic”, which many have."""
    counts = Counter(
        word for name in Country.objects.values_list("name", flat=True) for word in {*words_of(name)} - FUNCTION_WORDS
    )
    return frozenset(word for word, number in counts.items() if number < COMMON_IN_COUNTRIES)


def nearest(likeness, most=5):
    """`[Nearest, ...]`, at most `most` of them, the nearest first; also such as are below `NEAR`."""
    return nearest_of_all([likeness], most)[0]


def nearest_of_all(likenesses, most=5):
    """What `nearest` gives for each, in their order. The registry is read once for each type."""
    types = {likeness.model for likeness in likenesses}
    indexes = {model: Index(read_likenesses(model)) for model in types}
    words = country_words()
    found = []
    for likeness in likenesses:
        index, record = indexes[likeness.model], Folded(likeness)
        others = [index.records[place] for place in index.candidates(record)]
        scores = [(*compare(record, other, words), other.pk) for other in others if other.pk != likeness.pk]
        near = sorted((each for each in scores if each[0] >= FAR), key=lambda each: (-each[0], each[2]))
        found.append((likeness.model, near[:most]))
    wanted = defaultdict(set)
    for model, near in found:
        wanted[model] |= {pk for _score, _why, pk in near}
    records = {model: model._base_manager.in_bulk(list(ids)) for model, ids in wanted.items()}
    return [
        [Nearest(records[model][pk], score, why) for score, why, pk in near if pk in records[model]]
        for model, near in found
    ]
