"""What the filters of all lists have in common, and how a page can draw them."""

from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce, NullIf, Substr
from django.http import QueryDict
from django.utils.html import escape
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, MultipleChoiceFilter, NumberFilter

from cooperation import facets, search
from cooperation.facets import Own, intersection, union
from cooperation.models import PUBLIC_RECORDS, PortalRegion

PAGE_SIZES = (25, 50, 100)
# A long filter shows this many values, those that give most; the rest unfolds in alphabetical order.
VALUES_IN_SIGHT = 12
# The first filters of a form stand open; the others unfold.
FACETS_OPEN = 3
# More hits than this are not ranked, but for those that are exactly what was asked for.
MANY = 10_000

REGION_CHOICES = [(region.value, region.label) for region in (PortalRegion.ASIA_PACIFIC, PortalRegion.LAC)]
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
UNKNOWN_VALUE = _("“%(value)s” is not a value of this filter.")
RELEVANCE = "relevance"


@dataclass(frozen=True)
class Option:
    """A value that a filter understands: its public code, what it is called, and the key of its bitmap.

    `html` are code and label, escaped once and for all: a page draws hundreds of them.
    """

    code: str
    label: str
    key: object
    names: tuple = ()
    html: tuple = field(init=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "html", (escape(self.code), escape(self.label)))


@dataclass(frozen=True)
class Codes:
    """The public rows of `model` as options, in the order of their labels. `names` are further columns with names."""

    model: type
    code: str
    label: str
    names: tuple = ()

    def options(self, version):
        """The options at a data version; they are read once for each."""
        if _read.get(self, (None,))[0] != version:
            rows = self.model.objects.published() if self.model in PUBLIC_RECORDS else self.model.objects.all()
            columns = ("pk", self.code, self.label, *self.names)
            options = [
                Option(str(code), str(label), key, _names(code, label, *names))
                for key, code, label, *names in rows.order_by(self.label, self.code).values_list(*columns)
            ]
            _read[self] = (version, options)
        return _read[self][1]


_read = {}


def _names(*columns):
    """The folded words of every name in some columns, each name a tuple; a column may hold one on each line."""
    return tuple(tuple(search.words_of(line)) for column in columns for line in str(column).splitlines())


def is_called(names, word):
    """Whether one of the names, each a tuple of folded words, holds the asked word."""
    *whole, last = word.tokens
    for name in names:
        for place in range(len(name) - len(whole)):
            end = name[place + len(whole)]
            fits = end.startswith(last) if word.is_prefix else end == last
            if fits and list(name[place : place + len(whole)]) == whole:
                return True
    return False


def options_of(choices, version):
    """The options of a `Codes`, or of (code, label) pairs, which are translated once for each language."""
    if isinstance(choices, Codes):
        return choices.options(version)
    key = (id(choices), get_language())
    if key not in _translated:
        _translated[key] = [Option(str(code), str(label), code) for code, label in choices]
    return _translated[key]


_translated = {}


class CodesField(forms.MultipleChoiceField):
    """Several codes, each of which must be known."""

    def validate(self, value):
        known = {code for code, _label in self.choices}
        for code in value:
            if code not in known:
                raise ValidationError(UNKNOWN_VALUE, code="invalid_choice", params={"value": code})


class SharedFilter:
    """A filter that says itself what it lets through. It keeps nothing of a request, so that no copy need be deep."""

    group = None

    def __deepcopy__(self, memo):
        return copy(self)

    @property
    def hint(self):
        return self.extra.get("help_text", "")

    @property
    def switch(self):
        """The values to switch between, as (code, label) pairs, of a filter that has so few."""
        return []

    def restriction(self, filterset, value):
        """The bitmap of the records that fit, or None when the filter lets all through."""
        return


