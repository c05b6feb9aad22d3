"""What an agency says in every format."""

from django.utils.translation import gettext_lazy as _

from cooperation.exports.columns.parts import citation_table, part_table
from cooperation.exports.fields import columns_of, id_columns, lines_column, link_columns, record_columns
from cooperation.exports.table import Batch, Column, Kind, Table
from cooperation.models import Agency, AgencyCitation, AgencyRole

PARENT, PARENT_NAME = link_columns(Agency._meta.get_field("parent"))


def parents(batch: Batch) -> list[str]:
    """Name the record of the body above it, or what the agency says of a body that has none."""
    names = zip(PARENT_NAME.values(batch), batch.own("parent_name"), strict=True)
    return [of_record or in_words for of_record, in_words in names]


AgencyColumns = Table(
    Agency,
    "agencies",
    _("Agencies"),
    (
        *id_columns(Agency),
        *columns_of(Agency, "name", "acronym", "native_name"),
        lines_column(Agency._meta.get_field("former_names")),
        *columns_of(Agency, "kind", "country", "headquarters"),
        PARENT,
        Column(
            "parent_name",
            _("part of (name)"),
            _("The body above it, with or without a record here."),
            Kind.TEXT,
            parents,
        ),
        *columns_of(Agency, "established", "website", "iati_id", "summary"),
        *record_columns(Agency),
    ),
    parts=(
        part_table(AgencyRole, "roles", _("Roles of agencies"), "role", "source", "note"),
        citation_table(AgencyCitation),
    ),
)
