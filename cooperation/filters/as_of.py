"""The year as of which a page shows something."""

from typing import cast

from django import forms
from django.core.validators import MaxValueValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.filters.shown import Problem


class AsOfForm(forms.Form):
    """A year that is not in the future, or none."""

    as_of = forms.IntegerField(label=_("Members as of (year)"), required=False, min_value=1)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        self.this_year = timezone.now().year
        self.fields["as_of"].validators.append(MaxValueValidator(self.this_year))

    @classmethod
    def parameters(cls, query: QueryDict) -> QueryDict:
        """Keep what of a query string matters."""
        known = query.copy()
        for name in query:
            values = sorted({value.strip() for value in query.getlist(name)} - {""})
            if name in cls.base_fields and values:
                known.setlist(name, values)
            else:
                del known[name]
        return known

    @property
    def year(self) -> int | None:
        """The year asked for: None where none is, or where it cannot be read."""
        return self.cleaned_data.get("as_of") if self.is_valid() else None

    @property
    def problems(self) -> list[Problem]:
        """What was wrong, as a list of `Problem`s."""
        given = cast(QueryDict, self.data).getlist("as_of")
        errors = [str(message) for message in self.errors.get("as_of", [])]
        messages = [str(_("Only one value can be given here."))] if len(given) > 1 else errors
        return [Problem("as_of", self.fields["as_of"].label or "", given, messages)] if messages else []