class CodesFilter(SharedFilter, MultipleChoiceFilter):
    """Any of several codes.

    `values` says where they stand, or is a function of the FilterSet and of what is asked that gives `{key: bitmap}`;
    `sources` is then what the index must hold for it. `choices` are a `Codes` or (code, label) pairs. Filters of one
    `group` only mean something together: each of them counts without the others. With `in_words`, the names of the
    values count as words of the records that have them.
    """

    field_class = CodesField

    def __init__(self, values, *, choices, sources=None, group=None, in_words=False, offers_opposite=False, **kwargs):
        self.values = values
        self.sources = (values,) if sources is None else sources
        self.codes = choices
        self.group = group
        self.in_words = in_words
        self.offers_opposite = offers_opposite
        super().__init__(**kwargs)

    def bitmaps(self, filterset, asked):
        """`{key: bitmap}` of the records that each value gives, were it chosen alone."""
        return self.values(filterset, asked) if callable(self.values) else filterset.index.bitmaps(self.values)

    def restriction(self, filterset, codes):
        bitmaps = self.bitmaps(filterset, filterset.asked)
        return union(bitmaps[key] for key in filterset.keys(self, codes) if key in bitmaps)

    def opposite(self):
        """The filter that leaves out what this one gives."""
        return LeaveOutFilter(
            self.values,
            choices=self.codes,
            sources=self.sources,
            label=format_lazy(_("Without: {filter}"), filter=self.label),
        )


class LeaveOutFilter(CodesFilter):
    """None of several codes."""

    def bitmaps(self, filterset, asked):
        # Whatever else is asked: “not a provider” is about any partner, not about the countries chosen beside it.
        return super().bitmaps(filterset, {})

    def restriction(self, filterset, codes):
        return filterset.index.live - super().restriction(filterset, codes)


class WordsFilter(SharedFilter, CharFilter):
    """Words that a record holds, all of them. `parts` are those parts of the search index that are looked into."""

    def __init__(self, parts=search.PARTS, in_words=None, **kwargs):
        self.parts = parts
        self.in_words = in_words
        super().__init__(max_length=200, validators=[_readable], **kwargs)

    def restriction(self, filterset, text):
        return intersection([self.holding(filterset, word) for word in search.read_question(text).words])

    def holding(self, filterset, word):
        """The records that hold a word, or whose values are called so."""
        found = [filterset.of_type(search.ids_holding(word, self.parts))]
        for each in self.named_by(filterset):
            bitmaps = each.bitmaps(filterset, {})
            found += [
                bitmaps[option.key]
                for option in filterset.options(each)
                if option.key in bitmaps and is_called(option.names, word)
            ]
        return union(found)

    def named_by(self, filterset):
        """The filters whose values are words of the records that have them."""
        if self.in_words:
            return [filterset.filters[name] for name in self.in_words]
        return [each for each in filterset.filters.values() if isinstance(each, CodesFilter) and each.in_words]


def _readable(text):
    if not search.read_question(text).words:
        raise ValidationError(_("Write at least one letter or digit."))


class YearFilter(SharedFilter, NumberFilter):
    """A year of four digits. `values` are years as text, of which those `from_then_on` fit, or those until then."""

    field_class = forms.IntegerField

    def __init__(self, values=None, *, from_then_on=True, group=None, **kwargs):
        self.group = group
        self.sources = (values,) if values else ()
        self.from_then_on = from_then_on
        super().__init__(min_value=1, max_value=9999, **kwargs)

    def get_max_validator(self):
        # The stock one speaks of 1e+50.
        return None

    def restriction(self, filterset, year):
        if not self.sources:
            return None
        text = f"{year:04d}"
        years = filterset.index.bitmaps(self.sources[0])
        return union(each for key, each in years.items() if (key >= text if self.from_then_on else key <= text))


class SwitchFilter(SharedFilter, ChoiceFilter):
    """Says how another filter of its group is meant."""

    def __init__(self, *, group=None, **kwargs):
        self.group = group
        super().__init__(error_messages={"invalid_choice": UNKNOWN_VALUE}, **kwargs)

    @property
    def switch(self):
        return [("", self.extra["empty_label"]), *self.extra["choices"]]


def year_of(name, *fields):
    """The year of the first of some partial dates that is not empty, as values of an index."""
    dates = [NullIf(each, Constant("")) for each in fields]
    return Own(name, Substr(Coalesce(*dates, Constant("")), 1, 4))


