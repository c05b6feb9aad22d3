"""Projects: who does what with whom, in which role."""

from collections.abc import Set
from typing import Self

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cooperation.models.agency import Agency
from cooperation.models.checked_address import CheckedAddress
from cooperation.models.country import Country, PortalRegion
from cooperation.models.forum import Forum
from cooperation.models.fund import CURRENCY_CODE, Fund, amount_with_currency
from cooperation.models.partial_date import PartialDateField, not_before
from cooperation.models.record import Record, RecordQuerySet
from cooperation.models.source import Citation, SourcedPart
from cooperation.models.vocabulary import Goal, Instrument, PartnerRole, Theme
from cooperation.models.web_address import WebAddressField, web_address_only


class Scope(models.TextChoices):
    """Where the partner countries of a project lie. Derived from the partners, never typed."""

    INTERREGIONAL = "interregional", _("Interregional")
    ASIA_PACIFIC = "asia_pacific", _("Within Asia-Pacific")
    LAC = "lac", _("Within Latin America and the Caribbean")
    OTHER = "other", _("No partner country of either region known")


def scope_of(regions: Set[str]) -> Scope:
    """The `Scope` of a project whose partner countries lie in these portal regions."""
    both = {PortalRegion.ASIA_PACIFIC, PortalRegion.LAC}
    if both <= regions:
        return Scope.INTERREGIONAL
    return Scope(next(iter(both & regions), Scope.OTHER))


class ProjectQuerySet(RecordQuerySet):
    def for_detail(self) -> Self:
        return self.prefetch_related(
            "citations__source",
            "themes",
            "goals",
            "instruments",
            "documents__source",
            Prefetch("forum", Forum.objects.published()),
            Prefetch("fund", Fund.objects.published()),
            Prefetch(
                "participations",
                Participation.objects.select_related("country", "source").prefetch_related(
                    Prefetch("agency", Agency.objects.published())
                ),
            ),
        )


class Project(Record):
    """A cooperation activity with named partners, each in a role."""

    class Modality(models.TextChoices):
        BILATERAL = "bilateral", _("Bilateral")
        TRIANGULAR = "triangular", _("Triangular")
        REGIONAL = "regional", _("Regional")
        INTERREGIONAL = "interregional", _("Interregional")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        IN_EXECUTION = "in_execution", _("In execution")
        COMPLETED = "completed", _("Completed")
        SUSPENDED = "suspended", _("Suspended")
        CANCELLED = "cancelled", _("Cancelled")

    FACTS = (
        "title",
        "official_id",
        "iati_identifier",
        "summary",
        "modality",
        "status",
        "start",
        "end",
        "budget_amount",
        "forum",
        "fund",
        "themes",
        "goals",
        "instruments",
        "participations",
        "documents",
        "further",
    )
    EXPECTED_FACTS = ("status", "start", "end", "budget_amount")
    _history_m2m_fields = ("themes", "goals", "instruments")
    SOURCED_PARTS = ("participations", "documents")
    SEARCH_KEYS = ("slug", "official_id", "iati_identifier", "title")
    SEARCH_NAMES = ("title", "official_id", "iati_identifier")
    SEARCH_TEXTS = ("summary", "note")
    SEARCH_ORGANISATIONS = ("participations__organisation",)

    title = models.CharField(
        _("title"),
        max_length=300,
        help_text=_("The official title in English. Where there is none, what it is, and say so in the note."),
    )
    official_id = models.CharField(
        _("official id"), max_length=100, blank=True, help_text=_("As its owner writes it. Example: SME 01 2018.")
    )
    iati_identifier = models.CharField(
        _("IATI activity id"),
        max_length=200,
        blank=True,
        db_index=True,
        help_text=_("Under which another body publishes it in IATI. Example: XM-DAC-41114-OUTPUT-00107404."),
    )
    summary = models.TextField(_("summary"), blank=True, help_text=_("One to three sentences that can be read alone."))
    modality = models.CharField(_("modality"), max_length=15, choices=Modality)
    status = models.CharField(
        _("activity status"),
        max_length=12,
        choices=Status,
        blank=True,
        help_text=_("Of the activity itself. Leave empty when no source says it."),
    )
    start = PartialDateField(_("start"), blank=True)
    end = PartialDateField(_("end"), blank=True)
    budget_amount = models.DecimalField(
        _("budget"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("As reported, never converted."),
    )
    budget_currency = models.CharField(
        _("currency"), max_length=3, blank=True, validators=[CURRENCY_CODE], help_text=_("ISO 4217. Example: USD.")
    )
    forum = models.ForeignKey(
        Forum,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("forum"),
        help_text=_("The forum under which it runs, if any."),
    )
    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("fund")
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="projects", verbose_name=_("themes"))
    goals = models.ManyToManyField(
        Goal, blank=True, related_name="projects", verbose_name=_("Sustainable Development Goals")
    )
    instruments = models.ManyToManyField(Instrument, blank=True, related_name="projects", verbose_name=_("instruments"))

    objects = ProjectQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["title"]
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["publication_status", "-start", "-id"], name="project_by_start"),
            models.Index(fields=["publication_status", "title", "id"], name="project_by_title"),
        ]
        constraints = [
            not_before("start", "end", "project_end_after_start"),
            amount_with_currency("budget_amount", "budget_currency", "project_budget_with_currency"),
        ]

    def __str__(self):
        return self.title

    @property
    def scope(self) -> Scope:
        """The `Scope` of the project, from its partner countries."""
        return scope_of({part.country.portal_region for part in self.participations.all() if part.country})

    @property
    def partners_by_role(self):
        """`[(role label, [participation, ...]), ...]` in the order of `PartnerRole`, without empty roles."""
        parts = [part for part in self.participations.all() if part.names_someone]
        groups = [(role.label, [part for part in parts if part.role == role]) for role in PartnerRole]
        return [(label, members) for label, members in groups if members]


