"""The climb of a supplier along the program's ladder. Each step sets the standing; the standing sets the duties of brands."""

from agreements.operations.escalation.cases import (
    answer_missed_date,
    apply_limit,
    climb,
    close,
    follow_standing,
    limit_passed,
    prove_condition,
    start,
    step_down,
)
from agreements.operations.escalation.checks import CannotStep
from agreements.operations.escalation.steps import REVIEW

__all__ = [
    "REVIEW",
    "CannotStep",
    "answer_missed_date",
    "apply_limit",
    "climb",
    "close",
    "follow_standing",
    "limit_passed",
    "prove_condition",
    "start",
    "step_down",
]
