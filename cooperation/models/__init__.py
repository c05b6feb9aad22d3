"""What the registry stores. `PUBLIC_RECORDS` is the list that navigation, pages and contract tests go by."""

from cooperation.models.agency import Agency, AgencyCitation, AgencyRole
from cooperation.models.country import Country, CountryCitation, PortalRegion, Subregion
from cooperation.models.data_version import Change, DataVersion
from cooperation.models.event import Event, EventKind, EventRegion, read_events
from cooperation.models.forum import Forum, ForumCitation, ForumRole, Meeting, Membership
from cooperation.models.fund import Contribution, Fund, FundCitation, FundManager
from cooperation.models.lesson import Claim, Evidence, Lesson, LessonCitation
from cooperation.models.milestone import Milestone, MilestoneCitation
from cooperation.models.partial_date import format_partial_date
from cooperation.models.project import Document, Participation, Project, ProjectCitation, Scope, scope_of
from cooperation.models.record import FormerSlug, PublicationStatus, Record
from cooperation.models.source import Citation, Source, SourcedPart
from cooperation.models.vitality import Vitality, vitality
from cooperation.models.vocabulary import Goal, Instrument, PartnerRole, Theme

PUBLIC_RECORDS = (Project, Agency, Forum, Fund, Country, Milestone, Lesson, Source)

__all__ = [
    "PUBLIC_RECORDS",
    "Agency",
    "AgencyCitation",
    "AgencyRole",
    "Change",
    "Citation",
    "Claim",
    "Contribution",
    "Country",
    "CountryCitation",
    "DataVersion",
    "Document",
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
    "Instrument",
    "Lesson",
    "LessonCitation",
    "Meeting",
    "Membership",
    "Milestone",
    "MilestoneCitation",
    "Participation",
    "PartnerRole",
    "PortalRegion",
    "Project",
    "ProjectCitation",
    "PublicationStatus",
    "Record",
    "Scope",
    "Source",
    "SourcedPart",
    "Subregion",
    "Theme",
    "Vitality",
    "format_partial_date",
    "read_events",
    "scope_of",
    "vitality",
]
