"""Order, page and size of a list, for readers and for programs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cooperation.filters.kinds import UNKNOWN_VALUE

PAGE_SIZES = (25, 50, 100)
MOST_PER_PAGE = 200


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


class ApiPagingForm(PagingForm):
    """The same for programs, which may take more at a time."""

    per = forms.IntegerField(label=_("Results per page"), required=False, min_value=1, max_value=MOST_PER_PAGE)
