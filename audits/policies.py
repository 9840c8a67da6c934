"""Who may touch the tables of the audits room.

Staff see what is open and what they are on the team of, but nothing of a supplier they are barred from. Auditors see the inspections
they are on the team of. Brands and suppliers read reports and corrective actions, and no record of a visit.
"""

from audits.enums import (
    ACTION_MOVES,
    ACTION_MOVES_OF_AUDITORS,
    ACTION_MOVES_OF_SUPPLIERS,
    ASSIGNMENT_MOVES,
    ASSIGNMENT_MOVES_OF_AUDITORS,
    EXTENSION_MOVES,
    INSPECTION_MOVES,
    INSPECTION_MOVES_OF_AUDITORS,
    REPORT_MOVES,
    REQUEST_MOVES,
)
from wsr.tenancy.fences import (
    KNOWN_CIRCLES,
    OWN_CIRCLES,
    OWN_PARTICIPATION,
    OWN_PARTNERS,
    PERSON,
    PROGRAM,
    Fence,
    fence,
)
from wsr.tenancy.models import OPEN
from wsr.tenancy.moves import moves

# Suppliers that the person has a tie to; workplaces and suppliers of the inspections she is on the team of. Once per statement.
NOT_BARRED = "<> ALL ((SELECT wsr_barred_suppliers())::uuid[])"
INSPECTED_WORKPLACES = "ANY ((SELECT wsr_inspected_workplaces())::uuid[])"
INSPECTED_SUPPLIERS = "ANY ((SELECT wsr_inspected_suppliers())::uuid[])"

_KEEP = "select insert update"
_ONCE = "secret_of"  # written once; only its secrecy ends
_CHANGED = "secret_of, by_id, noted_at, updated_at, version"
_NO_DELETE = ("delete", "truncate")

_IN = f"program_id = {PROGRAM} AND "
_STAFF = f"{_IN}secret_of = {KNOWN_CIRCLES} AND supplier_id {NOT_BARRED}"
_TEAM = f"{_IN}inspection_id = {OWN_CIRCLES} AND supplier_id {NOT_BARRED}"
_ENGINE = f"{_IN}secret_of = '{OPEN}'::uuid"
_STAFF_NOT_BARRED = f"{_IN}supplier_id {NOT_BARRED}"
_OWN = f"{_IN}supplier_id = {OWN_PARTICIPATION}"
_PARTNER = f"{_IN}supplier_id = {OWN_PARTNERS}"
_OWN_PART = f"{_IN}participation_id = {OWN_PARTICIPATION}"


def _of_visit(label: str, staff: str, columns: str, auditor: str = "select insert") -> Fence:
    """A record of a visit: staff and team, nobody else. `columns`: what the team may change of it."""
    return fence(
        label,
        staff=staff,
        auditor=f"{auditor} update({columns})",
        engine="select",
        only={"staff": _STAFF, "auditor": _TEAM, "engine": _ENGINE},
        append_only=_NO_DELETE,
    )


def _of_action(
    label: str, *, staff: str, supplier: str, auditor: str = "select", searcher: str = "", **brand: str
) -> Fence:
    """What belongs to a corrective action."""
    return fence(
        label,
        staff=staff,
        supplier=supplier,
        auditor=auditor,
        engine="select",
        **({"searcher": searcher} if searcher else {}),
        **brand,
        only={
            "staff": _STAFF_NOT_BARRED,
            "supplier": _OWN,
            "auditor": f"{_IN}supplier_id = {INSPECTED_SUPPLIERS}",
            **dict.fromkeys(brand, _PARTNER),
        },
        append_only=_NO_DELETE,
    )


