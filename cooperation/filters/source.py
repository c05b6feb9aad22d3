"""What can be asked of the sources."""

from django.utils.translation import gettext_lazy as _

from cooperation.facets import Own
from cooperation.filters.base import RecordFilterSet
from cooperation.filters.kinds import CodesFilter
from cooperation.models import Source


class SourceFilterSet(RecordFilterSet):
    ORDERS = {"publisher": (_("Publisher"), ("publisher", "title", "id"))}

    kind = CodesFilter(Own("kind"), label=_("Kind"), choices=Source.Kind.choices)

    class Meta:
        model = Source
        fields = ()
