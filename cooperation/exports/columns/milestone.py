"""What a milestone says in every format."""

from django.utils.translation import gettext_lazy as _

from cooperation.exports.columns.parts import citation_table
from cooperation.exports.fields import columns_of, id_columns, record_columns
from cooperation.exports.table import Table
from cooperation.models import Milestone, MilestoneCitation

MilestoneColumns = Table(
    Milestone,
    "milestones",
    _("Milestones"),
    (
        *id_columns(Milestone),
        *columns_of(Milestone, "title", "date", "end", "city", "country", "forum", "summary"),
        *record_columns(Milestone),
    ),
    parts=(citation_table(MilestoneCitation),),
)
