"""What a reader can ask of each list: one FilterSet per record type.

Keys are the reader's words, values public codes. Within a filter any of the chosen values fits (OR), between filters
all must (AND). A value that a filter does not know makes the form invalid: the list is then empty and says why.
"""

from cooperation.filters.agency import AgencyFilterSet
from cooperation.filters.country import CountryFilterSet
from cooperation.filters.forum import ForumFilterSet
from cooperation.filters.fund import FundFilterSet
from cooperation.filters.lesson import LessonFilterSet
from cooperation.filters.milestone import MilestoneFilterSet
from cooperation.filters.partners import project_counts, projects_of
from cooperation.filters.project import ProjectFilterSet
from cooperation.filters.source import SourceFilterSet

# Of record types in which a search hits equally well, the first comes first.
FILTERSETS = {
    each._meta.model: each
    for each in (
        ForumFilterSet,
        AgencyFilterSet,
        CountryFilterSet,
        FundFilterSet,
        MilestoneFilterSet,
        LessonFilterSet,
        ProjectFilterSet,
        SourceFilterSet,
    )
}

__all__ = [
    "FILTERSETS",
    "AgencyFilterSet",
    "CountryFilterSet",
    "ForumFilterSet",
    "FundFilterSet",
    "LessonFilterSet",
    "MilestoneFilterSet",
    "ProjectFilterSet",
    "SourceFilterSet",
    "project_counts",
    "projects_of",
]
