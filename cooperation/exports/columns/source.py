"""What a source says in every format."""

from django.utils.translation import gettext_lazy as _

from cooperation.exports.fields import columns_of, id_columns, own_values
from cooperation.exports.table import Column, Kind, Table
from cooperation.models import Source

SourceColumns = Table(
    Source,
    "sources",
    _("Sources"),
    (
        *id_columns(Source),
        *columns_of(Source, "title", "publisher"),
        # “url” is the page on the portal, as everywhere.
        Column("address", _("address"), _("Where it can be read."), Kind.ADDRESS, own_values("url")),
        *columns_of(Source, "archived_url", "kind", "published", "retrieved", "checked_on", "check_result"),
    ),
)
