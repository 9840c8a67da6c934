"""Tables of the complaints room. None of them holds a word of what was said: texts, names and numbers are in the vault."""

from complaints.models.access import Draft, WorkerKey
from complaints.models.complaints import Complainant, Complaint, Consent, TriageRule
from complaints.models.handling import Assignment, Referral, Wall
from complaints.models.threads import Attachment, Message

__all__ = [
    "Assignment",
    "Attachment",
    "Complainant",
    "Complaint",
    "Consent",
    "Draft",
    "Message",
    "Referral",
    "TriageRule",
    "Wall",
    "WorkerKey",
]
