"""The words of what happens in this room, for the page of history."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from wsr.accounts.grants import Permission

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
    ("complaint.parts_left", _("Parts in complaints ended with a membership")),
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
TEXTS = [
    ("complaint.texted", _("Text message sent to a worker")),
    ("complaint.texts_stopped", _("Worker wants no more text messages")),
    ("complaint.hours_set", _("Hours that are safe for a worker set")),
    ("complaint.number_shown", _("Number of a worker shown")),
    ("complaint.file_added", _("File added to a complaint")),
    ("complaint.file_read", _("File of a complaint read")),
]
OUTCOME = [
    ("complaint.resolution_proposed", _("Solution proposed to the worker")),
    ("complaint.resolution_answered", _("Proposed solution answered by the worker")),
    ("complaint.in_review", _("Outcome handed to a second person")),
    ("complaint.given_back", _("Outcome given back by a second person")),
    ("complaint.closed", _("Complaint closed by a second person")),
    ("complaint.appealed", _("Outcome of a complaint appealed")),
    ("complaint.appeal_upheld", _("Outcome of a complaint upheld on appeal")),
    ("complaint.looked_at_again", _("Complaint looked at again after an appeal")),
    ("complaint.reopened", _("Closed complaint opened again")),
    ("complaint.merged", _("Complaint merged with another")),
    ("complaint.took_up", _("Another complaint merged into this one")),
    ("complaint.taken_apart", _("Merged complaint taken apart again")),
    ("complaint.linked", _("Complaint linked with another")),
    ("complaint.link_ended", _("Link between complaints ended")),
]
WORDS = [
    ("complaint.to_worker", _("Written to a worker")),
    ("complaint.note", _("Note on a complaint written")),
]
HOTLINE = [
    ("complaint.joined", _("One more complainant joined")),
    ("complaint.left_by_one", _("One of several complainants takes part no more")),
    ("complaint.secret_renewed", _("Another one-time code given")),
    ("complaint.checked_on_phone", _("Number and code keyed in for a caller")),
    ("complaint.code_refused_to_staff", _("A worker's one-time code tried by somebody of the program")),
    ("callback.asked", _("Somebody wants to be called")),
    ("callback.taken", _("Call taken, number read")),
    ("callback.called", _("Called")),
    ("callback.cancelled", _("Not to be called any more")),
]
RULES = [
    ("triage_rule.set", _("Line of the triage table set")),
    ("triage_rule.ended", _("Line of the triage table ended")),
    ("triage_rule.plan_canceled", _("Planned line of the triage table canceled")),
]
PROGRAM_TEXTS = [
    ("program_text.set", _("Text for workers changed")),
    ("program_text.reset", _("Text for workers set back to its first words")),
    ("recording.set", _("Recording for workers added")),
    ("recording.ended", _("Recording for workers taken away")),
]
INQUIRY = [
    ("complaint.investigating", _("Complaint under investigation")),
    ("complaint.way_set", _("Decided with whom a complaint is investigated")),
    ("complaint.step_planned", _("Step of an investigation planned")),
    ("complaint.step_done", _("Step of an investigation done")),
    ("complaint.step_dropped", _("Step of an investigation dropped")),
    ("complaint.interviewed", _("Interview about a complaint kept")),
    ("complaint.notes_read", _("Notes of an interview read")),
    ("complaint.found", _("Finding on a complaint made")),
    ("complaint.found_anew", _("Finding on a complaint made anew")),
    ("complaint.resolving", _("Investigation of a complaint concluded")),
]
REMEDIES = [
    ("complaint.remedy_set", _("Remedy set")),
    ("complaint.remedy_paid", _("Remedy recorded as paid or done")),
    ("complaint.remedy_confirmed", _("Workers confirmed a remedy")),
    ("complaint.remedy_dropped", _("Remedy dropped")),
    ("complaint.remedy_overdue", _("Remedy overdue")),
    ("complaint.share_got", _("Worker got what was owed to her")),
    ("complaint.share_missing", _("Worker did not get what was owed to her")),
]
WATCH = [
    ("watch.begun", _("Watch over those who complained begun")),
    ("watch.fine", _("Check-in answered: nothing bad happened")),
    ("watch.harm", _("Check-in answered: treated worse")),
    ("watch.tried", _("Check-in tried, nobody reached")),
    ("watch.not_reached", _("Check-in ended, nobody reached")),
    ("complaint.retaliation", _("Complaint about retaliation opened")),
]
MEASURES = [
    ("measure.held", _("Words for an employer held back")),
    ("measure.sent", _("Corrective action sent")),
    ("measure.dropped", _("Words for an employer dropped")),
]
RELEASES = [
    ("release.asked", _("Release of a name or contact asked for")),
    ("release.approved", _("Release of a name or contact approved")),
    ("release.refused", _("Release of a name or contact refused")),
    ("release.ended", _("Release of a name or contact ended")),
]
PUBLIC = [
    ("complaint.summary_written", _("Summary of a complaint written for the public")),
    ("complaint.summary_cleared", _("Summary of a complaint cleared by a second person")),
    ("complaint.summary_taken_back", _("Summary of a complaint taken back")),
    ("complaints.counted", _("Complaints counted for the public")),
]
EVENTS = [
    ("complaint.respondent_named", _("Person named whom a complaint is about")),
    ("complaint.respondent_taken_out", _("Person named by mistake taken out")),
    *OF_WORKERS,
    *PARTS,
    *STATES,
    *OUTCOME,
    *WORDS,
    *HOTLINE,
    *RULES,
    *PROGRAM_TEXTS,
    *TEXTS,
    *INQUIRY,
    *REMEDIES,
    *WATCH,
    *MEASURES,
    *RELEASES,
    *PUBLIC,
]


def numbers(ids: set[UUID], permissions: Collection[str]) -> dict[UUID, str]:
    """{id of a complaint: its number}; empty for whoever may not read complaints."""
    may_read = Permission.COMPLAINT_READ in permissions
    rows = Complaint.objects.filter(pk__in=ids).values_list("pk", "number")
    return {pk: number if may_read else "" for pk, number in rows}


NAMES = [numbers]
