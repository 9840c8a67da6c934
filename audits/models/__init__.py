"""Models of the audits room, by the field's nouns."""

from audits.models.actions import (
    ActionProof,
    ActionStep,
    CorrectiveAction,
    Extension,
    FinanceConsent,
    Milestone,
)
from audits.models.inspections import Bar, Declaration, Inspection, TeamMember
from audits.models.records import (
    Evidence,
    EvidencePlace,
    Finding,
    Interview,
    Question,
    Response,
    Seal,
)
from audits.models.reports import IssuedDocument, Reply, Report
from audits.models.requests import VisitRequest
from audits.models.submissions import FieldSubmission

__all__ = [
    "ActionProof",
    "ActionStep",
    "Bar",
    "CorrectiveAction",
    "Declaration",
    "Evidence",
    "EvidencePlace",
    "Extension",
    "FieldSubmission",
    "FinanceConsent",
    "Finding",
    "Inspection",
    "Interview",
    "IssuedDocument",
    "Milestone",
    "Question",
    "Reply",
    "Report",
    "Response",
    "Seal",
    "TeamMember",
    "VisitRequest",
]
