"""Models of the agreements room, by the field's nouns."""

from agreements.models import money
from agreements.models.agreements import Agreement, AgreementVersion, Clause, Decline, Party, Signature
from agreements.models.committee import (
    AgendaItem,
    AgendaPaper,
    Approval,
    Attendance,
    FormerText,
    Interest,
    Minutes,
    Resolution,
    Seat,
    Sitting,
)
from agreements.models.disputes import Arbitration, Breach, BreachStep, Dispute, Vote
from agreements.models.documents import DocumentKind, PublicDocument
from agreements.models.duties import FlaggedPurchase, StopDuty
from agreements.models.escalation import Escalation, EscalationStep, Letter, LetterText, Meeting
from agreements.models.obligations import Answer, Decision, Obligation, Proof, Schedule

__all__ = [
    "AgendaItem",
    "AgendaPaper",
    "Agreement",
    "AgreementVersion",
    "Answer",
    "Approval",
    "Arbitration",
    "Attendance",
    "Breach",
    "BreachStep",
    "Clause",
    "Decision",
    "Decline",
    "Dispute",
    "DocumentKind",
    "Escalation",
    "EscalationStep",
    "FlaggedPurchase",
    "FormerText",
    "Interest",
    "Letter",
    "LetterText",
    "Meeting",
    "Minutes",
    "Obligation",
    "Party",
    "Proof",
    "PublicDocument",
    "Resolution",
    "Schedule",
    "Seat",
    "Signature",
    "Sitting",
    "StopDuty",
    "Vote",
    "money",
]