class PagingForm(forms.Form):
    """Order, page and size of a list."""

    sort = forms.ChoiceField(label=_("Sort by"), required=False, error_messages={"invalid_choice": UNKNOWN_VALUE})
    per = forms.TypedChoiceField(
        label=_("Results per page"),
        required=False,
        choices=[(str(size), str(size)) for size in PAGE_SIZES],
        coerce=int,
        empty_value=PAGE_SIZES[0],
        error_messages={"invalid_choice": UNKNOWN_VALUE},
    )
    page = forms.IntegerField(label=_("Page"), required=False, min_value=1)


class Value(NamedTuple):
    """One value that a filter offers, with the number of results that it gives."""

    code: str
    label: str
    chosen: bool
    count: int
    html: tuple


@dataclass(frozen=True)
class Facet:
    """A filter with the values it offers: those in sight, and those that unfold."""

    name: str
    label: str
    hint: str
    first: list[Value]
    rest: list[Value]
    is_open: bool

    @property
    def largest(self):
        """The largest count among the values, at least 1."""
        return max([1, *(value.count for value in self.first), *(value.count for value in self.rest)])


@dataclass(frozen=True)
class Input:
    """A filter that is typed in, as words or as a year, or one with a few `choices` to switch between."""

    name: str
    label: str
    hint: str
    value: str
    is_year: bool
    choices: list[tuple[str, str]]


@dataclass(frozen=True)
class Chosen:
    """A filter in force, in words, and the query string of the list without it."""

    label: str
    value: str
    query_without: str


@dataclass(frozen=True)
class Problem:
    """What was wrong with a parameter: its name in words, what was given, why not, and what it takes."""

    label: str
    given: list[str]
    messages: list[str]
    allowed: list[tuple[str, str]] = field(default_factory=list)


