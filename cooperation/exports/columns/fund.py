"""What a fund says in every format."""

from django.utils.translation import gettext_lazy as _

from cooperation.exports.columns.parts import citation_table, names_someone, part_table
from cooperation.exports.fields import columns_of, id_columns, record_columns
from cooperation.exports.table import Table
from cooperation.models import Contribution, Fund, FundCitation, FundManager

FundColumns = Table(
    Fund,
    "funds",
    _("Funds"),
    (
        *id_columns(Fund),
        *columns_of(Fund, "name", "acronym", "forum", "established", "size_amount", "size_currency", "website"),
        *columns_of(Fund, "summary"),
        *record_columns(Fund),
    ),
    parts=(
        part_table(
            FundManager,
            "managers",
            _("Managers of funds"),
            "agency",
            "organisation",
            "source",
            "note",
            where=names_someone("organisation"),
        ),
        part_table(
            Contribution,
            "contributors",
            _("Contributors to funds"),
            "country",
            "organisation",
            "source",
            "note",
        ),
        citation_table(FundCitation),
    ),
)
