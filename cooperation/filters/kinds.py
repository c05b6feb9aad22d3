"""The kinds of filters: each says which records it lets through, as a bitmap."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce, NullIf, Substr
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateTimeFilter, MultipleChoiceFilter, NumberFilter
from pyroaring import BitMap

from cooperation import search
from cooperation.facets import Bitmaps, Own, ValueSource, intersection, union
from cooperation.filters.options import Choices, options_called

if TYPE_CHECKING:
    from cooperation.filters.base import RecordFilterSet

# `{key: bitmap}` of what each value gives, for a FilterSet and what is asked of it.
ValuesOf = Callable[["RecordFilterSet", Mapping[str, Any]], Bitmaps]

# Up to so many words are looked up one by one: each is then known, and need not be looked up when another follows.
FEW_WORDS = 12
# Of so many records the index is asked one by one.
FEW_RECORDS = 20
UNKNOWN_VALUE = _("“%(value)s” is not a value of this filter.")


class CodesField(forms.MultipleChoiceField):
    """Several codes, each of which must be known."""

    def validate(self, value: Iterable[str]) -> None:
        choices: Any = self.choices
        known = {code for code, _label in choices}
        for code in value:
            if code not in known:
                raise ValidationError(UNKNOWN_VALUE, code="invalid_choice", params={"value": code})


class SharedFilter:
    """A filter that says itself what it lets through. It keeps nothing of a request, so that no copy need be deep."""

    group: str | None = None
    # Of django-filter: the options of the form field.
    extra: dict[str, Any]

    def __deepcopy__(self, memo: object) -> Self:
        return copy(self)

    @property
    def hint(self) -> str | Promise:
        text: str | Promise = self.extra.get("help_text", "")
        return text

    @property
    def switch(self) -> list[tuple[str, str | Promise]]:
        """The values to switch between, as (code, label) pairs, of a filter that has so few."""
        return []

    def wording(self, value: Any) -> str:
        """Say a value in force in the words of the head of a list."""
        return str(value)

    def restriction(self, filterset: "RecordFilterSet", value: Any) -> BitMap | None:
        """Make the bitmap of the records that fit, or None when the filter lets all through."""
        return None


class CodesFilter(SharedFilter, MultipleChoiceFilter):
    """Any of several codes.

    `values` says where they stand, or is a function of the FilterSet and of what is asked that gives `{key: bitmap}`;
    `sources` is then what the index must hold for it. `choices` are a `Codes` or (code, label) pairs. Filters of one
    `group` only mean something together: each of them counts without the others. With `in_words`, the names of the
    values count as words of the records that have them. What `is_offered` is drawn; every filter is understood.
    """

    field_class = CodesField

    def __init__(
        self,
        values: ValueSource | ValuesOf,
        *,
        choices: Choices,
        sources: tuple[ValueSource, ...] | None = None,
        group: str | None = None,
        in_words: bool = False,
        offers_opposite: bool = False,
        is_offered: bool = True,
        **kwargs: Any,
    ) -> None:
        self.values = values
        own_source = () if callable(values) else (values,)
        self.sources: tuple[ValueSource, ...] = own_source if sources is None else sources
        self.codes = choices
        self.group = group
        self.in_words = in_words
        self.offers_opposite = offers_opposite
        self.is_offered = is_offered
        super().__init__(**kwargs)

    def bitmaps(self, filterset: "RecordFilterSet", asked: Mapping[str, Any]) -> Bitmaps:
        """Map the key of each value to the records that it gives, were it chosen alone."""
        return self.values(filterset, asked) if callable(self.values) else filterset.index.bitmaps(self.values)

    def restriction(self, filterset: "RecordFilterSet", codes: Collection[str]) -> BitMap | None:
        bitmaps = self.bitmaps(filterset, filterset.asked)
        return union(bitmaps[key] for key in filterset.keys(self, codes) if key in bitmaps)

    def results(self, having: int, all_others: int) -> int:
        """Count the results of a value that `having` of the `all_others` have, the records of all other filters."""
        return having

    def opposite(self) -> "LeaveOutFilter":
        """Make the filter that leaves out what this one gives."""
        return LeaveOutFilter(
            self.values,
            choices=self.codes,
            sources=self.sources,
            is_offered=self.offers_opposite,
            label=self.label,
        )


class LeaveOutFilter(CodesFilter):
    """None of several codes."""

    def bitmaps(self, filterset: "RecordFilterSet", asked: Mapping[str, Any]) -> Bitmaps:
        # Whatever else is asked: “not a provider” is about any partner, not about the countries chosen beside it.
        return super().bitmaps(filterset, {})

    def wording(self, value: Any) -> str:
        return gettext("without %(value)s") % {"value": value}

    def results(self, having: int, all_others: int) -> int:
        return all_others - having

    def restriction(self, filterset: "RecordFilterSet", codes: Collection[str]) -> BitMap:
        having = super().restriction(filterset, codes)
        return filterset.index.live if having is None else filterset.index.live - having


class WordsFilter(SharedFilter, CharFilter):
    """Words that a record holds, all of them. `parts` are those parts of the search index that are looked into."""

    def __init__(
        self, parts: tuple[str, ...] = search.PARTS, in_words: tuple[str, ...] | None = None, **kwargs: Any
    ) -> None:
        self.parts = parts
        self.in_words = in_words
        super().__init__(max_length=search.LONGEST_QUESTION, validators=[_readable], **kwargs)

    def restriction(self, filterset: "RecordFilterSet", text: str) -> BitMap:
        words = search.read_question(text).words
        if len(words) > FEW_WORDS:
            return self.holding_all(filterset, words)
        return intersection([self.holding(filterset, word) for word in words])

    def holding(self, filterset: "RecordFilterSet", word: search.Word) -> BitMap:
        """Find the records that hold a word, or whose values are called so."""
        return union([filterset.holding(word, self.parts), *self.called(filterset, word)])

    def holding_all(self, filterset: "RecordFilterSet", words: Collection[search.Word]) -> BitMap:
        """Find the same for many words, of which the index answers for all as fast as for the rarest.

        It cannot be asked at once for words by which values are called, since a record need not hold these itself. The
        longest, which are the rarest as a rule, come first, until few records are left, of each of which is known what
        it must hold.
        """
        called = {word: union(self.called(filterset, word)) for word in words}
        found = filterset.holding_all([word for word in words if not called[word]], self.parts)
        left = sorted((word for word in words if called[word]), key=lambda word: -len("".join(word.tokens)))
        while left and len(found) > FEW_RECORDS:
            word = left.pop(0)
            found = found & (called[word] | filterset.holding(word, self.parts))
        by_words: defaultdict[tuple[search.Word, ...], BitMap] = defaultdict(BitMap)
        for record in found:
            by_words[tuple(word for word in left if record not in called[word])].add(record)
        return union(filterset.holding_all(words, self.parts, among) for words, among in by_words.items())

    def called(self, filterset: "RecordFilterSet", word: search.Word) -> list[BitMap]:
        """List the bitmaps of the values that are called by a word."""
        found: list[BitMap] = []
        for each in self.named_by(filterset):
            bitmaps = each.bitmaps(filterset, {})
            options = options_called(each.codes, word, filterset.index.version)
            found += [bitmaps[option.key] for option in options if option.key in bitmaps]
        return found

    def named_by(self, filterset: "RecordFilterSet") -> list[CodesFilter]:
        """List the filters whose values are words of the records that have them."""
        if self.in_words:
            return [filterset.filters[name] for name in self.in_words]
        return [each for each in filterset.filters.values() if isinstance(each, CodesFilter) and each.in_words]


def _readable(text: str) -> None:
    if not search.read_question(text).words:
        raise ValidationError(_("Write at least one letter or digit."))


class YearFilter(SharedFilter, NumberFilter):
    """A year of four digits. `values` are years as text, of which those `from_then_on` fit, or those until then."""

    field_class = forms.IntegerField

    def __init__(
        self,
        values: ValueSource | None = None,
        *,
        from_then_on: bool = True,
        group: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.group = group
        self.sources = (values,) if values else ()
        self.from_then_on = from_then_on
        super().__init__(min_value=1, max_value=9999, **kwargs)

    def get_max_validator(self) -> None:
        # The stock one speaks of 1e+50.
        return None

    def restriction(self, filterset: "RecordFilterSet", year: int) -> BitMap | None:
        if not self.sources:
            return None
        text = f"{year:04d}"
        years = filterset.index.bitmaps(self.sources[0])
        return union(each for key, each in years.items() if (key >= text if self.from_then_on else key <= text))


class SwitchFilter(SharedFilter, ChoiceFilter):
    """Says how another filter of its group is meant."""

    def __init__(self, *, group: str | None = None, **kwargs: Any) -> None:
        self.group = group
        super().__init__(error_messages={"invalid_choice": UNKNOWN_VALUE}, **kwargs)

    @property
    def switch(self) -> list[tuple[str, str | Promise]]:
        return [("", self.extra["empty_label"]), *self.extra["choices"]]


class SinceField(forms.DateTimeField):
    """A day or a time of ISO 8601; one without a zone is of UTC."""

    default_error_messages = {"invalid": _("Write a day or a time, such as 2026-11-24 or 2026-11-24T09:30:00Z.")}

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class SinceFilter(SharedFilter, DateTimeFilter):
    """The records that changed since a time, for programs that keep a copy. No form offers it."""

    field_class = SinceField

    def wording(self, value: datetime) -> str:
        return date_format(value, "j F Y, H:i")

    def restriction(self, filterset: "RecordFilterSet", moment: datetime) -> BitMap:
        changed = filterset._meta.model.objects.published().filter(updated__gte=moment).order_by()
        return filterset.index.of_ids(np.fromiter(changed.values_list("pk", flat=True).iterator(), np.int64))


def year_of(name: str, *fields: str) -> Own:
    """Describe the year of the first of some partial dates that is not empty, as values of an index."""
    dates = [NullIf(each, Constant("")) for each in fields]
    return Own(name, Substr(Coalesce(*dates, Constant("")), 1, 4))
