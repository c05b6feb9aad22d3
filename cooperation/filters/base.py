"""What the filters of all lists have in common, and how a page can draw them."""

import re
from dataclasses import dataclass

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.text import smart_split
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, FilterSet, MultipleChoiceFilter, NumberFilter

from cooperation.models import PUBLIC_RECORDS, PortalRegion, PublicationStatus

PAGE_SIZES = (25, 50, 100)
# A long filter shows this many values; the rest unfolds.
VALUES_IN_SIGHT = 12
# The first filters of a form stand open; the others unfold.
FACETS_OPEN = 3

REGION_CHOICES = [(region.value, region.label) for region in (PortalRegion.ASIA_PACIFIC, PortalRegion.LAC)]
GROUP_CHOICES = [
    ("sids", _("Small island developing States")),
    ("ldc", _("Least developed countries")),
    ("lldc", _("Landlocked developing countries")),
]
PUBLISHED = PublicationStatus.PUBLISHED
UNKNOWN_VALUE = _("“%(value)s” is not a value of this filter.")


class CodesFilter(MultipleChoiceFilter):
    """Any of several codes.

    `choices` are (code, label) pairs, or a function that reads (code, label, used) triples and is asked once per form:
    every code is understood, those that are used are offered.
    """

    def __init__(self, *args, choices, **kwargs):
        self.choices = choices
        super().__init__(*args, error_messages={"invalid_choice": UNKNOWN_VALUE}, **kwargs)

    def read_codes(self):
        if callable(self.choices):
            return [(str(code), label, used) for code, label, used in self.choices()]
        return [(str(code), label, True) for code, label in self.choices]

    def filter(self, qs, value):
        if not value:
            return qs
        # A subquery, since a join with a list of partners would count a record once for each of them.
        fitting = qs.model._default_manager.filter(**{f"{self.field_name}__in": value})
        return qs.filter(pk__in=fitting.values("pk"))


class YearFilter(NumberFilter):
    """A year of four digits. It takes part in the filter of a whole period."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs):
        super().__init__(method="jointly", min_value=1, max_value=9999, **kwargs)

    def get_max_validator(self):
        # The stock one speaks of 1e+50.
        return None


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


@dataclass(frozen=True)
class Value:
    """One value that a filter offers."""

    code: str
    label: str
    chosen: bool


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
    def rest_is_open(self):
        return any(value.chosen for value in self.rest)


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
    allowed: list[tuple[str, str]]


def codes_of(model, code, label, **used):
    """A function that reads the public rows of `model` as (code, label, used) triples, in the order of their labels.

    `used` are the conditions under which a row leads to something.
    """

    def read():
        rows = model.objects.published() if model in PUBLIC_RECORDS else model.objects.all()
        is_used = Exists(model.objects.filter(pk=OuterRef("pk"), **used))
        return list(rows.annotate(is_used=is_used).order_by(label, code).values_list(code, label, "is_used"))

    return read


def holds(word, columns):
    """The condition that one of the columns contains a word that begins with `word`, in small or capital letters.

    Scripts that write without spaces are searched anywhere in the text.
    """
    lookup, text = ("iregex", rf"(^|\W){re.escape(word)}") if word.isascii() else ("icontains", word)
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__{lookup}": text})
    return found


def in_groups(countries, groups):
    """Countries that belong to any of the groups, which are names of yes-or-no fields of Country."""
    fitting = Q()
    for group in groups:
        fitting |= Q(**{group: True})
    return countries.filter(fitting)


class RecordFilterSet(FilterSet):
    """What all lists share: words, and the description of a form that the page draws.

    `SEARCHED` are the columns that words are looked for in. `ORDERS` maps a code to a label and an ordering that ends
    in a unique column; the first is the order of a list that names none.
    """

    SEARCHED = ()
    ORDERS = {}

    q = CharFilter(method="with_words", label=_("Words"), max_length=200)

    def __init__(self, data=None, queryset=None, **kwargs):
        super().__init__(data, queryset, **kwargs)
        self.paging = PagingForm(self.data)
        self.paging.fields["sort"].choices = [(code, label) for code, (label, _order) in self.ORDERS.items()]

    @property
    def form(self):
        if not hasattr(self, "_form"):
            form = super().form
            self._codes = {
                name: each.read_codes() for name, each in self.filters.items() if isinstance(each, CodesFilter)
            }
            for name, codes in self._codes.items():
                form.fields[name].choices = [(code, label) for code, label, _used in codes]
        return self._form

    def is_valid(self):
        return super().is_valid() and self.paging.is_valid()

    @property
    def qs(self):
        if not self.is_valid():
            return self.queryset.none()
        order = self.paging.cleaned_data["sort"] or next(iter(self.ORDERS))
        return super().qs.order_by(*self.ORDERS[order][1])

    def with_words(self, queryset, name, text):
        for word in smart_split(text):
            queryset = queryset.filter(self.holding(word.strip("\"'")))
        return queryset

    def holding(self, word):
        """The condition that a record holds this word, or this quoted phrase, somewhere in `SEARCHED`."""
        return holds(word, self.SEARCHED)

    def jointly(self, queryset, name, value):
        """For filters that only mean something together with others; `filter_queryset` applies them."""
        return queryset

    @cached_property
    def facets(self):
        """The filters with values to tick, in order. Offered is what leads to something, chosen values first."""
        facets, fields = [], self.form.fields
        for name, codes in self._codes.items():
            given = set(self.data.getlist(name))
            values = [Value(code, label, code in given) for code, label, used in codes if used or code in given]
            values.sort(key=lambda value: not value.chosen)
            first, rest = values[:VALUES_IN_SIGHT], values[VALUES_IN_SIGHT:]
            if values:
                is_open = len(facets) < FACETS_OPEN or values[0].chosen
                facets.append(Facet(name, fields[name].label, fields[name].help_text, first, rest, is_open))
        return facets

    @cached_property
    def inputs(self):
        """The bound fields of the filters that are typed in, after the words."""
        return [field for field in self.form if field.name != "q" and field.name not in self._codes]

    @cached_property
    def chosen(self):
        """The filters in force, one `Chosen` for each value."""
        if not self.is_valid():
            return []
        chosen = []
        for name, value in self.form.cleaned_data.items():
            if not value:
                continue
            field = self.form.fields[name]
            labels = dict(getattr(field, "choices", ()))
            for code in value if isinstance(value, list) else [value]:
                chosen.append(Chosen(field.label, labels.get(code, code), self.query_without(name, code)))
        return chosen

    def query_without(self, name, code):
        """The query string of this list without one value of one filter, from its first page on."""
        query = self.data.copy()
        kept = [each for each in query.pop(name) if name in self._codes and each != code]
        if kept:
            query.setlist(name, kept)
        query.pop("page", None)
        return query.urlencode()

    @cached_property
    def problems(self):
        """What was wrong with the parameters, one `Problem` for each."""
        problems = []
        for form in (self.form, self.paging):
            for name, messages in form.errors.items():
                if name == NON_FIELD_ERRORS:
                    problems.append(Problem("", [], list(messages), []))
                    continue
                field = form.fields[name]
                allowed = [(str(code), label) for code, label in getattr(field, "choices", ()) if code != ""]
                problems.append(Problem(field.label, self.data.getlist(name), list(messages), allowed))
        return problems


class PeriodForm(forms.Form):
    """A filter form with a first and a last year."""

    def clean(self):
        first, last = self.cleaned_data.get("year_from"), self.cleaned_data.get("year_to")
        if first and last and first > last:
            raise forms.ValidationError(_("The first year is after the last year."))
