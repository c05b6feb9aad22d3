"""What the words of the registry are in the codelists of IATI 2.03, for who writes such files and who reads them.

Codes and their meanings: https://iatistandard.org/en/iati-standard/203/codelists/
"""

from cooperation.models.agency import Agency
from cooperation.models.project import Project
from cooperation.models.vocabulary import PartnerRole

VERSION = "2.03"
# Attributes of this namespace carry what IATI has no place for.
EXTENSION = "urn:sscportal:iati-extension:1"

# OrganisationRole knows funding (1), accountable (2), extending (3) and implementing (4): no beneficiary, no pivot.
ORGANISATION_ROLE: dict[str, str] = {
    PartnerRole.PROVIDER: "3",
    PartnerRole.PIVOTAL: "3",
    PartnerRole.FACILITATING: "1",
    PartnerRole.BENEFICIARY: "2",
    PartnerRole.BOTH: "3",
    PartnerRole.FUNDING: "1",
    PartnerRole.IMPLEMENTING: "4",
    PartnerRole.PARTNER: "4",
}
# The other way round, for files that do not carry our own words. Who is accountable or extends may be anything.
PARTNER_ROLE = {
    "1": PartnerRole.FUNDING,
    "2": PartnerRole.PARTNER,
    "3": PartnerRole.PARTNER,
    "4": PartnerRole.IMPLEMENTING,
}

ACTIVITY_STATUS: dict[str, str] = {
    Project.Status.PROPOSED: "1",
    Project.Status.APPROVED: "1",
    Project.Status.IN_EXECUTION: "2",
    Project.Status.COMPLETED: "4",
    Project.Status.SUSPENDED: "6",
    Project.Status.CANCELLED: "5",
}
# Pipeline reads as proposed, the weaker of the two; finalisation (3) is a part of the execution.
PROJECT_STATUS = {
    "1": Project.Status.PROPOSED,
    "2": Project.Status.IN_EXECUTION,
    "3": Project.Status.IN_EXECUTION,
    "4": Project.Status.COMPLETED,
    "5": Project.Status.CANCELLED,
    "6": Project.Status.SUSPENDED,
}

# Regional and interregional cooperation have no code of their own.
COLLABORATION_TYPE: dict[str, str] = {Project.Modality.BILATERAL: "1", Project.Modality.TRIANGULAR: "8"}
MODALITY = {code: modality for modality, code in COLLABORATION_TYPE.items()}

GOVERNMENT, OTHER_PUBLIC_SECTOR, MULTILATERAL, OTHER = "10", "15", "40", "90"
ORGANISATION_TYPE: dict[str, str] = {
    Agency.Kind.COOPERATION_AGENCY: GOVERNMENT,
    Agency.Kind.COOPERATION_PROGRAMME: OTHER_PUBLIC_SECTOR,
    Agency.Kind.MINISTRY: GOVERNMENT,
    Agency.Kind.MINISTRY_DEPARTMENT: GOVERNMENT,
    Agency.Kind.PLANNING_BODY: GOVERNMENT,
    Agency.Kind.COORDINATION_BODY: GOVERNMENT,
    Agency.Kind.UN_ENTITY: MULTILATERAL,
    Agency.Kind.UN_REGIONAL_COMMISSION: MULTILATERAL,
    Agency.Kind.INTERGOVERNMENTAL: MULTILATERAL,
    Agency.Kind.DEVELOPMENT_BANK: MULTILATERAL,
    Agency.Kind.NETWORK: OTHER,
}

SECTORS_NOT_SPECIFIED = "99810"
DEVELOPING_COUNTRIES_UNSPECIFIED = "998"
DAC_SECTORS, SDG_GOALS, OWN_VOCABULARY, UN_REGIONS, DAC_REGIONS = "1", "2", "99", "2", "1"
# Of tags and of sectors
SDG_TARGETS, SECTOR_SDG_GOALS, SECTOR_SDG_TARGETS = "3", "7", "8"
RELATED_THIRD_PARTY = "5"
INTERNAL_IDENTIFIER, OTHER_ACTIVITY_IDENTIFIER = "A1", "A9"

# ActivityDateType
PLANNED_START, ACTUAL_START, PLANNED_END, ACTUAL_END = "1", "2", "3", "4"
# DescriptionType
GENERAL_DESCRIPTION, OBJECTIVES, TARGET_GROUPS, OTHER_DESCRIPTION = "1", "2", "3", "4"
# BudgetType and BudgetStatus
ORIGINAL_BUDGET, REVISED_BUDGET, INDICATIVE_BUDGET = "1", "2", "1"

# FileFormat: what the end of a document’s address says of it. Any other address leads to a page.
FILE_FORMAT = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "csv": "text/csv",
    "txt": "text/plain",
    "zip": "application/zip",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
WEB_PAGE = "text/html"
