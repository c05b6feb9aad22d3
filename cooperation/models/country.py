"""Countries and areas: codes, names and the groups they are counted in."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperation.models.edit import Versioned
from cooperation.models.record import PublicQuerySet
from cooperation.models.source import Citation


class PortalRegion(models.TextChoices):
    """The two shores of the portal, and the rest of the world."""

    ASIA_PACIFIC = "asia_pacific", _("Asia-Pacific")
    LAC = "lac", _("Latin America and the Caribbean")
    OTHER = "other", _("Other regions")


class Subregion(models.TextChoices):
    """UN M49: the sub-region, or the intermediate region where the sub-region has them."""

    SOUTH_AMERICA = "005", _("South America")
    WESTERN_AFRICA = "011", _("Western Africa")
    CENTRAL_AMERICA = "013", _("Central America")
    EASTERN_AFRICA = "014", _("Eastern Africa")
    NORTHERN_AFRICA = "015", _("Northern Africa")
    MIDDLE_AFRICA = "017", _("Middle Africa")
    SOUTHERN_AFRICA = "018", _("Southern Africa")
    NORTHERN_AMERICA = "021", _("Northern America")
    CARIBBEAN = "029", _("Caribbean")
    EASTERN_ASIA = "030", _("Eastern Asia")
    SOUTHERN_ASIA = "034", _("Southern Asia")
    SOUTH_EASTERN_ASIA = "035", _("South-eastern Asia")
    SOUTHERN_EUROPE = "039", _("Southern Europe")
    AUSTRALIA_NEW_ZEALAND = "053", _("Australia and New Zealand")
    MELANESIA = "054", _("Melanesia")
    MICRONESIA = "057", _("Micronesia")
    POLYNESIA = "061", _("Polynesia")
    CENTRAL_ASIA = "143", _("Central Asia")
    WESTERN_ASIA = "145", _("Western Asia")
    EASTERN_EUROPE = "151", _("Eastern Europe")
    NORTHERN_EUROPE = "154", _("Northern Europe")
    WESTERN_EUROPE = "155", _("Western Europe")


class CountryQuerySet(PublicQuerySet):
    def for_detail(self) -> Self:
        return self.prefetch_related("citations__source")

    def once_at(self, public_id):
        return self.filter(iso3=public_id.upper()).first()

    def get_by_natural_key(self, iso3):
        return self.get(iso3=iso3)


class Country(Versioned):
    """A country or area of the UN M49 list (where that list has no row: of ISO 3166-1).

    Countries are reference records: always public, never drafts.
    """

    class IncomeGroup(models.TextChoices):
        LOW = "low", _("Low income")
        LOWER_MIDDLE = "lower_middle", _("Lower middle income")
        UPPER_MIDDLE = "upper_middle", _("Upper middle income")
        HIGH = "high", _("High income")

    PUBLIC_ID = "iso3"
    FACTS = (
        "name",
        "name_es",
        "name_pt",
        "name_fr",
        "other_names",
        "iso2",
        "m49",
        "subregion",
        "sids",
        "ldc",
        "lldc",
        "income_group",
        "further",
    )
    EXPECTED_FACTS = ("income_group",)
    SOURCED_PARTS = ()
    SEARCH_KEYS = ("iso3", "iso2", "m49", "name", "name_es", "name_pt", "name_fr", "other_names")
    SEARCH_NAMES = SEARCH_KEYS
    SEARCH_TEXTS = ("note",)

    iso3 = models.CharField(_("ISO alpha-3 code"), max_length=3, unique=True, help_text=_("ISO 3166-1. Example: FJI."))
    iso2 = models.CharField(_("ISO alpha-2 code"), max_length=2, unique=True, help_text=_("ISO 3166-1. Example: FJ."))
    m49 = models.CharField(_("M49 code"), max_length=3, unique=True, help_text=_("UN M49, three digits. Example: 242."))
    name = models.CharField(_("name"), max_length=100, unique=True, help_text=_("As in the UN M49 list."))
    name_es = models.CharField(_("name in Spanish"), max_length=100, blank=True)
    name_pt = models.CharField(_("name in Portuguese"), max_length=100, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=100, blank=True)
    other_names = models.TextField(
        _("other names"),
        blank=True,
        help_text=_("Short and former names, one on each line. Example: Ivory Coast."),
    )
    portal_region = models.CharField(_("region"), max_length=12, choices=PortalRegion)
    subregion = models.CharField(_("M49 subregion"), max_length=3, choices=Subregion)
    sids = models.BooleanField(
        _("small island developing State"), default=False, help_text=_("As flagged in the UN M49 table.")
    )
    ldc = models.BooleanField(_("least developed country"), default=False)
    lldc = models.BooleanField(_("landlocked developing country"), default=False)
    income_group = models.CharField(_("income group"), max_length=12, choices=IncomeGroup, blank=True)
    income_fiscal_year = models.PositiveSmallIntegerField(
        _("World Bank fiscal year"),
        null=True,
        blank=True,
        help_text=_("Fiscal year of the income group. Example: 2024."),
    )
    tile_column = models.PositiveSmallIntegerField(_("tile column"), null=True, blank=True)
    tile_row = models.PositiveSmallIntegerField(_("tile row"), null=True, blank=True)
    note = models.TextField(_("editors’ note"), blank=True)

    objects = CountryQuerySet.as_manager()

    class Meta:
        verbose_name = _("country or area")
        verbose_name_plural = _("countries and areas")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tile_column", "tile_row"],
                name="country_tile_unique",
                violation_error_message=_("Another country stands on this tile."),
            ),
            models.CheckConstraint(
                condition=Q(tile_column__isnull=True, tile_row__isnull=True)
                | Q(tile_column__isnull=False, tile_row__isnull=False),
                name="country_tile_complete",
                violation_error_message=_("A tile needs a column and a row."),
            ),
            models.CheckConstraint(
                condition=Q(income_group="", income_fiscal_year__isnull=True)
                | (~Q(income_group="") & Q(income_fiscal_year__isnull=False)),
                name="country_income_group_has_year",
                violation_error_message=_("An income group needs its fiscal year."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("country_detail", args=[self.iso3])

    @property
    def public_id(self) -> str:
        return self.iso3

    @property
    def income_group_text(self):
        return _("%(group)s (World Bank fiscal year %(year)s)") % {
            "group": self.get_income_group_display(),
            "year": self.income_fiscal_year,
        }

    def natural_key(self):
        return (self.iso3,)


class CountryCitation(Citation):
    owner = "country"

    country = models.ForeignKey(Country, models.CASCADE, related_name="citations", verbose_name=_("country or area"))

    class Meta(Citation.Meta):
        constraints = [
            models.UniqueConstraint(fields=["country", "fact", "source", "value"], name="country_citation_unique")
        ]