class Participation(SourcedPart):
    """A partner in a project: a country, an agency or an organisation, in one role."""

    owner = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="participations", verbose_name=_("project"))
    role = models.CharField(_("role"), max_length=12, choices=PartnerRole)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="participations", verbose_name=_("country or area")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="participations", verbose_name=_("agency")
    )
    organisation = models.CharField(
        _("organisation"), max_length=200, blank=True, help_text=_("In words, if it has no record here.")
    )
    organisation_ref = models.CharField(
        _("IATI organisation id"),
        max_length=100,
        blank=True,
        help_text=_("Of an organisation that has no record here. Example: XM-DAC-41122."),
    )
    organisation_type = models.CharField(
        _("IATI organisation type"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"\A[0-9]{2}\Z", _("Two digits. Example: 40."))],
        help_text=_("Of an organisation that has no record here: a code of OrganisationType. Example: 40."),
    )
    start = PartialDateField(_("from"), blank=True)
    end = PartialDateField(_("until"), blank=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["country", "role", "project"], name="participation_by_country"),
            models.Index(fields=["agency", "role", "project"], name="participation_by_agency"),
        ]
        constraints = [
            not_before("start", "end", "participation_end_after_start"),
            models.CheckConstraint(
                condition=Q(country__isnull=False) | Q(agency__isnull=False) | ~Q(organisation=""),
                name="participation_names_someone",
                violation_error_message=_("Name a country, an agency or an organisation."),
            ),
            models.UniqueConstraint(
                F("project"),
                F("role"),
                Coalesce("country", 0),
                Coalesce("agency", 0),
                F("organisation"),
                F("start"),
                name="participation_unique",
                violation_error_message=_("This partner is already recorded in this role."),
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()}: {self.agency or self.country or self.organisation}"

    @property
    def names_someone(self):
        """Whether a reader may learn who it is. An agency that is not public has been left out by the reading plan."""
        return bool(self.country or self.agency or self.organisation)


class Document(SourcedPart, CheckedAddress):
    """A document of a project on the web: an agreement, a report, an evaluation."""

    class Category(models.TextChoices):
        """Codes of the IATI DocumentCategory list that cooperation projects use."""

        RESULTS = "A08", _("Results, outcomes and outputs")
        OBJECTIVES = "A02", _("Objectives / Purpose of activity")
        AGREEMENT = "A09", _("Memorandum of understanding (If agreed by all parties)")
        EVALUATION = "A07", _("Review of project performance and evaluation")
        BUDGET = "A05", _("Budget")
        WEB_PAGE = "A12", _("Activity web page")

    owner = "project"
    ADDRESS = "url"

    project = models.ForeignKey(Project, models.CASCADE, related_name="documents", verbose_name=_("project"))
    title = models.CharField(_("title"), max_length=300)
    url = WebAddressField(_("address"))
    category = models.CharField(_("category"), max_length=3, choices=Category)
    language = models.CharField(_("language"), max_length=2, blank=True, help_text=_("ISO 639-1. Example: es."))

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["id"]
        constraints = [
            web_address_only("url", "document_url_web_only"),
            models.UniqueConstraint(fields=["project", "url"], name="document_unique"),
        ]

    def __str__(self):
        return self.title


class ProjectCitation(Citation):
    owner = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="citations", verbose_name=_("project"))

    class Meta(Citation.Meta):
        constraints = [
            models.UniqueConstraint(fields=["project", "fact", "source", "value"], name="project_citation_unique")
        ]
