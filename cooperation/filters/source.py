"""What can be asked of the sources."""

from django.utils.translation import gettext_lazy as _

from cooperation.filters.base import CodesFilter, RecordFilterSet
from cooperation.models import Source


class SourceFilterSet(RecordFilterSet):
    SEARCHED = ("title", "publisher", "url", "slug")
    ORDERS = {"publisher": (_("Publisher"), ("publisher", "title", "id"))}

    kind = CodesFilter("kind", label=_("Kind"), choices=Source.Kind.choices)

    class Meta:
        model = Source
        fields = []
