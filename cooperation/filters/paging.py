"""Order, page and size of a list, for readers and for programs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cooperation.filters.kinds import UNKNOWN_VALUE

PAGE_SIZES = (25, 50, 100)
MOST_PER_PAGE = 200
# The order that no edit changes, for programs: that in which the records were entered.
BY_ID = "id"
AFTER = "after"


class PagingForm(forms.Form):
    """Order, page and size of a list."""

    offers_ids = False  # the order `BY_ID`

    sort = forms.ChoiceField(label=_("Sort by"), required=False, error_messages={"invalid_choice": UNKNOWN_VALUE})
    per = forms.TypedChoiceField(
        label=_("Results per page"),
        required=False,
        choices=[(str(size), str(size)) for size in PAGE_SIZES],
        coerce=int,
        empty_value=PAGE_SIZES[0],  # type: ignore[arg-type]  # it may be of the type that values are coerced to
        error_messages={"invalid_choice": UNKNOWN_VALUE},
    )
    page = forms.IntegerField(label=_("Page"), required=False, min_value=1)


class FilePagingForm(PagingForm):
    """The same for files."""

    offers_ids = True


class ApiPagingForm(FilePagingForm):
    """The same for programs, which may take more at a time, and go on after the last record of a page.

    Numbered pages shift when a record comes, goes or is edited. Those after a record hold what comes after it in the
    order of entry, whatever has changed: who follows them meets each record that stays public exactly once.
    """

    per = forms.IntegerField(  # type: ignore[assignment]  # Django takes the later field of a name, whatever its type
        label=_("Results per page"), required=False, min_value=1, max_value=MOST_PER_PAGE
    )
    after = forms.IntegerField(
        label=_("Place after which the list goes on, for sort=id: taken from the address in “next”"),
        required=False,
        min_value=0,
        error_messages={"invalid": _("This is not a place in the list. Take the address in “next” as it is.")},
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        asked = self.cleaned_data
        is_by_id = asked.get("sort") == BY_ID
        if is_by_id and asked.get("page"):
            self.add_error("page", _("With sort=id pages have no numbers. Take the address in “next”."))
        if not is_by_id and asked.get(AFTER) is not None:
            self.add_error(AFTER, _("Only a list with sort=id can go on after a record."))
        return asked
