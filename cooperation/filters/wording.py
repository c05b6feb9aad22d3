"""What is asked of a list, in words: for its head, its chips, and the titles of files."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext, ngettext

if TYPE_CHECKING:
    from cooperation.filters.base import RecordFilterSet

# Characters of the title of a page, but for the number of the page.
LONGEST_TITLE = 120
# In a title that would be longer, so many values of a filter are named, each with so many characters at most.
VALUES_IN_TITLE, LONGEST_VALUE = 2, 40


def values_in_words(filterset: "RecordFilterSet") -> Iterator[tuple[str, str | Promise, str, str]]:
    """Yield name and label of the filter, code, and the same in words, of every value in force."""
    for name, value in filterset.asked.items():
        form_field = filterset.form.fields[name]
        labels = dict(getattr(form_field, "choices", ()))
        for code in value if isinstance(value, list) else [value]:
            yield name, form_field.label or "", code, filterset.filters[name].wording(labels.get(code, code))


def conditions_in_words(filterset: "RecordFilterSet", left_out: Collection[str] = ()) -> str:
    """Say “Theme: Trade or Water; Activity status: Completed”, without the filters that are `left_out`."""
    return "; ".join(f"{label}: {either(values)}" for label, values in values_by_label(filterset, left_out).items())


def values_by_label(filterset: "RecordFilterSet", left_out: Collection[str] = ()) -> dict[str, list[str]]:
    """Map the label of each filter in force to its values in words, without the filters that are `left_out`."""
    words: dict[str, list[str]] = {}
    for name, label, _code, value in values_in_words(filterset):
        if name not in left_out:
            words.setdefault(str(label), []).append(str(value))
    return words


def title_in_words(filterset: "RecordFilterSet") -> str:
    """Say what is listed, for the title of a page: in all words, or the first of them and how many more there are.

    A list in another order or of another length is another page, so its title says that as well.
    """
    listed = str(capfirst(filterset.names.verbose_name_plural))
    title = filterset.in_words if filterset.asked else listed
    if len(title) > LONGEST_TITLE:
        title = first_words(listed, values_by_label(filterset))
    if filterset.PAGE:
        title = f"{filterset.PAGE}: {title}" if filterset.asked else str(filterset.PAGE)
    for each in filterset.order_inputs:
        if each.value and filterset.is_valid():
            title += f"; {each.label}: {dict(each.choices)[each.value]}"
    return title


def first_words(listed: str, conditions: Mapping[str, Sequence[str]]) -> str:
    """Say “Projects (Forum: ASEAN, APEC or 3 more; 2 more filters)”: as many filters as a title takes, at least one."""
    shown: list[str] = []
    left = len(conditions)
    for label, values in conditions.items():
        few = [Truncator(value).chars(LONGEST_VALUE) for value in values[:VALUES_IN_TITLE]]
        if len(values) > len(few):
            more = len(values) - len(few)
            few.append(ngettext("%(number)s more", "%(number)s more", more) % {"number": more})
        condition = f"{label}: {either(few)}"
        if shown and len(listed) + sum(map(len, shown)) + len(condition) > LONGEST_TITLE:
            break
        shown.append(condition)
        left -= 1
    if left:
        shown.append(ngettext("%(number)s more filter", "%(number)s more filters", left) % {"number": left})
    return f"{listed} ({'; '.join(shown)})"


def either(values: Sequence[str]) -> str:
    """Say “Fiji, Tonga or Samoa”."""
    *others, last = values
    return gettext("%(values)s or %(last)s") % {"values": ", ".join(others), "last": last} if others else last


def each_of(values: Sequence[str]) -> str:
    """Say “Fiji, Tonga and Samoa”."""
    *others, last = values
    return gettext("%(values)s and %(last)s") % {"values": ", ".join(others), "last": last} if others else last