class RecordFilterSet(FilterSet):
    """What all lists share: which records fit, in which order, how many each value would give, what was wrong.

    `ORDERS` maps a code to a label and an order (fields of which the last is unique, or a function of the index that
    gives ids); the first, which must be fields, is the order of a list that names none.
    """

    ORDERS = {}

    q = WordsFilter(label=_("Words"))

    def __init__(self, data=None, queryset=None, **kwargs):
        super().__init__(data or {}, queryset, **kwargs)
        self.data = data or QueryDict()
        self.paging = PagingForm(self.data)
        orders = [(code, label) for code, (label, _order) in self.ORDERS.items()]
        if self.data.get("q"):
            orders.insert(0, (RELEVANCE, _("Best match")))
        self.paging.fields["sort"].choices = orders

    @classmethod
    def get_filters(cls):
        filters = super().get_filters()
        opposites = {f"not_{name}": each.opposite() for name, each in filters.items() if isinstance(each, CodesFilter)}
        return {**filters, **{name: each for name, each in opposites.items() if name not in filters}}

    @classmethod
    def parameters(cls, query):
        """What of a query string (a QueryDict) matters, in one form: without unknown, empty and repeated parameters,
        without defaults, in the order of names and values."""
        known = query.copy()
        for name in query:
            values = sorted({value.strip() for value in query.getlist(name)} - {""})
            if not values or (name not in cls.base_filters and name not in PagingForm.base_fields):
                del known[name]
            else:
                known.setlist(name, values)
        default = RELEVANCE if "q" in known else next(iter(cls.ORDERS))
        for name, value in {"sort": default, "per": str(PAGE_SIZES[0]), "page": "1"}.items():
            if known.getlist(name) == [value]:
                del known[name]
        if known.getlist("sort") == [RELEVANCE]:
            del known["sort"]
        for name in sorted(known):
            known.setlist(name, known.pop(name))
        return known

    def get_form_class(self):
        """A form of the filters that are asked. Those that are not have nothing to check, and there are many."""
        fields = {name: each.field for name, each in self.filters.items() if name in self.data}
        for name, form_field in fields.items():
            if isinstance(form_field, CodesField):
                form_field.choices = [(option.code, option.label) for option in self.options(self.filters[name])]
        return type("FilterForm", (self._meta.form,), fields)

    def is_valid(self):
        return not self.problems

    @cached_property
    def problems(self):
        """What was wrong with the parameters, one `Problem` for each."""
        problems = []
        for form in (self.form, self.paging):
            for name, messages in form.errors.items():
                if name == NON_FIELD_ERRORS:
                    problems.append(Problem("", [], list(messages)))
                    continue
                allowed = [
                    (str(code), label) for code, label in getattr(form.fields[name], "choices", ()) if code != ""
                ]
                problems.append(Problem(form.fields[name].label, self.data.getlist(name), list(messages), allowed))
            for name, each in form.fields.items():
                given = self.data.getlist(name)
                if len(given) > 1 and not isinstance(each, CodesField):
                    problems.append(Problem(each.label, given, [_("Only one value can be given here.")]))
        return problems

    @cached_property
    def index(self):
        """The bitmaps of this record type at the present data version."""
        sources = dict.fromkeys(
            source for each in self.base_filters.values() for source in getattr(each, "sources", ())
        )
        return facets.index_of(self._meta.model, next(iter(self.ORDERS.values()))[1], tuple(sources))

    @cached_property
    def asked(self):
        """`{filter: what is asked of it}`, of those in force that could be read."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}

    def options(self, codes_filter):
        """The options of a filter at the data version of the index."""
        return options_of(codes_filter.codes, self.index.version)

    def keys(self, codes_filter, codes):
        """The keys of the bitmaps of some codes."""
        return [option.key for option in self.options(codes_filter) if option.code in codes]

    def of_type(self, ids_by_type):
        """The bitmap of the records of this type among `{record type: ids}`."""
        ids = ids_by_type.get(self._meta.model._meta.model_name)
        return facets.NOTHING if ids is None else self.index.of_ids(ids)

    @cached_property
    def restrictions(self):
        """`{filter: bitmap of what it lets through}`, of the filters that let through less than all."""
        restrictions = {name: self.filters[name].restriction(self, value) for name, value in self.asked.items()}
        return {name: bitmap for name, bitmap in restrictions.items() if bitmap is not None}

    def without(self, name):
        """The records that fit all filters but this one and those of its group."""
        group = self._group(name)
        return intersection(
            [self.index.live] + [each for other, each in self.restrictions.items() if self._group(other) != group]
        )

    def _group(self, name):
        return self.filters[name].group or name

    @cached_property
    def hits(self):
        """The bitmap of the records that fit all filters; of none when something was wrong."""
        if not self.is_valid():
            return facets.NOTHING
        return intersection([self.index.live, *self.restrictions.values()])

    @property
    def count(self):
        return len(self.hits)

    @cached_property
    def sort(self):
        """The code of the order in force."""
        default = RELEVANCE if "q" in self.asked else next(iter(self.ORDERS))
        self.paging.is_valid()
        return self.paging.cleaned_data.get("sort") or default

    def ids(self, start=0, stop=None):
        """The ids of the records that fit, in order, from place `start` to before `stop`."""
        stop = self.count if stop is None else stop
        if not self.count:
            return []
        if self.sort != RELEVANCE:
            return self.index.page(self.hits, start, stop, self.ORDERS[self.sort][1])
        ids = []
        for tier in self.tiers():
            ids += self.index.page(tier, start, stop)
            start, stop = max(start - len(tier), 0), max(stop - len(tier), 0)
        return ids

    def tiers(self):
        """The hits of words, best first: what is called exactly so; what is named with these words, whole, or as they
        begin; all others."""
        asked, left = search.read_question(self.asked["q"]), self.hits
        found = [search.ids_named(asked), {}, {}]
        if len(left) <= MANY:
            found[1:] = [search.ids_titled(asked, whole=True), search.ids_titled(asked, whole=False)]
        for ids in found:
            tier = left & self.of_type(ids)
            yield tier
            left = left - tier
        yield left

    @property
    def best_tier(self):
        """The number of the first tier that has hits, 0 the best."""
        return next((number for number, tier in enumerate(self.tiers()) if tier), None)

    @cached_property
    def suggestion(self):
        """Words of the registry that find something here, in place of those asked for that find nothing; or ""."""
        if self.count or not self.is_valid() or "q" not in self.asked:
            return ""
        return search.suggestion(search.read_question(self.asked["q"]), lambda text: self.asking(text).count)

    def asking(self, words):
        """The same filters with other words."""
        query = self.data.copy()
        query["q"] = words
        return type(self)(self.parameters(query))

    def filter_queryset(self, queryset):
        """The records that fit as a queryset, for sets of up to 100,000."""
        return queryset.filter(pk__in=self.ids())

    @property
    def qs(self):
        return self.filter_queryset(self.queryset)

    @cached_property
    def facets(self):
        """The filters with values to tick, in order. Offered is what leads to something, or is chosen."""
        drawn = []
        for name, each in self.filters.items():
            if not isinstance(each, CodesFilter) or isinstance(each, LeaveOutFilter):
                continue
            values = self.values_of(name)
            if values:
                chosen = [value for value in values if value.chosen]
                others = [value for value in values if not value.chosen]
                top = sorted(others, key=lambda value: -value.count)[: max(VALUES_IN_SIGHT - len(chosen), 0)]
                rest = [value for value in others if value not in top]
                is_open = len(drawn) < FACETS_OPEN or bool(chosen)
                drawn.append(Facet(name, each.label, each.hint, chosen + top, rest, is_open))
        return drawn

    def values_of(self, name):
        """The values of a filter with their counts: all other filters applied, its own left out."""
        codes_filter, base = self.filters[name], self.without(name)
        given = self.asked.get(name, ())
        bitmaps = codes_filter.bitmaps(self, self.asked)
        values = []
        for option in self.options(codes_filter):
            chosen = option.code in given
            bitmap = bitmaps.get(option.key)
            count = base.intersection_cardinality(bitmap) if bitmap else 0
            if count or chosen:
                values.append(Value(option.code, option.label, chosen, count, option.html))
        return values

    @cached_property
    def leave_outs(self):
        """The filters that leave values out, as facets: a count is what would be left."""
        drawn = []
        for name, each in self.filters.items():
            if isinstance(each, LeaveOutFilter) and (name in self.asked or self.filters[name[4:]].offers_opposite):
                base = self.without(name)
                given = self.asked.get(name, ())
                bitmaps = each.bitmaps(self, {})
                values = []
                for option in self.options(each):
                    out = base.intersection_cardinality(bitmaps.get(option.key, facets.NOTHING))
                    if option.code in given or 0 < out < len(base):
                        left = len(base) - out
                        values.append(Value(option.code, option.label, option.code in given, left, option.html))
                chosen = [value for value in values if value.chosen]
                offered = [value for value in values if not value.chosen]
                drawn.append(Facet(name, each.label, "", chosen, offered, bool(chosen)))
        return drawn

    @cached_property
    def inputs(self):
        """What is typed in or switched, each an `Input`."""
        return [
            Input(name, each.label, each.hint, self.data.get(name, ""), isinstance(each, YearFilter), each.switch)
            for name, each in self.filters.items()
            if not isinstance(each, CodesFilter)
        ]

    @property
    def order_inputs(self):
        """Order and size of the list, each an `Input`."""
        return [
            Input(name, each.label, "", self.data.get(name, ""), False, each.choices)
            for name, each in self.paging.fields.items()
            if name != "page"
        ]

    @cached_property
    def chosen(self):
        """The filters in force, one `Chosen` for each value."""
        if not self.is_valid():
            return []
        chosen = []
        for name, value in self.asked.items():
            form_field = self.form.fields[name]
            labels = dict(getattr(form_field, "choices", ()))
            for code in value if isinstance(value, list) else [value]:
                chosen.append(Chosen(form_field.label, labels.get(code, code), self.query_without(name, code)))
        return chosen

    def query_without(self, name, code):
        """The query string of this list without one value of one filter, from its first page on."""
        query = self.data.copy()
        kept = [each for each in query.pop(name) if isinstance(self.form.fields[name], CodesField) and each != code]
        if kept:
            query.setlist(name, kept)
        query.pop("page", None)
        return self.parameters(query).urlencode()


class PeriodForm(forms.Form):
    """A filter form with a first and a last year."""

    def clean(self):
        first, last = self.cleaned_data.get("year_from"), self.cleaned_data.get("year_to")
        if first and last and first > last:
            raise forms.ValidationError(_("The first year is after the last year."))
