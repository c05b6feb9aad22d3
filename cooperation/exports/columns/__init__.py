"""What each record says, column by column, once: every format, the data dictionary and the API go by this.

It is a list of what may leave the registry: a field that is not named here is in no file.
"""

from cooperation.exports.columns.agency import AgencyColumns
from cooperation.exports.columns.country import CountryColumns
from cooperation.exports.columns.forum import ForumColumns
from cooperation.exports.columns.fund import FundColumns
from cooperation.exports.columns.lesson import LessonColumns
from cooperation.exports.columns.milestone import MilestoneColumns
from cooperation.exports.columns.project import ProjectColumns
from cooperation.exports.columns.source import SourceColumns

TABLES = {
    each.model: each
    for each in (
        ProjectColumns,
        AgencyColumns,
        ForumColumns,
        FundColumns,
        CountryColumns,
        MilestoneColumns,
        LessonColumns,
        SourceColumns,
    )
}

__all__ = [
    "TABLES",
    "AgencyColumns",
    "CountryColumns",
    "ForumColumns",
    "FundColumns",
    "LessonColumns",
    "MilestoneColumns",
    "ProjectColumns",
    "SourceColumns",
]
