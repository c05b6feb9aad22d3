"""What the filters of all lists have in common: which records fit, in which order, and what each value would give.

Longer than other files, since it is one class: hits, counts and order are worked out from each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet
from pyroaring import BitMap

from cooperation import facets, search
from cooperation.facets import Ids, Index, ListOrder, OrderFields, ValueSource, intersection
from cooperation.filters.kinds import (
    CodesField,
    CodesFilter,
    LeaveOutFilter,
    SharedFilter,
    SinceFilter,
    WordsFilter,
    YearFilter,
)
from cooperation.filters.options import Option, options_of, with_present_ids
from cooperation.filters.paging import AFTER, BY_ID, PAGE_SIZES, PagingForm
from cooperation.filters.shown import Chosen, Facet, Input, Problem, Value
from cooperation.filters.wording import conditions_in_words, title_in_words, values_in_words
from cooperation.models import Record

# A long filter shows this many values, those that give most; the rest unfolds in alphabetical order.
VALUES_IN_SIGHT = 12
# The first filters of a form stand open; the others unfold.
FACETS_OPEN = 3
# More hits than this are not ranked, but for those that are exactly what was asked for.
MANY = 10_000
RELEVANCE = "relevance"


def as_query(data: QueryDict | Mapping[str, Any]) -> QueryDict:
    """Make a `QueryDict` of a plain `{name: value or list of values}`, unless it is one."""
    if isinstance(data, QueryDict):
        return data
    query = QueryDict(mutable=True)
    for name, value in data.items():
        values: Any = value if isinstance(value, list | tuple) else [value]
        query.setlist(name, values)
    return query


class RecordFilterSet(FilterSet):
    """What all lists share: which records fit, in which order, how many each value would give, what was wrong.

    `ORDERS` maps a code to a label and an order (fields of which the last is unique, or a function of the index that
    gives ids); the first, which must be fields, is the order of a list that names none.
    """

    ORDERS: Mapping[str, tuple[str | Promise, ListOrder]] = {}
    # Whether those that fit words best come first, unless another order is asked for.
    RANKS_WORDS = True
    # The name of the page, where it is not that of what is listed.
    PAGE: str | Promise = ""
    # Whether what is listed has ids that stay, so that programs can take it in their order.
    HAS_IDS = True

    q = WordsFilter(label=_("Words"))
    # Of django-filter: the filters by name, and what they are asked.
    filters: dict[str, Any]
    base_filters: dict[str, SharedFilter]
    form: forms.Form

    def __init__(
        self,
        data: QueryDict | Mapping[str, Any] | None = None,
        queryset: QuerySet[Any] | None = None,
        *,
        paging: type[PagingForm] = PagingForm,
        **kwargs: Any,
    ) -> None:
        super().__init__(data or {}, queryset, **kwargs)
        self.data = as_query(data or {})
        self.paging = paging(self.data)
        orders = [(code, label) for code, (label, _order) in self.ORDERS.items()]
        if self.RANKS_WORDS and self.data.get("q"):
            orders.insert(0, (RELEVANCE, _("Best match")))
        if not self.HAS_IDS:
            self.paging.fields.pop(AFTER, None)
        elif self.paging.offers_ids:
            orders.append((BY_ID, _("Order of entry, which no edit changes")))
        sort: Any = self.paging.fields["sort"]
        sort.choices = orders

    @classmethod
    def get_filters(cls) -> dict[str, SharedFilter]:
        filters: dict[str, SharedFilter] = super().get_filters()
        # Of what is no record nobody notes when it changed.
        if cls._meta.model and issubclass(cls._meta.model, Record):
            filters["updated_since"] = SinceFilter(label=_("Changed since"))
        opposites = {f"not_{name}": each.opposite() for name, each in filters.items() if isinstance(each, CodesFilter)}
        return {**filters, **{name: each for name, each in opposites.items() if name not in filters}}

    @classmethod
    def parameters(cls, query: QueryDict) -> QueryDict:
        """Keep what of a query string matters, in one form.

        That is without unknown, empty and repeated parameters, without defaults, with present ids for former ones, in
        the order of names and values.
        """
        known = query.copy()
        for name in query:
            each, given = cls.base_filters.get(name), {value.strip() for value in query.getlist(name)} - {""}
            if isinstance(each, CodesFilter):
                given = set(with_present_ids(each.codes, given))
            values = sorted(given)
            if not values or (name not in cls.base_filters and name not in PagingForm.base_fields):
                del known[name]
            else:
                known.setlist(name, values)
        for name, value in {"sort": cls.default_order(known), "per": str(PAGE_SIZES[0]), "page": "1"}.items():
            if known.getlist(name) == [value]:
                del known[name]
        if known.getlist("sort") == [RELEVANCE]:
            del known["sort"]
        for name in sorted(known):
            known.setlist(name, known.pop(name))
        return known

    @classmethod
    def default_order(cls, asked: Mapping[str, Any]) -> str:
        """Return the code of the order of a list that names none."""
        return RELEVANCE if cls.RANKS_WORDS and "q" in asked else next(iter(cls.ORDERS))

    def get_form_class(self) -> type[forms.Form]:
        """Make a form of the filters that are asked. Those that are not have nothing to check, and there are many."""
        fields = {name: each.field for name, each in self.filters.items() if name in self.data}
        for name, form_field in fields.items():
            if isinstance(form_field, CodesField):
                form_field.choices = [(option.code, option.label) for option in self.options(self.filters[name])]
        return type("FilterForm", (self._meta.form,), fields)

    def is_valid(self) -> bool:
        return not self.problems

    @cached_property
    def problems(self) -> list[Problem]:
        """What was wrong with the parameters, one `Problem` for each."""
        problems: list[Problem] = []
        for form in (self.form, self.paging):
            for name, messages in form.errors.items():
                if name == NON_FIELD_ERRORS:
                    problems.append(Problem("", "", [], [str(message) for message in messages]))
                    continue
                allowed = [
                    (str(code), label) for code, label in getattr(form.fields[name], "choices", ()) if code != ""
                ]
                given = self.data.getlist(name)
                label, sentences = form.fields[name].label or "", [str(message) for message in messages]
                problems.append(Problem(name, label, given, sentences, allowed))
            for name, each in form.fields.items():
                given = self.data.getlist(name)
                if len(given) > 1 and not isinstance(each, CodesField):
                    problems.append(Problem(name, each.label or "", given, [_("Only one value can be given here.")]))
        return problems

    @property
    def names(self) -> Any:
        """What the records are called: one, and many."""
        return self._meta.model._meta

    @cached_property
    def index(self) -> Index:
        """The bitmaps of this record type at the present data version."""
        sources: dict[ValueSource, None] = dict.fromkeys(
            source for each in self.base_filters.values() for source in getattr(each, "sources", ())
        )
        order = cast(OrderFields, next(iter(self.ORDERS.values()))[1])
        return facets.index_of(self._meta.model, order, tuple(sources))

    @cached_property
    def asked(self) -> dict[str, Any]:
        """`{filter: what is asked of it}`, of those in force that could be read."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}

    def options(self, codes_filter: CodesFilter) -> list[Option]:
        """List the options of a filter at the data version of the index."""
        return options_of(codes_filter.codes, self.index.version)

    def keys(self, codes_filter: CodesFilter, codes: Iterable[str]) -> list[Any]:
        """List the keys of the bitmaps of some codes."""
        return [option.key for option in self.options(codes_filter) if option.code in codes]

    def of_type(self, ids_by_type: Mapping[str, Ids]) -> BitMap:
        """Make the bitmap of the records of this type among `{record type: ids}`."""
        ids = ids_by_type.get(self._meta.model._meta.model_name)
        return facets.NOTHING if ids is None else self.index.of_ids(ids)

    def holding(self, word: search.Word, parts: tuple[str, ...]) -> BitMap:
        """Find the records of this type that hold a word in some parts of the search index."""
        key = (word, parts, search.version_of_index())
        return self.index.remembered(key, lambda: self.of_type(search.ids_holding(word, parts)))

    def holding_all(self, words: Sequence[search.Word], parts: tuple[str, ...], among: BitMap | None = None) -> BitMap:
        """Find the records of this type, or `among` those few, that hold all of some words, be they none."""
        if not words:
            return self.index.live if among is None else among
        ids = None if among is None else {self._meta.model: self.index.ids_of(among).tolist()}
        return self.of_type(search.ids_holding_all(words, parts, ids))

    @cached_property
    def restrictions(self) -> dict[str, BitMap]:
        """`{filter: bitmap of what it lets through}`, of the filters that let through less than all."""
        restrictions = {name: self.filters[name].restriction(self, value) for name, value in self.asked.items()}
        return {name: bitmap for name, bitmap in restrictions.items() if bitmap is not None}

    def without(self, name: str) -> BitMap:
        """Find the records that fit all filters but this one and those of its group."""
        group = self._group(name)
        return intersection(
            [self.index.live] + [each for other, each in self.restrictions.items() if self._group(other) != group]
        )

    def _group(self, name: str) -> str:
        return self.filters[name].group or name

    @cached_property
    def hits(self) -> BitMap:
        """The bitmap of the records that fit all filters; of none when something was wrong."""
        if not self.is_valid():
            return facets.NOTHING
        return self.index.remembered(
            ("hits", *self.state), lambda: intersection([self.index.live, *self.restrictions.values()])
        )

    @property
    def state(self) -> tuple[Any, ...]:
        """What the hits and the counts depend on, beside the records. Some count from today.

        Words also depend on the search index, which stays behind the records for a while when somebody writes for long.
        """
        asked = sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in self.asked.items())
        has_words = any(isinstance(self.filters[name], WordsFilter) for name in self.asked)
        return timezone.now().date(), has_words and search.version_of_index(), *asked

    @property
    def count(self) -> int:
        return len(self.hits)

    @cached_property
    def sort(self) -> str:
        """The code of the order in force."""
        self.paging.is_valid()
        return self.paging.cleaned_data.get("sort") or self.default_order(self.asked)

    def ids(self, start: int = 0, stop: int | None = None) -> list[int]:
        """List the ids of the records that fit, in order, from place `start` to before `stop`."""
        stop = self.count if stop is None else stop
        if not self.count:
            return []
        if self.sort == BY_ID:
            return self.index.following(self.hits, self.paging.cleaned_data.get(AFTER) or 0, stop)[start:]
        if self.sort != RELEVANCE:
            return self.index.page(self.hits, start, stop, self.ORDERS[self.sort][1])
        ids: list[int] = []
        for tier in self.tiers():
            ids += self.index.page(tier, start, stop)
            start, stop = max(start - len(tier), 0), max(stop - len(tier), 0)
        return ids

    def tiers(self) -> list[BitMap]:
        """Divide the hits of words, best first.

        That is what is called exactly so; what is named with these words, whole, or as they begin; all others.
        """
        return self.index.remembered(("tiers", *self.state), lambda: list(self.rank()))

    def rank(self) -> Iterator[BitMap]:
        asked, left = search.read_question(self.asked["q"]), self.hits
        found: list[Mapping[str, Ids]] = [search.ids_named(asked), {}, {}]
        if len(left) <= MANY:
            found[1:] = [search.ids_titled(asked, whole=True), search.ids_titled(asked, whole=False)]
        for ids in found:
            tier = left & self.of_type(ids)
            yield tier
            left = left - tier
        yield left

    @property
    def best_tier(self) -> int | None:
        """The number of the first tier that has hits, 0 the best."""
        return next((number for number, tier in enumerate(self.tiers()) if tier), None)

    @cached_property
    def suggestion(self) -> str:
        """Words of the registry that find something here, in place of those asked for that find nothing; or ""."""
        if self.count or not self.is_valid() or "q" not in self.asked:
            return ""
        return search.suggestion(search.read_question(self.asked["q"]), lambda text: self.asking(text).count)

    def asking(self, words: str) -> Self:
        """Ask the same filters with other words."""
        query = self.data.copy()
        query["q"] = words
        return type(self)(self.parameters(query))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Select of `queryset` the records that fit, in order, best matches apart; for sets of up to 100,000."""
        order = ("pk",) if self.sort == BY_ID else self.ORDERS.get(self.sort, (None, ()))[1]
        found = queryset.filter(pk__in=self.ids())
        return found if callable(order) or not order else found.order_by(*order)

    @property
    def qs(self) -> QuerySet[Any]:
        return self.filter_queryset(self.queryset)

    @cached_property
    def facets(self) -> list[Facet]:
        """The filters with values to tick, in order. Offered is what leads to something, or is chosen."""
        drawn: list[Facet] = []
        for name in self.drawn_filters:
            each = self.filters[name]
            if isinstance(each, LeaveOutFilter):
                continue
            chosen, others = self.values_of(name)
            top = sorted(others, key=lambda value: -value.count)[: max(VALUES_IN_SIGHT - len(chosen), 0)]
            rest = [value for value in others if value not in top]
            opposite = self.opposite_of(name)
            if chosen or others or opposite:
                is_open = len(drawn) < FACETS_OPEN or bool(chosen) or bool(opposite and opposite.first)
                drawn.append(Facet(name, str(each.label), str(each.hint), chosen + top, rest, is_open, opposite))
        return drawn

    def opposite_of(self, name: str) -> Facet | None:
        """Draw the filter that leaves out what this one gives, the values in force first; None if it is not drawn."""
        name = f"not_{name}"
        if name not in self.counts:
            return None
        chosen, others = self.values_of(name)
        return (
            Facet(name, str(self.filters[name].label), "", chosen, others, bool(chosen)) if chosen or others else None
        )

    @cached_property
    def counts(self) -> dict[str, tuple[int, dict[Any, int]]]:
        """`{filter: (number of records that all other filters let through, {key: how many of them it gives})}`."""
        # Several FilterSets of one record type share an index, and each draws filters of its own.
        return self.index.remembered(
            ("counts", type(self), *self.state), lambda: {name: self.count_values(name) for name in self.drawn_filters}
        )

    @property
    def drawn_filters(self) -> list[str]:
        """The names of the filters whose values a page offers."""
        return [
            name
            for name, each in self.filters.items()
            if isinstance(each, CodesFilter) and (name in self.asked or each.is_offered)
        ]

    def count_values(self, name: str) -> tuple[int, dict[Any, int]]:
        base, bitmaps = self.without(name), self.filters[name].bitmaps(self, self.asked)
        return len(base), {key: base.intersection_cardinality(bitmap) for key, bitmap in bitmaps.items()}

    def values_of(self, name: str) -> tuple[list[Value], list[Value]]:
        """List the values that are chosen, and others that lead to something, each with its number of results."""
        codes_filter, given = self.filters[name], self.asked.get(name, ())
        all_others, counts = self.counts[name]
        chosen, others = [], []
        for option in self.options(codes_filter):
            having = counts.get(option.key, 0)
            results = codes_filter.results(having, all_others)
            # To leave out what is not there leads nowhere, either.
            if option.code in given:
                chosen.append(Value(option.code, option.label, True, results, option.html))
            elif having and results:
                others.append(Value(option.code, option.label, False, results, option.html))
        return chosen, others

    @cached_property
    def inputs(self) -> list[Input]:
        """What is typed in or switched, each an `Input`."""
        return [
            Input(name, each.label, each.hint, self.data.get(name, ""), isinstance(each, YearFilter), each.switch)
            for name, each in self.filters.items()
            if not isinstance(each, CodesFilter | SinceFilter)
        ]

    @property
    def order_inputs(self) -> list[Input]:
        """Order and size of the list, each an `Input`."""
        fields: Mapping[str, Any] = self.paging.fields
        return [
            Input(name, each.label, "", self.data.get(name, ""), False, each.choices)
            for name, each in fields.items()
            if name != "page"
        ]

    @cached_property
    def chosen(self) -> list[Chosen]:
        """The filters in force, one `Chosen` for each value."""
        if not self.is_valid():
            return []
        return [
            Chosen(label, words, self.query_without(name, code)) for name, label, code, words in values_in_words(self)
        ]

    @property
    def in_words(self) -> str:
        """What is listed: “Projects (Theme: Trade or Water; Activity status: Completed)”."""
        listed = capfirst(self.names.verbose_name_plural)
        return f"{listed} ({conditions_in_words(self)})" if self.asked else listed

    @property
    def title(self) -> str:
        """What is listed and in which order, for the title of a page; of a reasonable length, whatever is asked."""
        return title_in_words(self)

    def query_without(self, name: str, code: str) -> str:
        """Write the query string of this list without one value of one filter, from its first page on."""
        query = self.data.copy()
        kept = [each for each in query.pop(name) if isinstance(self.form.fields[name], CodesField) and each != code]
        if kept:
            query.setlist(name, kept)
        query.pop("page", None)
        return self.parameters(query).urlencode()


class PeriodForm(forms.Form):
    """A filter form with a first and a last year."""

    def clean(self) -> None:
        first, last = self.cleaned_data.get("year_from"), self.cleaned_data.get("year_to")
        if first and last and first > last:
            raise forms.ValidationError(_("The first year is after the last year."))
