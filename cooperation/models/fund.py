"""Funds: the money set aside for cooperation, who manages it and who pays in."""

from typing import Self

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cooperation.models.agency import Agency
from cooperation.models.checked_address import CheckedAddress
from cooperation.models.country import Country
from cooperation.models.forum import Forum
from cooperation.models.partial_date import PartialDateField
from cooperation.models.record import Record, RecordQuerySet
from cooperation.models.source import Citation, SourcedPart
from cooperation.models.web_address import WebAddressField, web_address_only

CURRENCY_CODE = RegexValidator(r"\A[A-Z]{3}\Z", _("Three capital letters of ISO 4217. Example: USD."))


def amount_with_currency(amount, currency, name):
    """Constraint: an amount has a currency, a currency has an amount, and no amount is below zero."""
    neither = Q(**{f"{amount}__isnull": True, currency: ""})
    both = Q(**{f"{amount}__isnull": False, f"{amount}__gte": 0}) & ~Q(**{currency: ""})
    return models.CheckConstraint(
        condition=neither | both,
        name=name,
        violation_error_message=_("Give the amount (zero or more) and its currency together."),
    )


class FundQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        return self.prefetch_related(
            Prefetch("managers", FundManager.objects.prefetch_related(Prefetch("agency", Agency.objects.published()))),
            Prefetch("contributions", Contribution.objects.select_related("country")),
        )

    def for_detail(self) -> Self:
        return self.prefetch_related(
            "citations__source",
            Prefetch("forum", Forum.objects.published()),
            Prefetch(
                "managers",
                FundManager.objects.select_related("source").prefetch_related(
                    Prefetch("agency", Agency.objects.published())
                ),
            ),
            Prefetch("contributions", Contribution.objects.select_related("country", "source")),
        )


class Fund(Record, CheckedAddress):
    """A fund, facility or trust fund for South-South or triangular cooperation."""

    FACTS = (
        "name",
        "acronym",
        "established",
        "forum",
        "size_amount",
        "website",
        "summary",
        "managers",
        "contributions",
        "further",
    )
    EXPECTED_FACTS = ("established", "size_amount", "website")
    SOURCED_PARTS = ("managers", "contributions")
    SEARCH_KEYS = ("slug", "name", "acronym")
    SEARCH_NAMES = ("name", "acronym")
    SEARCH_TEXTS = ("summary", "note")
    SEARCH_ORGANISATIONS = ("managers__organisation", "contributions__organisation")

    name = models.CharField(_("name"), max_length=200, help_text=_("Example: FEALAC Trust Fund."))
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    summary = models.TextField(_("summary"), blank=True, help_text=_("One to three sentences that can be read alone."))
    forum = models.ForeignKey(
        Forum,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funds",
        verbose_name=_("forum"),
        help_text=_("The forum it belongs to, if any."),
    )
    established = PartialDateField(_("established"), blank=True)
    size_amount = models.DecimalField(
        _("size"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("As reported, never converted."),
    )
    size_currency = models.CharField(
        _("currency"), max_length=3, blank=True, validators=[CURRENCY_CODE], help_text=_("ISO 4217. Example: USD.")
    )
    website = WebAddressField(_("website"), blank=True)

    objects = FundQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("fund")
        verbose_name_plural = _("funds")
        ordering = ["name"]
        constraints = [
            web_address_only("website", "fund_website_web_only"),
            amount_with_currency("size_amount", "size_currency", "fund_size_with_currency"),
        ]

    def __str__(self):
        return self.name

    @property
    def named_managers(self):
        return [manager for manager in self.managers.all() if manager.names_someone]


class FundManager(SourcedPart):
    """A body that manages a fund."""

    owner = "fund"

    fund = models.ForeignKey(Fund, models.CASCADE, related_name="managers", verbose_name=_("fund"))
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="managed_funds", verbose_name=_("agency")
    )
    organisation = models.CharField(
        _("organisation"), max_length=200, blank=True, help_text=_("In words, if it has no record here.")
    )

    class Meta:
        verbose_name = _("manager")
        verbose_name_plural = _("managers")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | ~Q(organisation=""),
                name="fund_manager_names_someone",
                violation_error_message=_("Name an agency or an organisation."),
            ),
            models.UniqueConstraint(
                F("fund"),
                Coalesce("agency", 0),
                F("organisation"),
                name="fund_manager_unique",
                violation_error_message=_("This manager is already recorded."),
            ),
        ]

    def __str__(self):
        return str(self.agency or self.organisation)

    @property
    def names_someone(self):
        """Whether a reader may learn who it is. An agency that is not public has been left out by the reading plan."""
        return bool(self.agency or self.organisation)


class Contribution(SourcedPart):
    """A country or an organisation that pays into a fund."""

    owner = "fund"

    fund = models.ForeignKey(Fund, models.CASCADE, related_name="contributions", verbose_name=_("fund"))
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="contributions", verbose_name=_("country or area")
    )
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(country__isnull=False) | ~Q(organisation=""),
                name="contribution_names_someone",
                violation_error_message=_("Name a country or an organisation."),
            ),
            models.UniqueConstraint(
                F("fund"),
                Coalesce("country", 0),
                F("organisation"),
                name="contribution_unique",
                violation_error_message=_("This contributor is already recorded."),
            ),
        ]

    def __str__(self):
        return str(self.country or self.organisation)


class FundCitation(Citation):
    owner = "fund"

    fund = models.ForeignKey(Fund, models.CASCADE, related_name="citations", verbose_name=_("fund"))

    class Meta(Citation.Meta):
        constraints = [models.UniqueConstraint(fields=["fund", "fact", "source", "value"], name="fund_citation_unique")]
