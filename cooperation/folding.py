"""Folding: text reduced to what two spellings of it have in common. The database plays no part here."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import category, combining, decimal, normalize

# Letters of a word that count. Databases set limits to the length of a word.
LONGEST_WORD = 64
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


def letters_of(ranges: Iterable[tuple[int, int]]) -> Iterator[str]:
    return (chr(code) for first, last in ranges for code in range(first, last + 1))


def is_accent(letter: str) -> bool:
    """Whether a combining mark may be left out, as in the Latin, Greek, Cyrillic, Hebrew and Arabic scripts.

    The marks of other scripts are vowels; without them a word would be another one.
    """
    return combining(letter) >= 200 or 10 <= combining(letter) < 40 or combining(letter) == 1


def plain_letters() -> dict[int, str | None]:
    """`{code: what stands for it, None for nothing}`, after compatible characters were taken apart."""
    plain: dict[int, str | None] = {ord(letter): other for letter, other in PLAIN.items()}
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


def fold(text: str) -> str:
    """Text in small letters without accents, for the index and for the question alike."""
    if text.isascii():
        return text.lower()
    text = normalize("NFKD", text.casefold()).casefold().translate(PLAIN_LETTERS)
    # Put together again what is not an accent: Hangul syllables, voiced Kana.
    return normalize("NFC", text)


fold_letter = lru_cache(maxsize=2048)(fold)


def words_of(text: str) -> list[str]:
    """Split a text into its folded words: runs of letters and digits, in scripts without spaces each character.

    >>> words_of("Türkiye’s BAPA+40")
    ['turkiye', 's', 'bapa', '40']
    """
    return split(fold(text))


def split(folded: str) -> list[str]:
    words = folded.translate(PLAIN_ASCII).split() if folded.isascii() else WORD.findall(folded)
    return [word[:LONGEST_WORD] for word in words]
