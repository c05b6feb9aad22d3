"""What a lesson says in every format."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperation.exports.columns.parts import citation_table, part_table
from cooperation.exports.fields import columns_of, id_columns, record_columns
from cooperation.exports.table import Table
from cooperation.models import Claim, Evidence, Lesson, LessonCitation, PublicationStatus, Record
from cooperation.models.lesson import EVIDENCE_RECORDS


def of_public_records() -> Q:
    """Select the evidence that is a figure, or a record that the public may see."""
    links: list[Any] = [Evidence._meta.get_field(name) for name in EVIDENCE_RECORDS]
    hidden = Q()
    for link in links:
        if issubclass(link.related_model, Record):
            hidden |= Q(**{f"{link.name}__isnull": False}) & ~Q(
                **{f"{link.name}__publication_status": PublicationStatus.PUBLISHED}
            )
    return ~hidden


LessonColumns = Table(
    Lesson,
    "lessons",
    _("Lessons"),
    (
        *id_columns(Lesson),
        *columns_of(Lesson, "position", "title", "summary", "text"),
        *record_columns(Lesson),
    ),
    parts=(
        part_table(
            Claim, "claims", _("Claims of lessons"), "position", "claim", "verdict", "finding", "source", "note"
        ),
        part_table(
            Evidence,
            "evidence",
            _("Evidence for lessons"),
            "position",
            *EVIDENCE_RECORDS,
            "figure",
            "shows",
            "support",
            "source",
            "note",
            where=of_public_records(),
        ),
        citation_table(LessonCitation),
    ),
)
