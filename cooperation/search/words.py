"""Words: how text is folded, what a question asks for, and how hits are marked. The database plays no part here."""

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, combining, decimal, normalize

from django.core.exceptions import ValidationError
from django.utils.html import escape, format_html, format_html_join
from django.utils.translation import gettext as _

MOST_WORDS = 12
# The words of phrases and the characters of scripts without spaces counted one by one.
MOST_TOKENS = 100
# Letters of a word that count. Databases set limits to the length of a word.
LONGEST_WORD = 64
# A word may be the beginning of another one from so many letters on.
SHORTEST_BEGINNING = 2
# “Non-aligned” may be asked for as “nonaligned”; an address with its many hyphens is no such word.
MOST_IN_COMPOUND = 3
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂「」『』", '"'))
PIECE = re.compile(r'"([^"]*)"|[^\s"]+')
ENGLISH = {"of", "the", "and", "for", "in", "on", "to", "a"}
SPANISH = {"de", "del", "la", "las", "el", "los", "y", "e", "o", "en"}
PORTUGUESE = {"do", "da", "dos", "das"}
FRENCH = {"du", "des", "le", "les", "et"}
FUNCTION_WORDS = frozenset(ENGLISH | SPANISH | PORTUGUESE | FRENCH)

# Letters that Unicode does not take apart, and the apostrophes that it counts as letters.
PLAIN = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e", "æ": "ae"}
PLAIN |= {"œ": "oe", "þ": "th", "ĸ": "k", "ƒ": "f", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɛ": "e", "ɔ": "o"}
PLAIN |= dict.fromkeys("’‘‛´ʹʻʼʽʾʿˈꞌ", "'")
# With these, what is left of a text in Latin script is ASCII, which is fast.
PLAIN |= {"\u2010": "-", **dict.fromkeys("–—‒−“”„«»•·§°€£", " ")}
HAN = "\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Thai and Lao, Myanmar, Khmer, Kana: like Han written without spaces between the words.
SPACELESS_RANGES = ((0xE00, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3041, 0x30FF), (0x31F0, 0x31FF))
# Where accents, vowel signs and digits are. Between these ranges there are only Han and Hangul.
MARKS_RANGES = ((0x80, 0x33FF), (0xA000, 0xABFF), (0xF900, 0x1EFFF))


def letters_of(ranges):
    return (chr(code) for first, last in ranges for code in range(first, last + 1))


def is_accent(letter):
    """Whether a combining mark may be left out, as in the Latin, Greek, Cyrillic, Hebrew and Arabic scripts.

    The marks of other scripts are vowels; without them a word would be another one.
    """
    return combining(letter) >= 200 or 10 <= combining(letter) < 40 or combining(letter) == 1


def plain_letters():
    """`{code: what stands for it, None for nothing}`, after compatible characters were taken apart."""
    plain = {ord(letter): other for letter, other in PLAIN.items()}
    for letter in letters_of(MARKS_RANGES):
        if category(letter) == "Nd":
            plain[ord(letter)] = str(decimal(letter))
        # Invisible characters, enclosing marks, the Arabic lengthening stroke, and the choice between glyphs.
        elif category(letter) in ("Cf", "Me") or letter in "\u0640\ufe0e\ufe0f" or is_accent(letter):
            plain[ord(letter)] = None
    return plain


PLAIN_LETTERS = plain_letters()
PLAIN_ASCII = str.maketrans({chr(code): chr(code) if chr(code).isalnum() else " " for code in range(128)})
SPACELESS = HAN + "".join(letter for letter in letters_of(SPACELESS_RANGES) if category(letter)[0] in "LMN")
IS_SPACELESS = re.compile(f"[{SPACELESS}]")
MARKS = "".join(
    letter
    for letter in letters_of(MARKS_RANGES)
    if category(letter) in ("Mn", "Mc") and ord(letter) not in PLAIN_LETTERS and not IS_SPACELESS.match(letter)
)
WORD = re.compile(f"[{SPACELESS}]|(?:[^\\W_{SPACELESS}]|[{MARKS}])+")
JOINTS = frozenset("-'")
# Each begins where a run of letters begins and gives none back: a long run takes no longer than its length.
COMPOUND = re.compile(rf"(?<![\w{MARKS}])[\w{MARKS}]++(?:[-'][\w{MARKS}]++)+")
ASCII_COMPOUND = re.compile(r"(?<!\w)\w++(?:[-']\w++)+", re.ASCII)
ASCII_WORD = re.compile("[A-Za-z0-9]+")
UNWRITABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def fold(text):
    """Text in small letters without accents, for the index and for the question alike."""
    if text.isascii():
        return text.lower()
    text = normalize("NFKD", text.casefold()).casefold().translate(PLAIN_LETTERS)
    # Put together again what is not an accent: Hangul syllables, voiced Kana.
    return normalize("NFC", text)


fold_letter = lru_cache(maxsize=2048)(fold)


def words_of(text):
    """The folded words of a text: runs of letters and digits, in scripts without spaces each character.

    >>> words_of("Türkiye’s BAPA+40")
    ['turkiye', 's', 'bapa', '40']
    """
    return split(fold(text))


def split(folded):
    words = folded.translate(PLAIN_ASCII).split() if folded.isascii() else WORD.findall(folded)
    return [word[:LONGEST_WORD] for word in words]


def compounds_of(folded):
    """Words of two or three parts written as one: “co-operation” is “cooperation”, “Nuku’alofa” is “nukualofa”."""
    if "-" not in folded and "'" not in folded:
        return []
    found = map(split, (ASCII_COMPOUND if folded.isascii() else COMPOUND).findall(folded))
    return ["".join(words) for words in found if is_compound(words)]


def is_compound(words):
    return 2 <= len(words) <= MOST_IN_COMPOUND and not "".join(words).isdigit()


def words_in_place(text):
    """`[(folded word, where it begins in the text, where it ends), ...]`"""
    if text.isascii():
        return [(match[0].lower()[:LONGEST_WORD], *match.span()) for match in ASCII_WORD.finditer(text)]
    folded, places = [], []
    for place, letter in enumerate(text):
        plain = fold_letter(letter)
        folded.append(plain)
        places.extend([place] * len(plain))
    words = []
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


def read_question(text):
    """The words that a question asks for, as `Asked`. Quotes make a phrase; nothing else has a meaning of its own.

    Function words are left out unless nothing else is asked. Raises ValidationError when there are too many words.
    """
    # Surrogates and NUL, which neither a page nor a database takes, go with the line breaks.
    text = " ".join(UNWRITABLE.sub(" ", text).split())
    words, before = {}, None
    for match in PIECE.finditer(text.translate(QUOTES)):
        tokens = tuple(words_of(match[0]))
        if not tokens:
            continue
        beginning = len(tokens[-1]) >= SHORTEST_BEGINNING and not IS_SPACELESS.match(tokens[-1])
        word = Word(tokens, is_prefix=match[1] is None and beginning)
        if word == before and len(tokens) == 1:
            # “south south”: not twice the same, but South-South.
            words.pop(word, None)
            word = Word(tokens * 2, word.is_prefix)
        words[word] = None
        before = word
    asked = [word for word in words if not (word.tokens[0] in FUNCTION_WORDS and len(word.tokens) == 1)] or list(words)
    if len(asked) > MOST_WORDS or sum(len(word.tokens) for word in asked) > MOST_TOKENS:
        raise ValidationError(_("At most %(number)s words can be searched at once.") % {"number": MOST_WORDS})
    return Asked(tuple(asked), text)


def hits_in(text, asked):
    """`[(begin, end), ...]` of what the question asks for in the text, in order, none touching another."""
    placed = words_in_place(text)
    compounds = compounds_in_place(text, placed)
    spans = []
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
    apart = []
    for begin, end in sorted(spans):
        if apart and begin <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((begin, end))
    return apart


def compounds_in_place(text, placed):
    """`[(words written as one, where they begin in the text, where they end), ...]`, as in `compounds_of`."""
    runs, last_end = [], -1
    for word in placed:
        if word[1] == last_end + 1 and fold(text[last_end]) in JOINTS:
            runs[-1].append(word)
        else:
            runs.append([word])
        last_end = word[2]
    parts = [([word for word, _begin, _end in run], run[0][1], run[-1][2]) for run in runs]
    return [("".join(words), begin, end) for words, begin, end in parts if is_compound(words)]


def mark(text, asked):
    """The text as HTML, with what the question asks for in `<mark>`."""
    done, pieces = 0, []
    for begin, end in hits_in(text, asked):
        pieces.append((escape(text[done:begin]), format_html("<mark>{}</mark>", text[begin:end])))
        done = end
    return format_html_join("", "{}{}", [*pieces, (text[done:], "")])


def excerpt(text, asked, length=200):
    """About `length` characters of the text around the first hit, as HTML with the hits marked.

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
