"""What a country or area says in every format."""

from django.utils.translation import gettext_lazy as _

from cooperation.exports.columns.parts import citation_table
from cooperation.exports.fields import columns_of, id_columns, lines_column, record_columns
from cooperation.exports.table import Table
from cooperation.models import Country, CountryCitation

CountryColumns = Table(
    Country,
    "countries",
    _("Countries and areas"),
    (
        *id_columns(Country),
        *columns_of(Country, "iso2", "m49", "name", "name_es", "name_pt", "name_fr"),
        lines_column(Country._meta.get_field("other_names")),
        *columns_of(Country, "portal_region", "subregion", "sids", "ldc", "lldc"),
        *columns_of(Country, "income_group", "income_fiscal_year"),
        *record_columns(Country),
    ),
    parts=(citation_table(CountryCitation),),
)
