"""What is done with corrective actions. Extensions, milestones and who pays have modules of their own beside this one."""

from audits.operations.actions.asking import ask_for_news
from audits.operations.actions.keeping import CannotMove, NeedsAnother
from audits.operations.actions.moving import agree, reject, renew, report_fixed, verify, withdraw
from audits.operations.actions.proposing import await_plan, propose, propose_for_finding, propose_from

__all__ = [
    "CannotMove",
    "NeedsAnother",
    "agree",
    "ask_for_news",
    "await_plan",
    "propose",
    "propose_for_finding",
    "propose_from",
    "reject",
    "renew",
    "report_fixed",
    "verify",
    "withdraw",
]
