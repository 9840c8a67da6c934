"""The words of what happens in this room, for the page of history."""

from django.utils.translation import gettext_lazy as _

OF_WORKERS = [
    ("complaint.arrived", _("Complaint received")),
    ("complaint.secret_made", _("Worker made a new code")),
    ("complaint.from_worker", _("Message from the worker")),
    ("complaint.taken_back", _("Withdrawal of a complaint taken back by the worker")),
    ("consent.given", _("Consent given")),
    ("consent.withdrawn", _("Consent withdrawn")),
]
PARTS = [
    ("complaint.taken", _("Complaint taken by a handler")),
    ("complaint.read", _("Complaint read")),
    ("complaint.asked", _("Asked to take a part in a complaint")),
    ("complaint.accepted_part", _("Part in a complaint accepted")),
    ("complaint.declined_part", _("Part in a complaint declined")),
    ("complaint.ended_part", _("Part in a complaint ended")),
    ("complaint.opened_in_emergency", _("Complaint opened in an emergency")),
    ("complaint.emergency_over", _("Complaint closed again after an emergency")),
    ("complaint.walled_off", _("Somebody walled off from complaints")),
    ("complaint.wall_ended", _("Wall around somebody ended")),
]
STATES = [
    ("complaint.received", _("Complaint to be triaged")),
    ("complaint.set_aside", _("Complaint set aside as possible abuse")),
    ("complaint.accepted", _("Complaint accepted")),
    ("complaint.referred", _("Complaint referred")),
    ("complaint.not_covered", _("Complaint about a workplace that is not covered")),
    ("complaint.abuse", _("Found to be no complaint")),
    ("complaint.withdrawn", _("Complaint withdrawn")),
]
WORDS = [
    ("complaint.to_worker", _("Written to a worker")),
    ("complaint.note", _("Note on a complaint written")),
]
RULES = [
    ("triage_rule.set", _("Line of the triage table set")),
    ("triage_rule.ended", _("Line of the triage table ended")),
]
EVENTS = [*OF_WORKERS, *PARTS, *STATES, *WORDS, *RULES]
