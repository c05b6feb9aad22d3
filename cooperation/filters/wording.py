"""What is asked of a list, in words: for its head, its chips, and the titles of files."""

from django.utils.translation import gettext


def values_in_words(filterset):
    """`(name, label, code, value in words)` of every value in force."""
    for name, value in filterset.asked.items():
        form_field = filterset.form.fields[name]
        labels = dict(getattr(form_field, "choices", ()))
        for code in value if isinstance(value, list) else [value]:
            yield name, form_field.label, code, filterset.filters[name].wording(labels.get(code, code))


def conditions_in_words(filterset, left_out=()):
    """“Theme: Trade or Water; Activity status: Completed”, without the filters that are `left_out`."""
    words = {}
    for name, label, _code, value in values_in_words(filterset):
        if name not in left_out:
            words.setdefault(str(label), []).append(str(value))
    return "; ".join(f"{label}: {either(values)}" for label, values in words.items())


def either(values):
    """“Fiji, Tonga or Samoa”."""
    *others, last = values
    return gettext("%(values)s or %(last)s") % {"values": ", ".join(others), "last": last} if others else last


def each_of(values):
    """“Fiji, Tonga and Samoa”."""
    *others, last = values
    return gettext("%(values)s and %(last)s") % {"values": ", ".join(others), "last": last} if others else last
