"""What a table of projects may say.

The aliases are what other people’s files call a column: the Galaxy of the United Nations Office for South-South
Cooperation, the project lists of the World Bank, and what their like would write.
"""

from django.utils.translation import gettext_lazy

from cooperation.imports.cells import PartsColumn
from cooperation.imports.resources import AmountColumn, TableResource, widget_of
from cooperation.imports.tables.partners import bodies, documents_in, partners_column
from cooperation.imports.tables.parts import CITATION, CitationTable, NamingTable
from cooperation.models import Document, Participation, PartnerRole, Project, ProjectCitation

STATUSES = {
    "pipeline": "proposed",
    "planned": "proposed",
    "active": "in_execution",
    "ongoing": "in_execution",
    "running": "in_execution",
    "implementation": "in_execution",
    "in progress": "in_execution",
    "closed": "completed",
    "finished": "completed",
    "ended": "completed",
    "dropped": "cancelled",
    "canceled": "cancelled",
}


class ProjectCitationTable(CitationTable):
    class Meta:
        model = ProjectCitation
        fields = CITATION


class PartnerTable(NamingTable):
    NAME = "partners"
    ALIASES = {
        "organisation": ("organization",),
        "start": ("start year", "start date"),
        "end": ("end year", "end date"),
    }

    class Meta:
        model = Participation
        fields = (
            "role",
            "country",
            "agency",
            "organisation",
            "organisation_ref",
            "organisation_type",
            "start",
            "end",
            "source",
            "note",
        )


class DocumentTable(TableResource):
    NAME = "documents"
    KEY = ("url",)
    ALIASES = {"url": ("address", "link", "document url")}

    class Meta:
        model = Document
        fields = ("title", "url", "category", "language", "source", "note")

    @classmethod
    def is_derived(cls, name):
        return name != "url" and super().is_derived(name)


class ProjectTable(TableResource):
    """Projects. Partners may stand in the rows of their project, a column for each role."""

    DATES = ("start", "end")
    AMOUNT = ("budget_amount", "budget_currency")
    PARTS = (PartnerTable, DocumentTable, ProjectCitationTable)
    DERIVED = (
        "scope",
        "partner_countries",
        "partner_agencies",
        "partner_organisations",
        "partners_in_words",
    )
    WORDS = {
        "status": STATUSES,
        "modality": {"trilateral": "triangular", "inter regional": "interregional"},
    }
    ALIASES = {
        "title": (
            "project",
            "project name",
            "project title",
            "projecttitle",
            "name",
            "titulo",
            "titre",
            "nombre del proyecto",
        ),
        "official_id": ("id", "project id", "number", "project number", "projectid", "no", "code", "codigo"),
        "iati_identifier": ("iati id", "iati activity id"),
        "summary": (
            "description",
            "abstract",
            "project description",
            "projectdescription",
            "project development objective",
            "pdo",
            "objective",
            "resumen",
            "descripcion",
        ),
        "status": ("project status", "projectstatusdisplay", "state"),
        "start": ("start year", "start date", "board approval date", "boardapprovaldate", "year of start", "from"),
        "end": ("end year", "end date", "project closing date", "closing date", "closingdate", "until", "to"),
        "budget_amount": ("budget", "amount", "total budget"),
        "budget_currency": ("currency",),
        "themes": (
            "thematic areas",
            "sub thematic areas",
            "theme",
            "theme 1",
            "theme 2",
            "theme1",
            "theme2",
            "sector 1",
            "sector 2",
            "sector 3",
            "sector1",
            "sector2",
            "sector3",
        ),
        "goals": ("primary sdg contribution", "secondary sdg contribution", "sdg", "sdgs", "goal"),
        "documents": ("links", "link", "url", "project url", "projecturl", "web page", "website"),
        "partner_beneficiary": (
            "host recipient country ies",
            "recipient country",
            "recipient countries",
            "recipient",
            "beneficiary",
            "beneficiary country",
            "beneficiary countries",
        ),
        "partner_provider": ("provider country ies", "provider", "provider country", "provider countries"),
        "partner_partner": ("country", "countries", "countryname", "country name", "partner countries"),
        "partner_implementing": ("implementing agency", "impagency", "implementing organisation", "implementing body"),
        "partner_funding": ("funder", "donor", "funding organisation", "funding agency"),
        "bodies": (
            "entity ies supporting and or implementing",
            "partner organisations",
            "partner agencies",
            "partners",
        ),
    }

    budget_amount = AmountColumn(
        Project._meta.get_field("budget_amount"), widget_of(Project._meta.get_field("budget_amount"))
    )
    documents = PartsColumn("documents", gettext_lazy("web pages"), documents_in)
    bodies = PartsColumn("bodies", gettext_lazy("bodies that take part (role not told)"), bodies)
    partner_provider = partners_column(PartnerRole.PROVIDER)
    partner_pivotal = partners_column(PartnerRole.PIVOTAL)
    partner_facilitating = partners_column(PartnerRole.FACILITATING)
    partner_beneficiary = partners_column(PartnerRole.BENEFICIARY)
    partner_both = partners_column(PartnerRole.BOTH)
    partner_funding = partners_column(PartnerRole.FUNDING)
    partner_implementing = partners_column(PartnerRole.IMPLEMENTING)
    partner_partner = partners_column(PartnerRole.PARTNER)

    class Meta:
        model = Project
        fields = (
            "title",
            "official_id",
            "iati_identifier",
            "summary",
            "modality",
            "status",
            "start",
            "end",
            "budget_amount",
            "budget_currency",
            "forum",
            "fund",
            "themes",
            "goals",
            "instruments",
            "note",
            "confirmed_on",
            "documents",
            "bodies",
            *(f"partner_{role.value}" for role in PartnerRole),
        )
