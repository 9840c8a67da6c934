"""Closed sets of the audits room, and the tables of allowed moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InspectionKind(models.TextChoices):
    """Why a workplace is inspected."""

    BASELINE = "baseline", _("Baseline")
    SEASONAL = "seasonal", _("Seasonal")
    FOLLOW_UP = "follow_up", _("Follow-up")
    COMPLAINT = "complaint", _("After a complaint")
    REENTRY = "reentry", _("Re-entry")
    STRUCTURAL = "structural", _("Structural safety")
    FIRE = "fire", _("Fire safety")
    ELECTRICAL = "electrical", _("Electrical safety")
    BOILER = "boiler", _("Boiler safety")


class InspectionState(models.TextChoices):
    """Where an inspection stands. It is sealed by submitting it; changed afterwards only when it was returned, with the reason."""

    PLANNED = "planned", _("Planned")
    IN_PROGRESS = "in_progress", _("In progress")
    SUBMITTED = "submitted", _("Submitted, to be reviewed")
    RETURNED = "returned", _("Returned to the auditors")
    WITH_SUPPLIER = "with_supplier", _("Report with the supplier")
    ISSUED = "issued", _("Report issued")
    CANCELLED = "cancelled", _("Cancelled")


_I = InspectionState
INSPECTION_MOVES: dict[InspectionState, frozenset[InspectionState]] = {
    _I.PLANNED: frozenset({_I.IN_PROGRESS, _I.CANCELLED}),
    _I.IN_PROGRESS: frozenset({_I.SUBMITTED, _I.CANCELLED}),
    _I.SUBMITTED: frozenset({_I.RETURNED, _I.WITH_SUPPLIER, _I.ISSUED}),
    _I.RETURNED: frozenset({_I.SUBMITTED}),
    _I.WITH_SUPPLIER: frozenset({_I.RETURNED, _I.ISSUED}),
    _I.ISSUED: frozenset({_I.RETURNED}),  # a new version of an issued report, with its reason
    _I.CANCELLED: frozenset(),
}
# What the auditors do by themselves, in the field.
INSPECTION_MOVES_OF_AUDITORS = {
    _I.PLANNED: frozenset({_I.IN_PROGRESS}),
    _I.IN_PROGRESS: frozenset({_I.SUBMITTED}),
    _I.RETURNED: frozenset({_I.SUBMITTED}),
}
FIELD_STATES = (_I.IN_PROGRESS, _I.RETURNED)  # only then the records of a visit may be written
OVER = (_I.SUBMITTED, _I.RETURNED, _I.WITH_SUPPLIER, _I.ISSUED)


class RequestState(models.TextChoices):
    """Where the request for a visit stands. Nothing of it says whether a visit is planned."""

    ASKED = "asked", _("Asked for")
    TAKEN = "taken", _("An inspector sees to it")
    DECLINED = "declined", _("Declined")


REQUEST_MOVES: dict[RequestState, frozenset[RequestState]] = {
    RequestState.ASKED: frozenset({RequestState.TAKEN, RequestState.DECLINED}),
    RequestState.TAKEN: frozenset({RequestState.DECLINED}),
    RequestState.DECLINED: frozenset(),
}


class TeamRole(models.TextChoices):
    """What somebody does on an inspection."""

    LEAD = "lead", _("Lead auditor")
    AUDITOR = "auditor", _("Auditor")
    IN_CHARGE = "in_charge", _("Inspector in charge")


class AssignmentState(models.TextChoices):
    """Whether somebody asked to join a team does."""

    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Accepted, independence declared")
    DECLINED = "declined", _("Declined")
    BARRED = "barred", _("Barred by a tie to the supplier")
    REMOVED = "removed", _("Taken off the team")


_T = AssignmentState
ASSIGNMENT_MOVES: dict[AssignmentState, frozenset[AssignmentState]] = {
    _T.ASKED: frozenset({_T.ACCEPTED, _T.DECLINED, _T.BARRED, _T.REMOVED}),
    _T.ACCEPTED: frozenset({_T.BARRED, _T.REMOVED}),
    _T.DECLINED: frozenset({_T.ASKED}),
    _T.BARRED: frozenset(),
    _T.REMOVED: frozenset({_T.ASKED}),
}
ASSIGNMENT_MOVES_OF_AUDITORS = {
    _T.ASKED: frozenset({_T.ACCEPTED, _T.DECLINED, _T.BARRED}),
    _T.ACCEPTED: frozenset({_T.BARRED}),
}


class Tie(models.TextChoices):
    """What bars a person from inspecting a supplier."""

    EMPLOYMENT = "employment", _("Works or worked for it")
    PAYMENT = "payment", _("Was paid by it, or by a brand for work at it")
    FAMILY = "family", _("Has family who owns, runs or works there")
    OTHER = "other", _("Another tie")


class Answer(models.TextChoices):
    """What the auditors found about one provision."""

    MET = "met", _("Met")
    PARTLY_MET = "partly_met", _("Partly met")
    NOT_MET = "not_met", _("Not met")
    NOT_APPLICABLE = "not_applicable", _("Does not apply")
    NOT_VERIFIED = "not_verified", _("Could not be verified")


class InterviewPlace(models.TextChoices):
    """Where workers were interviewed."""

    WORKPLACE = "workplace", _("At work")
    HOUSING = "housing", _("In housing")
    ELSEWHERE = "elsewhere", _("Away from the workplace")


class ReportStage(models.TextChoices):
    """Who may read a version of a report."""

    FOR_REPLY = "for_reply", _("With the supplier for its reply")
    ISSUED = "issued", _("Issued")
    REPLACED = "replaced", _("Replaced by a later version")


_R = ReportStage
REPORT_MOVES: dict[ReportStage, frozenset[ReportStage]] = {
    _R.FOR_REPLY: frozenset({_R.ISSUED, _R.REPLACED}),
    _R.ISSUED: frozenset({_R.REPLACED}),
    _R.REPLACED: frozenset(),
}


class Origin(models.TextChoices):
    """What a corrective action comes from."""

    FINDING = "finding", _("Finding of an inspection")
    DECISION = (
        "decision",
        _("Decision of the program"),
    )  # whatever it follows from: nothing of it points to a person


class ActionState(models.TextChoices):
    """Where a corrective action stands. Reported as fixed and verified as fixed are never mixed."""

    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed, in progress")
    REPORTED = "reported", _("Reported as fixed, to be verified")
    REJECTED = "rejected", _("Not fixed, as verified")
    VERIFIED = "verified", _("Verified as fixed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_A = ActionState
ACTION_MOVES: dict[ActionState, frozenset[ActionState]] = {
    _A.PROPOSED: frozenset({_A.AGREED, _A.WITHDRAWN}),
    _A.AGREED: frozenset({_A.REPORTED, _A.VERIFIED, _A.WITHDRAWN}),
    _A.REPORTED: frozenset({_A.VERIFIED, _A.REJECTED, _A.WITHDRAWN}),
    _A.REJECTED: frozenset({_A.REPORTED, _A.VERIFIED, _A.WITHDRAWN}),
    _A.VERIFIED: frozenset({_A.REJECTED}),  # a later visit finds it is not fixed after all
    _A.WITHDRAWN: frozenset(),
}
ACTION_MOVES_OF_SUPPLIERS = {_A.AGREED: frozenset({_A.REPORTED}), _A.REJECTED: frozenset({_A.REPORTED})}
ACTION_MOVES_OF_AUDITORS = {
    _A.REPORTED: frozenset({_A.VERIFIED, _A.REJECTED}),
    _A.AGREED: frozenset({_A.VERIFIED}),
    _A.REJECTED: frozenset({_A.VERIFIED}),
    _A.VERIFIED: frozenset({_A.REJECTED}),
}
UNFIXED = (_A.PROPOSED, _A.AGREED, _A.REPORTED, _A.REJECTED)
DUE_STATES = (_A.AGREED, _A.REJECTED)  # the supplier's date runs


class Side(models.TextChoices):
    """Who said something about a corrective action."""

    PROGRAM = "program", _("The program")
    AUDITOR = "auditor", _("Auditor")
    SUPPLIER = "supplier", _("Supplier")


class Payer(models.TextChoices):
    """Who pays for a corrective action."""

    SUPPLIER = "supplier", _("The supplier")
    BRANDS = "brands", _("Brands")
    SHARED = "shared", _("Shared")
    PROGRAM = "program", _("The program")


class ExtensionState(models.TextChoices):
    """Where a request for more time stands."""

    ASKED = "asked", _("Asked for")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")


EXTENSION_MOVES: dict[ExtensionState, frozenset[ExtensionState]] = {
    ExtensionState.ASKED: frozenset({ExtensionState.GRANTED, ExtensionState.REFUSED}),
    ExtensionState.GRANTED: frozenset(),
    ExtensionState.REFUSED: frozenset(),
}
