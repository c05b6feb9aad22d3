"""Words: what a question asks for, and how hits are marked. The database plays no part here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cooperation.folding import (
    FUNCTION_WORDS,
    IS_SPACELESS,
    LONGEST_WORD,
    MARKS,
    WORD,
    fold,
    fold_letter,
    split,
    words_of,
)

# Characters of a question. One of no more than `LONGEST_PASTED` may be a title, which has up to 300, and what was
# copied beside it. It is read whatever number of words it has.
LONGEST_QUESTION, LONGEST_PASTED = 1_000, 310
MOST_WORDS = 40
# The words of phrases and the characters of scripts without spaces counted one by one.
MOST_TOKENS = 1_000
# A word may be the beginning of another one from so many letters on.
SHORTEST_BEGINNING = 2
# “Non-aligned” may be asked for as “nonaligned”; an address with its many hyphens is no such word.
MOST_IN_COMPOUND = 3
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂「」『』", '"'))
PIECE = re.compile(r'"([^"]*)"|[^\s"]+')
JOINTS = frozenset("-'")
# Each begins where a run of letters begins and gives none back: a long run takes no longer than its length.
COMPOUND = re.compile(rf"(?<![\w{MARKS}])[\w{MARKS}]++(?:[-'][\w{MARKS}]++)+")
ASCII_COMPOUND = re.compile(r"(?<!\w)\w++(?:[-']\w++)+", re.ASCII)
ASCII_WORD = re.compile("[A-Za-z0-9]+")
UNWRITABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")

# A folded word, where it begins in the text, and where it ends.
Placed = tuple[str, int, int]


def compounds_of(folded: str) -> list[str]:
    """Words of two or three parts written as one: “co-operation” is “cooperation”, “Nuku’alofa” is “nukualofa”."""
    if "-" not in folded and "'" not in folded:
        return []
    found = map(split, (ASCII_COMPOUND if folded.isascii() else COMPOUND).findall(folded))
    return ["".join(words) for words in found if is_compound(words)]


def is_compound(words: Sequence[str]) -> bool:
    return 2 <= len(words) <= MOST_IN_COMPOUND and not "".join(words).isdigit()


def words_in_place(text: str) -> list[Placed]:
    """Find the folded words of a text, each with its place."""
    if text.isascii():
        return [(match[0].lower()[:LONGEST_WORD], *match.span()) for match in ASCII_WORD.finditer(text)]
    folded: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        plain = fold_letter(letter)
        folded.append(plain)
        places.extend([place] * len(plain))
    words: list[Placed] = []
    for match in WORD.finditer("".join(folded)):
        end = places[match.end() - 1] + 1
        while end < len(text) and not folded[end]:  # accents of the last letter
            end += 1
        words.append((match[0][:LONGEST_WORD], places[match.start()], end))
    return words


@dataclass(frozen=True)
class Word:
    """One asked word: tokens that follow each other. The last one may be the beginning of a word where so marked."""

    tokens: tuple[str, ...]
    is_prefix: bool


@dataclass(frozen=True)
class Asked:
    """What a question asks for: all of these words. `text` is the question as it was put, on one line."""

    words: tuple[Word, ...]
    text: str


def read_question(text: str) -> Asked:
    """Read the words that a question asks for. Quotes make a phrase; nothing else has a meaning of its own.

    Function words are left out unless nothing else is asked. Raises ValidationError when there are too many words.
    """
    # Surrogates and NUL, which neither a page nor a database takes, go with the line breaks.
    text = " ".join(UNWRITABLE.sub(" ", text).split())
    words: dict[Word, None] = {}
    before = None
    for match in PIECE.finditer(text.translate(QUOTES)):
        tokens = tuple(words_of(match[0]))
        if not tokens:
            continue
        beginning = len(tokens[-1]) >= SHORTEST_BEGINNING and not IS_SPACELESS.match(tokens[-1])
        word = Word(tokens, is_prefix=match[1] is None and beginning)
        if word == before and len(tokens) == 1 and text[match.start() - 2].isalnum():
            # “south south”: not twice the same, but South-South; “FEALAC: FEALAC …” is twice the same.
            words.pop(word, None)
            word = Word(tokens * 2, word.is_prefix)
        words[word] = None
        before = word
    asked = [word for word in words if not (word.tokens[0] in FUNCTION_WORDS and len(word.tokens) == 1)] or list(words)
    if len(text) > LONGEST_PASTED and len(asked) > MOST_WORDS:
        sentence = _("At most %(number)s words can be searched at once; these are %(given)s.")
        raise ValidationError(sentence % {"number": MOST_WORDS, "given": len(asked)})
    number = sum(len(word.tokens) for word in asked)
    if number > MOST_TOKENS:
        sentence = _("At most %(number)s parts of words can be searched at once; these are %(given)s.")
        raise ValidationError(sentence % {"number": MOST_TOKENS, "given": number})
    return Asked(tuple(asked), text)


def hits_in(text: str, asked: Asked) -> list[tuple[int, int]]:
    """`[(begin, end), ...]` of what the question asks for in the text, in order, none touching another."""
    placed = words_in_place(text)
    compounds = compounds_in_place(text, placed)
    spans: list[tuple[int, int]] = []
    for word in asked.words:
        *before, last = word.tokens
        for place in range(len(placed) - len(before)):
            other, _begin, end = placed[place + len(before)]
            if (other.startswith(last) if word.is_prefix else other == last) and all(
                placed[place + step][0] == token for step, token in enumerate(before)
            ):
                spans.append((placed[place][1], end))
        whole = "".join(word.tokens)
        for other, begin, end in (*compounds, *(placed if before else ())):
            if other.startswith(whole) if word.is_prefix else other == whole:
                spans.append((begin, end))
    apart: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if apart and begin <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((begin, end))
    return apart


def compounds_in_place(text: str, placed: Sequence[Placed]) -> list[Placed]:
    """Find the words written as one, as `compounds_of` does, each with its place."""
    runs: list[list[Placed]] = []
    last_end = -1
    for word in placed:
        if runs and word[1] == last_end + 1 and fold(text[last_end]) in JOINTS:
            runs[-1].append(word)
        else:
            runs.append([word])
        last_end = word[2]
    parts = [([word for word, _begin, _end in run], run[0][1], run[-1][2]) for run in runs]
    return [("".join(words), begin, end) for words, begin, end in parts if is_compound(words)]


def mark(text: str, asked: Asked) -> SafeString:
    """Write the text as HTML, with what the question asks for in `<mark>`."""
    done, pieces = 0, []
    for begin, end in hits_in(text, asked):
        pieces.append((escape(text[done:begin]), format_html("<mark>{}</mark>", text[begin:end])))
        done = end
    return format_html_join("", "{}{}", [*pieces, (text[done:], "")])


def excerpt(text: str, asked: Asked, length: int = 200) -> SafeString:
    """Write about `length` characters of the text around the first hit, as HTML with the hits marked.

    Without a hit it is the beginning of the text.
    """
    if len(text) <= length:
        return mark(text, asked)
    hits = hits_in(text, asked)
    begin, end = hits[0] if hits else (0, 0)
    # A third of the room stands before the hit; near the end of the text, more.
    start = max(0, min(begin - length // 3, len(text) - length))
    stop = min(len(text), max(start + length, end))
    if start > 0:
        space = text.find(" ", start - 1, begin)
        start = space + 1 if space >= 0 else start
    if stop < len(text):
        space = text.rfind(" ", max(end, start + 1), stop + 1)
        stop = space if space >= 0 else stop
    before, after = "… " if start else "", " …" if stop < len(text) else ""
    return format_html("{}{}{}", before, mark(text[start:stop].strip(), asked), after)
