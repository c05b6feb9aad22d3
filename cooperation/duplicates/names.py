"""How alike two names are.

Two spellings of one name are alike; two names that differ in a number (“Phase II”, “2019”) or in one word that is the
point of them (“Chile”, “Peru”) are not, however many letters they share.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from cooperation.folding import FUNCTION_WORDS, words_of

# What a quick comparison of letters finds so far apart is not looked at word by word.
QUICKLY_FAR = 55
# Words whose letters are so alike are one word, mistyped or in another form.
SAME_WORD = 80
# A name within a longer one says something if it has so many words that tell something.
TELLING = 3
# They stand in so many names that they tell little, and count for less than other words.
GENERAL_WEIGHT = 0.4
GENERAL = {"south", "north", "triangular", "trilateral", "cooperation", "international", "development", "regional"}
GENERAL |= {"capacity", "building", "support", "project", "programme", "program", "exchange", "initiative", "forum"}
GENERAL |= {"conference", "committee", "agency", "ministry", "sur", "norte", "cooperacion", "internacional", "apoyo"}
GENERAL |= {"desarrollo", "proyecto", "programa", "conferencia", "comite", "agencia", "ministerio", "intercambio"}
NUMBERED = {"phase", "fase", "part", "parte", "component", "componente", "volume", "edition", "tomo", "etapa", "stage"}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
SPANISH_ORDINALS = ("primera", "segunda", "tercera", "cuarta", "quinta", "sexta", "septima", "octava", "novena")
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii")
IN_WORDS = {word: str(number) for words in (ORDINALS, SPANISH_ORDINALS) for number, word in enumerate(words, 1)}
IN_WORDS |= {word: str(number) for number, word in enumerate(ROMAN, 1) if len(word) > 1}
AFTER_PHASE = {word: str(number) for number, word in enumerate(ROMAN, 1)}
DIGITS = re.compile(r"0*(\d+)(?:st|nd|rd|th|o|a|er|eme|e)?")
# A number that a missing space has tied to a word: “elections16 October”.
TIED_NUMBER = re.compile(r"(?<=[^\W\d]{4})(?=\d)|(?<=\d)(?=[^\W\d]{4})")
# Numbers of so many digits are ids: one may give them and the other not.
LONG_NUMBER = 5


@dataclass(frozen=True)
class Name:
    """A name taken apart: its telling words, and the numbers in it."""

    words: tuple[str, ...]
    numbers: frozenset[str]

    @cached_property
    def squashed(self):
        return "".join(self.words)

    @cached_property
    def spaced(self):
        return " ".join(self.words)


def read_name(text):
    words, numbers, before = [], set(), ""
    for word in words_of(TIED_NUMBER.sub(" ", text)):
        digits = DIGITS.fullmatch(word)
        number = digits[1] if digits else IN_WORDS.get(word)
        if before in NUMBERED:
            number = number or AFTER_PHASE.get(word) or (word if len(word) == 1 else None)
        if number:
            numbers.add(number)
        elif word not in NUMBERED:
            words.append(word)
        before = word
    telling = tuple(word for word in words if word not in FUNCTION_WORDS and len(word) > 1)
    return Name(telling or tuple(words), frozenset(numbers))


@dataclass(frozen=True)
class NamesAlike:
    score: float  # 0 to 100
    words: int  # of the shorter name
    has_other_number: bool = False
    has_other_country: bool = False


def compare_names(one, other, country_words):
    """`NamesAlike` of two `Name`s."""
    words = min(len(one.words), len(other.words))
    if not words:
        same = not one.words and not other.words and one.numbers == other.numbers and one.numbers
        return NamesAlike(100.0 if same else 0.0, words)
    has_other_number = differ(one.numbers, other.numbers)
    if one.squashed == other.squashed:
        return NamesAlike(100.0, words, has_other_number)
    if not fuzz.token_set_ratio(one.spaced, other.spaced, score_cutoff=QUICKLY_FAR):
        return NamesAlike(0.0, words, has_other_number)
    ours, theirs = joined_like(one.words, other.words), joined_like(other.words, one.words)
    left, right = [word for word in ours if word not in theirs], [word for word in theirs if word not in ours]
    matched, lost = weight(word for word in ours if word not in left), 0.0
    for word in list(left):
        nearest = max(right, key=lambda each: Indel.normalized_similarity(word, each), default="")
        alike = 100 * Indel.normalized_similarity(word, nearest) if nearest else 0
        # “Mali” is no other form of “Malawi”.
        if alike >= SAME_WORD and not {word, nearest} <= country_words:
            left.remove(word)
            right.remove(nearest)
            matched += weight([word]) * alike / 100
            lost += weight([word]) * (1 - alike / 100)
    rest = weight(left) + weight(right) + lost
    if left and right:
        # One word in the place of another is a difference; a word more is only a longer name.
        score = 100 * matched / (matched + rest)
    else:
        score = 100 * 2 * matched / (2 * matched + rest)
        if min(len(set(ours) - GENERAL), len(set(theirs) - GENERAL)) >= TELLING:
            score = max(score, 60 + 30 * min(len(ours), len(theirs)) / max(len(ours), len(theirs)))
    has_other_country = bool(country_words.intersection(left)) and bool(country_words.intersection(right))
    return NamesAlike(score, words, has_other_number, has_other_country)


def weight(words):
    return sum(GENERAL_WEIGHT if word in GENERAL else 1 for word in words)


def differ(numbers, others):
    """Whether two names speak of another phase, edition or year."""
    ours, theirs = numbers - others, others - numbers
    return bool(ours and theirs) or any(len(number) < LONG_NUMBER for number in ours | theirs)


def joined_like(words, other):
    """The words, two joined where the other name writes them as one: “co-operation” like “cooperation”."""
    found, place, other = [], 0, set(other)
    if other.isdisjoint(map("".join, pairwise(words))):
        return list(dict.fromkeys(words))
    while place < len(words):
        pair = "".join(words[place : place + 2])
        is_one = place + 1 < len(words) and pair in other
        found.append(pair if is_one else words[place])
        place += 2 if is_one else 1
    return list(dict.fromkeys(found))


def best_names(one, other, country_words):
    found = [compare_names(a, b, country_words) for a in one.names for b in other.names]
    # Of equally good ones that which nothing speaks against.
    return max(
        found,
        key=lambda each: (each.score, not each.has_other_number, not each.has_other_country),
        default=NamesAlike(0.0, 0),
    )
