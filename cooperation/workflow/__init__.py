"""What may happen to a record, and by whom."""

from cooperation.workflow.checklist import checklist
from cooperation.workflow.rights import is_public, make_groups, may_be_deleted, may_change_directly
from cooperation.workflow.steps import STEPS, Step, StepRefusedError, steps_for, take

__all__ = [
    "STEPS",
    "Step",
    "StepRefusedError",
    "checklist",
    "is_public",
    "make_groups",
    "may_be_deleted",
    "may_change_directly",
    "steps_for",
    "take",
]
