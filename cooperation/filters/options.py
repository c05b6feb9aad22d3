"""The values that filters understand: their public codes, what they are called, and the keys of their bitmaps."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cooperation import changes, search
from cooperation.models import PUBLIC_RECORDS, Goal, Instrument, PortalRegion, PublicRecord, Theme

# Codes and what they are called.
Pairs = Sequence[tuple[str, str | Promise]]
# The folded words of a name.
FoldedName = tuple[str, ...]

REGION_CHOICES = [(region.value, region.label) for region in (PortalRegion.ASIA_PACIFIC, PortalRegion.LAC)]
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


@dataclass(frozen=True)
class Option:
    """A value that a filter understands: its public code, what it is called, and the key of its bitmap.

    `html` are code and label, escaped once and for all: a page draws hundreds of them.
    """

    code: str
    label: str
    key: Any
    names: tuple[FoldedName, ...] = ()
    html: tuple[str, str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "html", (escape(self.code), escape(self.label)))


@dataclass(frozen=True)
class Codes:
    """The public rows of `model` as options, in the order of their labels. `names` are further columns with names."""

    model: type[PublicRecord | Theme | Goal | Instrument]
    code: str
    label: str
    names: tuple[str, ...] = ()

    def options(self, version: int) -> list[Option]:
        """Read the options at a data version, once for each."""
        return self._at(version)[1]

    def with_present_ids(self, codes: Iterable[str]) -> list[str]:
        """Replace each former or merged public id among the codes by that of the present record.

        The database is asked about codes that are unknown, and only about those.
        """
        codes = list(codes)
        if self.code != "slug":  # only slugs have former ones
            return codes
        _version, _options, known = self._at(changes.current())
        unknown = [code for code in codes if code not in known]
        model: Any = self.model
        present: dict[str, str] = model.objects.present_ids(unknown) if unknown else {}
        return [present.get(code, code) for code in codes]

    def called(self, word: search.Word, version: int) -> list[Option]:
        """List the options of which a name holds the asked word."""
        if _named.get(self, (None,))[0] != version:
            by_token: dict[str, list[Option]] = defaultdict(list)
            for option in self.options(version):
                for token in {token for name in option.names for token in name}:
                    by_token[token].append(option)
            _named[self] = (version, sorted(by_token), by_token)
        _version, tokens, by_token = _named[self]
        last = word.tokens[-1]
        place = bisect_left(tokens, last)
        fitting: dict[str, Option] = {}
        while place < len(tokens) and (tokens[place].startswith(last) if word.is_prefix else tokens[place] == last):
            fitting |= {option.code: option for option in by_token[tokens[place]]}
            place += 1
        return [option for option in fitting.values() if len(word.tokens) == 1 or is_called(option.names, word)]

    def _at(self, version: int) -> tuple[int, list[Option], frozenset[str]]:
        """Read options and the set of their codes, once for each data version: `(data version, options, codes)`."""
        if _read.get(self, (None,))[0] != version:
            model: Any = self.model
            rows = model.objects.published() if model in PUBLIC_RECORDS else model.objects.all()
            columns = ("pk", self.code, self.label, *self.names)
            options = [
                Option(str(code), str(label), key, _names(code, label, *names))
                for key, code, label, *names in rows.order_by(self.label, self.code).values_list(*columns)
            ]
            _read[self] = (version, options, frozenset(option.code for option in options))
        return _read[self]


@dataclass(frozen=True, eq=False)
class Several:
    """Options of several kinds, each a `Codes` or (code, label) pairs, one kind after the other."""

    kinds: tuple["Codes | Pairs", ...]

    def options(self, version: int) -> list[Option]:
        return [option for each in self.kinds for option in options_of(each, version)]

    def with_present_ids(self, codes: Iterable[str]) -> list[str]:
        for each in self.kinds:
            codes = with_present_ids(each, codes)
        return list(codes)


# Where the values of a filter come from.
Choices = Codes | Several | Pairs

# Each with its data version: options and the set of their codes; tokens in order, and the options named by each.
_read: dict[Codes, tuple[int, list[Option], frozenset[str]]] = {}
_named: dict[Codes, tuple[int, list[str], dict[str, list[Option]]]] = {}


def _names(*columns: object) -> tuple[FoldedName, ...]:
    """Fold every name in some columns; a column may hold one on each line."""
    return tuple(tuple(search.words_of(line)) for column in columns for line in str(column).splitlines())


def is_called(names: Iterable[Sequence[str]], word: search.Word) -> bool:
    """Tell whether one of the names, each a sequence of folded words, holds the asked word."""
    *whole, last = word.tokens
    for name in names:
        for place in range(len(name) - len(whole)):
            end = name[place + len(whole)]
            fits = end.startswith(last) if word.is_prefix else end == last
            if fits and list(name[place : place + len(whole)]) == whole:
                return True
    return False


def options_of(choices: Choices, version: int) -> list[Option]:
    """List the options of some choices. Pairs are translated once for each language."""
    if isinstance(choices, Codes | Several):
        return choices.options(version)
    key = (id(choices), get_language())
    if key not in _translated:
        _translated[key] = [Option(str(code), str(label), code) for code, label in choices]
    return _translated[key]


def options_called(choices: Choices, word: search.Word, version: int) -> list[Option]:
    """List the options of which a name holds the asked word; only rows of a table have names."""
    return choices.called(word, version) if isinstance(choices, Codes) else []


def with_present_ids(choices: Choices, codes: Iterable[str]) -> list[str]:
    """Replace each former or merged public id among the codes by that of the present record."""
    return choices.with_present_ids(codes) if isinstance(choices, Codes | Several) else list(codes)


_translated: dict[tuple[int, str | None], list[Option]] = {}
