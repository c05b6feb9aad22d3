"""What the registry stores. `PUBLIC_RECORDS` is the list that navigation, pages and contract tests go by."""

from django.apps import apps
from django.db.models import Model

from cooperation.models.agency import Agency, AgencyCitation, AgencyRole
from cooperation.models.audit import AppendOnlyError, AuditEntry
from cooperation.models.checked_address import CheckedAddress, CheckResult
from cooperation.models.country import Country, CountryCitation, PortalRegion, Subregion
from cooperation.models.data_version import Change, DataVersion
from cooperation.models.desk import Correction, DuplicatePair, ImportBatch, PendingChange
from cooperation.models.edit import Bookkeeping, Edit, Kept, PastRow, Versioned, edit_made, editing
from cooperation.models.event import Event, EventKind, EventRegion, read_events
from cooperation.models.forum import Forum, ForumCitation, ForumRole, Meeting, Membership
from cooperation.models.fund import Contribution, Fund, FundCitation, FundManager
from cooperation.models.known_right import KnownRight
from cooperation.models.lesson import Claim, Evidence, Lesson, LessonCitation
from cooperation.models.mail import OperatorNotice, QueuedMail
from cooperation.models.milestone import Milestone, MilestoneCitation
from cooperation.models.partial_date import format_partial_date
from cooperation.models.project import Document, Participation, Project, ProjectCitation, Scope, scope_of
from cooperation.models.record import FormerSlug, Gone, PublicationStatus, Record
from cooperation.models.sign_in import KnownAddress, RecoveryCode, SignInAttempt
from cooperation.models.source import Citation, Source, SourcedPart
from cooperation.models.unique_names import unique_names
from cooperation.models.vitality import Vitality, vitality
from cooperation.models.vocabulary import Goal, Instrument, PartnerRole, Theme

PublicRecord = Project | Agency | Forum | Fund | Country | Milestone | Lesson | Source
PUBLIC_RECORDS: tuple[type[PublicRecord], ...] = (Project, Agency, Forum, Fund, Country, Milestone, Lesson, Source)


def registry_models(*, include_auto_created: bool = False) -> list[type[Model]]:
    """List the models that hold the registry, without its bookkeeping."""
    models = apps.get_app_config("cooperation").get_models(include_auto_created=include_auto_created)
    return [model for model in models if not issubclass(model, Bookkeeping)]


def desk_models() -> list[type[Model]]:
    """List the bookkeeping that curators work with, without the past rows."""
    return [Edit, PendingChange, Correction, ImportBatch, DuplicatePair]


__all__ = [
    "PUBLIC_RECORDS",
    "Agency",
    "AgencyCitation",
    "AgencyRole",
    "AppendOnlyError",
    "AuditEntry",
    "Bookkeeping",
    "Change",
    "CheckResult",
    "CheckedAddress",
    "Citation",
    "Claim",
    "Contribution",
    "Correction",
    "Country",
    "CountryCitation",
    "DataVersion",
    "Document",
    "DuplicatePair",
    "Edit",
    "Event",
    "EventKind",
    "EventRegion",
    "Evidence",
    "FormerSlug",
    "Forum",
    "ForumCitation",
    "ForumRole",
    "Fund",
    "FundCitation",
    "FundManager",
    "Goal",
    "Gone",
    "ImportBatch",
    "Instrument",
    "Kept",
    "KnownAddress",
    "KnownRight",
    "Lesson",
    "LessonCitation",
    "Meeting",
    "Membership",
    "Milestone",
    "MilestoneCitation",
    "OperatorNotice",
    "Participation",
    "PartnerRole",
    "PastRow",
    "PendingChange",
    "PortalRegion",
    "Project",
    "ProjectCitation",
    "PublicRecord",
    "PublicationStatus",
    "QueuedMail",
    "Record",
    "RecoveryCode",
    "Scope",
    "SignInAttempt",
    "Source",
    "SourcedPart",
    "Subregion",
    "Theme",
    "Versioned",
    "Vitality",
    "desk_models",
    "edit_made",
    "editing",
    "format_partial_date",
    "read_events",
    "registry_models",
    "scope_of",
    "unique_names",
    "vitality",
]
