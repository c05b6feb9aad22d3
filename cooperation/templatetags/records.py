"""How templates write dates."""

from django import template
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
