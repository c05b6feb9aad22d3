"""How templates write dates and the values of filters."""

from django import template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from cooperation.models import format_partial_date

register = template.Library()

register.filter("partial_date", format_partial_date)


@register.simple_tag
def period(start, end):
    """Two partial dates as text: “2019 to March 2022”, “from 2019”, “until 2022”, one date, or nothing."""
    first, last = format_partial_date(start), format_partial_date(end)
    if first and last and first != last:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}
    if last and not first:
        return _("until %(last)s") % {"last": last}
    return _("from %(first)s") % {"first": first} if first and not last else first


@register.simple_tag
def days(first, last):
    """The days of an event: its first day alone, or “18 April 1955 to 24 April 1955”."""
    return period(first, last or first)


@register.simple_tag
def tick_boxes(name, values, largest=0):
    """The values of a filter to tick, each with its count and, given the largest count, a bar in tenths of it.

    Written here and not in a template, which takes 25 times as long: a list has hundreds of values.
    """
    boxes = []
    for value in values:
        code, label = value.html
        ticked = " checked" if value.chosen else ""
        share = f" share-{-(-10 * value.count // largest)}" if largest else ""
        boxes.append(
            f'<label class="tick{share}"><input type="checkbox" name="{name}" value="{code}"{ticked}> '
            f'<span>{label}</span> <span class="count">{value.count}</span></label>'
        )
    # Codes and labels were escaped before, the rest is ours.
    return mark_safe("\n".join(boxes))  # noqa: S308  # nosec B308, B703


@register.simple_tag
def select_options(values):
    """The values of a filter that leaves them out, to select, each with the number of results that would be left."""
    options = (f'<option value="{value.html[0]}">{value.html[1]} ({value.count})</option>' for value in values)
    # Codes and labels were escaped before, the rest is ours.
    return mark_safe("\n".join(options))  # noqa: S308  # nosec B308, B703
