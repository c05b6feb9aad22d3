"""Countries and areas in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cooperation.admin.base import CitationInline, CitingAdmin
from cooperation.admin.work_queues import SourcesFilter
from cooperation.models import Country, CountryCitation


class CountryCitationInline(CitationInline):
    model = CountryCitation


@admin.register(Country)
class CountryAdmin(CitingAdmin):
    list_display = ["name", "iso3", "iso2", "m49", "portal_region", "subregion", "income_group", "sourced_statements"]
    list_filter = ["portal_region", SourcesFilter, "sids", "ldc", "lldc", "income_group", "subregion"]
    search_fields = ["name", "iso3", "iso2", "name_es", "name_pt", "name_fr", "other_names", "m49"]
    search_help_text = _("Name in any language (also short or former), ISO code or M49 code")
    inlines = [CountryCitationInline]
    fieldsets = [
        (_("Names"), {"fields": ["name", "name_es", "name_pt", "name_fr", "other_names"]}),
        (_("Codes"), {"fields": [("iso3", "iso2", "m49")]}),
        (_("Region"), {"fields": ["portal_region", "subregion"]}),
        (_("Groups of countries"), {"fields": ["sids", "ldc", "lldc", ("income_group", "income_fiscal_year")]}),
        (_("Place on the tile map"), {"fields": [("tile_column", "tile_row")]}),
        (_("Editors’ note"), {"fields": ["note"]}),
    ]
