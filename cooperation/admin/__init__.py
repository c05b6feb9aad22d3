"""Where curators enter and check records: Django's own admin, one file for each record."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cooperation.admin import account as account
from cooperation.admin.agency import AgencyAdmin
from cooperation.admin.audit import AuditEntryAdmin
from cooperation.admin.correction import CorrectionAdmin
from cooperation.admin.country import CountryAdmin
from cooperation.admin.duplicate_pair import DuplicatePairAdmin
from cooperation.admin.former_slug import FormerSlugAdmin
from cooperation.admin.forum import ForumAdmin
from cooperation.admin.fund import FundAdmin
from cooperation.admin.import_pages import ImportBatchAdmin
from cooperation.admin.lesson import LessonAdmin
from cooperation.admin.milestone import MilestoneAdmin
from cooperation.admin.pending import PendingChangeAdmin
from cooperation.admin.project import ProjectAdmin
from cooperation.admin.source import SourceAdmin
from cooperation.admin.vocabulary import GoalAdmin, InstrumentAdmin, ThemeAdmin

admin.site.site_header = _("South-South Cooperation Portal: curators")
admin.site.site_title = _("South-South Cooperation Portal: curators")
admin.site.index_title = _("Records and vocabularies")
admin.site.empty_value_display = "–"

__all__ = [
    "AgencyAdmin",
    "AuditEntryAdmin",
    "CorrectionAdmin",
    "CountryAdmin",
    "DuplicatePairAdmin",
    "FormerSlugAdmin",
    "ForumAdmin",
    "FundAdmin",
    "GoalAdmin",
    "ImportBatchAdmin",
    "InstrumentAdmin",
    "LessonAdmin",
    "MilestoneAdmin",
    "PendingChangeAdmin",
    "ProjectAdmin",
    "SourceAdmin",
    "ThemeAdmin",
]
