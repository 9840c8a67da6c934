"""Tables of the complaints room. None of them holds a word of what was said: texts, names and numbers are in the vault."""

from complaints.models.access import Draft, WorkerKey
from complaints.models.complaints import Complainant, Complaint, Consent, TriageRule
from complaints.models.handling import Assignment, Referral, Wall
from complaints.models.hotline import Callback, CallTry
from complaints.models.inquiry import Finding, Interview, Investigation, PlanStep
from complaints.models.measures import Measure
from complaints.models.outcome import Appeal, Joined, Link, Reopening, Resolution, ResolutionAnswer, Review
from complaints.models.phones import StoppedPhone
from complaints.models.releases import Release
from complaints.models.remedies import Remedy, RemedyShare
from complaints.models.respondents import Respondent
from complaints.models.statistics import Counted, PublicTable, SupplierCount
from complaints.models.summaries import CaseSummary
from complaints.models.texts import ProgramText, Recording
from complaints.models.threads import Attachment, Message
from complaints.models.watch import CheckIn

__all__ = [
    "Appeal",
    "Assignment",
    "Attachment",
    "CallTry",
    "Callback",
    "CaseSummary",
    "CheckIn",
    "Complainant",
    "Complaint",
    "Consent",
    "Counted",
    "Draft",
    "Finding",
    "Interview",
    "Investigation",
    "Joined",
    "Link",
    "Measure",
    "Message",
    "PlanStep",
    "ProgramText",
    "PublicTable",
    "Recording",
    "Referral",
    "Release",
    "Remedy",
    "RemedyShare",
    "Reopening",
    "Resolution",
    "ResolutionAnswer",
    "Respondent",
    "Review",
    "StoppedPhone",
    "SupplierCount",
    "TriageRule",
    "Wall",
    "WorkerKey",
]
