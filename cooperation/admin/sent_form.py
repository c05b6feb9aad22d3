"""A form of a record as a browser sends it: read, bound, saved."""

from django.contrib.admin.utils import flatten_fieldsets
from django.db import IntegrityError
from django.http import QueryDict

from cooperation.history import rehearse

# What the forms send besides the fields of the record: on which version they rest, and which version before that the
# author had opened; that the author has read what changed, and why it is changed; the step to be taken; that the author
# of a new record has looked at those that are like it.
VERSION, OPENED, READ, REASON, STEP, LOOKED = "_version", "_opened", "_read", "_reason", "_step", "_looked"
# What is not an entry of the author.
CONTROLS = {
    "csrfmiddlewaretoken",
    *(OPENED, READ, REASON, STEP, LOOKED),
    *("_save", "_continue", "_addanother", "_popup", "_to_field"),
}


def with_plain_lines(posted):
    """The same with line ends as they are stored. Browsers send others, and every text would seem changed."""
    data = QueryDict(mutable=True)
    for name, values in posted.lists():
        data.setlist(name, [value.replace("\r\n", "\n").replace("\r", "\n") for value in values])
    return data


def bind(model_admin, request, record):
    """The form and the formsets of `record`: bound to what `request` sends, or as they are opened by a GET."""
    fieldsets = model_admin.get_fieldsets(request, record)
    form_class = model_admin.get_form(request, record, change=True, fields=flatten_fieldsets(fieldsets))
    form = form_class(request.POST, instance=record) if request.method == "POST" else form_class(instance=record)
    # The way in which the admin itself makes them: with the permissions of the user for each kind of row.
    formsets, _inlines = model_admin._create_formsets(request, form.instance, change=True)
    return form, formsets


def is_valid(form, formsets):
    return all([form.is_valid(), *(formset.is_valid() for formset in formsets)])


def is_changed(form, formsets):
    return form.has_changed() or any(formset.has_changed() for formset in formsets)


def write(form, formsets):
    """Save a valid form. The record itself is always saved, so that its version tells of changed parts, too."""
    form.save()
    for formset in formsets:
        formset.save()


def rehearse_form(model_admin, request, record):
    """`[Difference, ...]` that saving the form onto what stands now would make; None where it cannot be saved."""
    form, formsets = bind(model_admin, request, record)
    if not is_valid(form, formsets):
        return None
    if not is_changed(form, formsets):
        return []
    try:
        return rehearse(lambda: write(form, formsets))
    except IntegrityError:
        return None


def opened(request):
    """The same request as a GET, in which forms show what is stored."""
    return repeated(request, method="GET")


def repeated(request, **changes):
    """A copy of a request with other attributes: `method`, `POST`, `user`."""
    # Afterwards Django would read the body of the copy, and forget what it was given.
    request.FILES  # noqa: B018 (asking for it is what reads the body)
    # Not by `copy`, which leaves out what cannot be pickled.
    copied = type(request).__new__(type(request))
    copied.__dict__.update(request.__dict__)
    for name, value in changes.items():
        setattr(copied, name, value)
    return copied


def entries(posted):
    """What the author of a form has entered, encoded as a browser sends it."""
    data = posted.copy()
    for name in CONTROLS & data.keys():
        del data[name]
    return data.urlencode()


def form_as_sent(change):
    """The entries of a pending change, as the form in which they were sent."""
    data = QueryDict(change.form, mutable=True)
    data[VERSION] = str(change.version)
    return data
