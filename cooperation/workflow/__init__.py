"""What may happen to a record, and by whom."""

from cooperation.workflow.checklist import checklist
from cooperation.workflow.groups import find_missing_rights, make_groups
from cooperation.workflow.rights import is_public, may_be_deleted, may_change_directly
from cooperation.workflow.steps import STEPS, Step, StepRefusedError, steps_for, take

__all__ = [
    "STEPS",
    "Step",
    "StepRefusedError",
    "checklist",
    "find_missing_rights",
    "is_public",
    "make_groups",
    "may_be_deleted",
    "may_change_directly",
    "steps_for",
    "take",
]
