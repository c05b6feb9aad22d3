"""Agencies: who runs cooperation."""

from typing import Self

from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from cooperation.models.checked_address import CheckedAddress
from cooperation.models.country import Country
from cooperation.models.partial_date import PartialDateField
from cooperation.models.record import Record, RecordQuerySet, name_with_acronym
from cooperation.models.source import Citation, SourcedPart
from cooperation.models.vocabulary import PartnerRole
from cooperation.models.web_address import WebAddressField, web_address_only


class AgencyQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        return self.select_related("country").prefetch_related("roles")

    def for_detail(self) -> Self:
        return self.select_related("country").prefetch_related(
            "citations__source", "roles__source", Prefetch("parent", Agency.objects.published())
        )


class Agency(Record, CheckedAddress):
    """A body that provides, receives, funds or organises cooperation: an agency, a ministry, a bank, a UN entity."""

    class Kind(models.TextChoices):
        COOPERATION_AGENCY = "cooperation_agency", _("National cooperation agency")
        COOPERATION_PROGRAMME = "cooperation_programme", _("Cooperation programme")
        MINISTRY = "ministry", _("Ministry")
        MINISTRY_DEPARTMENT = "ministry_department", _("Ministry department")
        PLANNING_BODY = "planning_body", _("National planning body")
        COORDINATION_BODY = "coordination_body", _("Government coordination body")
        UN_ENTITY = "un_entity", _("UN entity")
        UN_REGIONAL_COMMISSION = "un_regional_commission", _("UN regional commission")
        INTERGOVERNMENTAL = "intergovernmental", _("Intergovernmental organisation")
        DEVELOPMENT_BANK = "development_bank", _("Development bank")
        NETWORK = "network", _("Network")

    FACTS = (
        "name",
        "acronym",
        "native_name",
        "former_names",
        "kind",
        "country",
        "headquarters",
        "parent",
        "parent_name",
        "established",
        "website",
        "iati_id",
        "summary",
        "roles",
        "further",
    )
    EXPECTED_FACTS = ("established", "website")
    SOURCED_PARTS = ("roles",)
    SEARCH_KEYS = ("slug", "name", "acronym", "native_name", "former_names", "iati_id")
    SEARCH_NAMES = ("name", "acronym", "native_name", "former_names", "iati_id")
    SEARCH_TEXTS = ("headquarters", "country__name", "parent_name", "summary", "note")

    name = models.CharField(
        _("name"), max_length=200, help_text=_("In English. Example: Thailand International Cooperation Agency.")
    )
    acronym = models.CharField(_("acronym"), max_length=40, blank=True, help_text=_("Example: TICA."))
    native_name = models.CharField(
        _("name in its own language"), max_length=200, blank=True, help_text=_("In the script it is written in.")
    )
    former_names = models.TextField(_("former names"), blank=True, help_text=_("One on each line."))
    summary = models.TextField(_("summary"), blank=True, help_text=_("One to three sentences that can be read alone."))
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agencies",
        verbose_name=_("country or area"),
        help_text=_("Leave empty for bodies of several countries."),
    )
    headquarters = models.CharField(_("seat"), max_length=100, blank=True, help_text=_("City. Example: Bangkok."))
    parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
        help_text=_("The body above it, if that body has a record here."),
    )
    parent_name = models.CharField(
        _("belongs to"),
        max_length=200,
        blank=True,
        help_text=_("The body above it in words, if it has no record here. Example: Ministry of Foreign Affairs."),
    )
    established = PartialDateField(_("established"), blank=True)
    website = WebAddressField(_("website"), blank=True)
    iati_id = models.CharField(
        _("IATI organisation id"), max_length=100, blank=True, help_text=_("Example: XM-DAC-41122.")
    )

    objects = AgencyQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name"]
        constraints = [
            web_address_only("website", "agency_website_web_only"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(parent_name=""),
                name="agency_parent_once",
                violation_error_message=_("Name the body above it once: as a record or in words, not both."),
            ),
        ]

    def __str__(self):
        return name_with_acronym(self)


class AgencyRole(SourcedPart):
    """What an agency does in cooperation as a rule, whatever its part in one project."""

    ROLES = (*PartnerRole.choices, ("convening", _("Convener")))

    owner = "agency"

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="roles", verbose_name=_("agency"))
    role = models.CharField(_("role"), max_length=12, choices=ROLES)

    class Meta:
        verbose_name = _("role in cooperation")
        verbose_name_plural = _("roles in cooperation")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["agency", "role"], name="agency_role_unique")]

    def __str__(self):
        return self.get_role_display()


class AgencyCitation(Citation):
    owner = "agency"

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="citations", verbose_name=_("agency"))

    class Meta(Citation.Meta):
        constraints = [
            models.UniqueConstraint(fields=["agency", "fact", "source", "value"], name="agency_citation_unique")
        ]
