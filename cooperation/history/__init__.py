"""What became of the records: who changed what, when and why, in words; and how a change is undone."""

from cooperation.history.past import Step, begin_history, edits_of, last_content_edit, steps_of_edits, steps_of_record
from cooperation.history.shown import PublicChange, Withdrawal, what_changed, withdrawal
from cooperation.history.undoing import NOT_UNDONE, UndoRefusedError, delete_row, rehearse, undo, why_not_undone
from cooperation.history.wording import Difference, differences, differences_since, name_of, story

__all__ = [
    "NOT_UNDONE",
    "Difference",
    "PublicChange",
    "Step",
    "UndoRefusedError",
    "Withdrawal",
    "begin_history",
    "delete_row",
    "differences",
    "differences_since",
    "edits_of",
    "last_content_edit",
    "name_of",
    "rehearse",
    "steps_of_edits",
    "steps_of_record",
    "story",
    "undo",
    "what_changed",
    "why_not_undone",
    "withdrawal",
]
