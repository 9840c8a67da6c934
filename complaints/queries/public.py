"""What the program decided about complaints in public."""

from datetime import date

from complaints.enums import ComplaintState
from programs.queries import rule_value

CASES, CONSENT, DAY = (
    "disclosure.complaint_cases",
    "disclosure.complaint_consent",
    "disclosure.complaint_day",
)
NAMES = "disclosure.supplier_names"
RULES = (CASES, CONSENT, DAY, NAMES, "disclosure.workplace_size")
STATISTICS = ("published", "totals", "count")
LOG = ("published", "case_log")
ENDED = (ComplaintState.CLOSED, ComplaintState.REFERRED, ComplaintState.NOT_COVERED)  # what may be told
FIRST_DAY, LAST_DAY, USUAL_DAY = 3, 28, 5  # thirty days after the end of January are over on March 3


def decided(on: date) -> str:
    """`published` (totals, suppliers, and the log), `totals`, `count` (only how many), `case_log` (only the log), or nothing."""
    value = str(rule_value(CASES, on=on) or "")
    return value if value in {*STATISTICS, *LOG} else ""


def by_supplier(on: date) -> bool:
    """Whether single suppliers may be named with their complaints."""
    return decided(on) == "published" and rule_value(NAMES, on=on) == "published"


def may_do_without_consent(on: date) -> bool:
    """Whether a case in which nobody can be recognized may be told without asking her who complained. Nothing said: no."""
    return rule_value(CONSENT, on=on) is True


def fixed_day(on: date) -> int:
    """The day of the month on which the program counts, in the rule of a day; nothing said: the fifth."""
    value = rule_value(DAY, on=on)
    return min(max(value, FIRST_DAY), LAST_DAY) if isinstance(value, int) else USUAL_DAY
