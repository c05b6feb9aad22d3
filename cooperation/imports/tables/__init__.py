"""The tables that can be imported, one resource for each record and for each kind of its parts."""

from cooperation.imports.tables.agency import AgencyTable
from cooperation.imports.tables.forum import ForumTable
from cooperation.imports.tables.project import ProjectTable
from cooperation.imports.tables.source import SourceTable

TABLES = {table._meta.model: table for table in (ProjectTable, AgencyTable, ForumTable, SourceTable)}

__all__ = ["TABLES"]
