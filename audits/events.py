"""The words of what happens in this room, for the page of history."""

from django.utils.translation import gettext_lazy as _

VISITS = [
    ("inspection.planned", _("Inspection planned")),
    ("inspection.plan_changed", _("Plan of an inspection changed")),
    ("inspection.cancelled", _("Inspection cancelled")),
    ("inspection.asked", _("Asked to join an inspection")),
    ("inspection.accepted", _("Joined an inspection, independence declared")),
    ("inspection.declined", _("Declined to join an inspection")),
    ("inspection.barred", _("Barred from an inspection by a tie")),
    ("inspection.role_taken", _("Role on the team taken over")),
    ("inspection.plan_taken", _("Plan of an inspection handed over")),
    ("inspection.removed", _("Taken off the team of an inspection")),
    ("visit.asked", _("Visit asked for")),
    ("visit.taken", _("Request for a visit taken")),
    ("visit.declined", _("Request for a visit declined")),
    ("bar.ended", _("Bar by a tie ended")),
    ("inspection.arrived", _("Visit begun")),
    ("inspection.changed", _("Notes on a visit changed")),
    ("inspection.form_received", _("Filled form received from a phone")),
    ("inspection.left", _("Visit over")),
    ("inspection.submitted", _("Inspection submitted and sealed")),
    ("response.noted", _("Answers of a checklist noted")),
    ("response.changed", _("Answer of a checklist changed")),
    ("interview.noted", _("Interviews noted")),
    ("interview.changed", _("Interview changed")),
    ("finding.noted", _("Findings noted")),
    ("finding.changed", _("Finding changed")),
    ("finding.withdrawn", _("Finding withdrawn")),
    ("proofs.shared", _("Files of a supplier shared with a team")),
    ("evidence.added", _("Evidence added")),
    ("evidence.changed", _("Words about evidence changed")),
]
REPORTS = [
    ("inspection.returned", _("Inspection returned to its auditors")),
    ("inspection.with_supplier", _("Report of an inspection given to the supplier")),
    ("inspection.issued", _("Report of an inspection issued")),
    ("report.shared", _("Report shared with the supplier")),
    ("report.replied", _("Supplier replied to a report")),
    ("report.not_replied", _("No reply to a report in time")),
    ("report.issued", _("Report issued")),
    ("report.replaced", _("Report replaced by a later version")),
]

CHECKLISTS = [
    ("question.added", _("Question put on the checklist")),
    ("question.changed", _("Question of the checklist changed")),
    ("question.retired", _("Question taken off the checklist")),
    ("question.moved", _("Order of the checklist changed")),
]

ACTIONS = [
    ("action.proposed", _("Corrective action proposed")),
    ("action.changed", _("Proposed corrective action changed")),
    ("action.agreed", _("Corrective action agreed")),
    ("action.news_asked", _("Supplier asked how far a corrective action is")),
    ("action.reported", _("Corrective action reported as fixed")),
    ("action.rejected", _("Corrective action not fixed, as verified")),
    ("action.verified", _("Corrective action verified as fixed")),
    ("action.withdrawn", _("Corrective action withdrawn")),
    ("action.renewed", _("New date for a repair that did not last")),
    ("action.overdue", _("Corrective action overdue")),
    ("action.plan_changed", _("Who pays was changed")),
    ("action.plan_signed", _("Who pays was signed")),
    ("extension.asked", _("More time asked for")),
    ("extension.granted", _("More time given")),
    ("extension.refused", _("More time refused")),
    ("milestone.added", _("Milestone added")),
    ("milestone.moved", _("Milestone moved")),
    ("milestone.reached", _("Milestone reported")),
    ("milestone.verified", _("Milestone verified")),
    ("plan.printed", _("Corrective action plan printed")),
]

EVENTS = [*VISITS, *REPORTS, *CHECKLISTS, *ACTIONS]