FENCES = [
    fence(
        "audits.Inspection",
        staff=_KEEP,
        auditor="select update(secret_of, number, state, workers_present, few_interviews_reason, summary, arrived_at,"
        " left_at, submitted_at, updated_at, version)",
        engine="select",
        only={
            "staff": _STAFF,
            "auditor": f"{_IN}id = {OWN_CIRCLES} AND supplier_id {NOT_BARRED}",
            "engine": _ENGINE,
        },
        # update(id): to lock the row while a record of the visit is written. number: the next one counts those of others too.
        searcher="select(id, program_id, workplace_id, supplier_id, state, starts_on, number, secret_of) update(id)",
        append_only=_NO_DELETE,
    ),
    # Known to whoever asked and to the inspectors, until one of them is walled off.
    fence(
        "audits.VisitRequest",
        staff="select insert update(state, answered_by_id, answered_at, reason)",
        only={"staff": _STAFF},
        searcher="select(id, program_id, supplier_id, workplace_id)",
        append_only=_NO_DELETE,
    ),
    _of_visit("audits.TeamMember", _KEEP, "secret_of, state, answered_at, reason", auditor="select"),
    _of_visit("audits.Declaration", f"select insert update({_ONCE})", _ONCE),
    fence(
        "audits.Bar",
        staff=_KEEP,
        auditor="select insert update(secret_of)",
        engine="select",
        only={
            "staff": f"{_IN}secret_of = {KNOWN_CIRCLES}",
            "auditor": f"{_IN}(person_id = {PERSON} OR inspection_id = {OWN_CIRCLES})",
            "engine": _ENGINE,
        },
        searcher="select",
        append_only=_NO_DELETE,
    ),
    fence("audits.Question", staff=_KEEP, auditor="select", engine="select"),
    _of_visit("audits.Response", _KEEP, f"{_CHANGED}, answer, note"),
    _of_visit("audits.Interview", _KEEP, f"{_CHANGED}, workers, place, language, held_on, note"),
    _of_visit(
        "audits.Finding",
        _KEEP,
        f"{_CHANGED}, provision_id, severity_id, title, description, remedy, workers_affected, repeat_of_id,"
        " withdrawn_at, withdrawn_reason",
    ),
    _of_visit("audits.Evidence", _KEEP, f"{_CHANGED}, finding_id, caption"),
    _of_visit("audits.FieldSubmission", _KEEP, f"{_ONCE}, files, set_aside"),
    # Where a photo was taken: for the team alone, the program's other staff included.
    fence(
        "audits.EvidencePlace",
        staff=f"select insert update({_ONCE})",
        auditor=f"select insert update({_ONCE})",
        only=dict.fromkeys(("staff", "auditor"), _TEAM),
        append_only=_NO_DELETE,
    ),
    _of_visit("audits.Seal", f"select insert update({_ONCE})", _ONCE),
    fence(
        "audits.Report",
        staff=_KEEP,
        auditor="select",
        brand="select",
        supplier="select",
        engine="select",
        only={
            "staff": _STAFF_NOT_BARRED,
            "auditor": f"{_IN}workplace_id = {INSPECTED_WORKPLACES}",
            "brand": f"{_PARTNER} AND stage = 'issued'",
            "supplier": f"{_OWN} AND shared_at IS NOT NULL",
        },
        # update(id): to lock the report while a reply to it is written.
        searcher="select(id, program_id, stage, supplier_id, file_id) update(id)",
        append_only=_NO_DELETE,
    ),
    # Brands read replies inside the issued report.
    fence(
        "audits.Reply",
        staff="select insert",
        supplier="select insert",
        engine="select",
        only={"staff": _STAFF_NOT_BARRED, "supplier": _OWN},
        append_only=True,
    ),
    # Without an account one reads the day of a document whose hash one has; all else is asked of the public record.
    fence(
        "audits.IssuedDocument",
        staff="select insert update(is_replaced)",
        engine="select",
        public="select",
        across=["public"],
        append_only=_NO_DELETE,
    ),
    fence(
        "audits.CorrectiveAction",
        staff=_KEEP,
        auditor="select update(state, verified_at, verified_by_id, closed_reason, updated_at, version)",
        brand="select",
        supplier="select update(state, reported_at, reported_by_id, updated_at, version)",
        engine="select",
        only={
            "staff": _STAFF_NOT_BARRED,
            "auditor": f"{_IN}workplace_id = {INSPECTED_WORKPLACES}",
            "brand": f"{_PARTNER} AND agreed_at IS NOT NULL",
            "supplier": _OWN,
        },
        searcher="select(id, program_id, number)",  # the next number counts those that somebody is barred from too
        append_only=_NO_DELETE,
    ),
    _of_action(
        "audits.Milestone",
        staff=_KEEP,
        supplier="select update(reached_at, reached_by_id)",
        auditor="select update(verified_at, verified_by_id)",
        brand="select",
    ),
    _of_action(
        "audits.ActionProof",
        staff="select insert",
        supplier="select insert",
        searcher="select(program_id, supplier_id, file_id)",
    ),
    _of_action("audits.ActionStep", staff="select insert", supplier="select insert", auditor="select insert"),
    _of_action("audits.Extension", staff=_KEEP, supplier="select insert"),
    fence(
        "audits.FinanceConsent",
        staff="select insert",
        brand="select insert",
        supplier="select insert",
        engine="select",
        only={"staff": _STAFF_NOT_BARRED, "brand": _OWN_PART, "supplier": _OWN_PART},
        append_only=True,
    ),
]

MOVES = [
    moves("audits.Inspection", "state", INSPECTION_MOVES, auditor=INSPECTION_MOVES_OF_AUDITORS),
    moves("audits.TeamMember", "state", ASSIGNMENT_MOVES, auditor=ASSIGNMENT_MOVES_OF_AUDITORS),
    moves("audits.VisitRequest", "state", REQUEST_MOVES),
    moves("audits.Report", "stage", REPORT_MOVES, first=["for_reply", "issued"]),
    moves(
        "audits.CorrectiveAction",
        "state",
        ACTION_MOVES,
        auditor=ACTION_MOVES_OF_AUDITORS,
        supplier=ACTION_MOVES_OF_SUPPLIERS,
    ),
    moves("audits.Extension", "state", EXTENSION_MOVES),
]

# What the auditors' API serves, and tells their devices of.
CHANGES = [
    "audits.Inspection",
    "audits.TeamMember",
    "audits.Question",
    "audits.Response",
    "audits.Interview",
    "audits.Finding",
    "audits.Evidence",
    "audits.Report",
    "audits.CorrectiveAction",
]
