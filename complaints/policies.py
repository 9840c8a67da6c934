"""Who may touch the tables of the complaints room.

Every staff member who is not walled off sees that a complaint exists, where it stands and who has it; what was said, by whom and to whom
is for its circle: those with an accepted part in it (`Assignment`), which a trigger keeps. The worker reaches her own complaint alone. Brands,
suppliers, auditors and the public have no grant on any of these tables.
"""

from complaints.enums import (
    ASSIGNMENT_MOVES,
    COMPLAINT_MOVES,
    COMPLAINT_MOVES_OF_WORKERS,
    AssignmentState,
    ComplaintState,
)
from wsr.tenancy.fences import OWN_CASE, OWN_CIRCLES, PROGRAM, Fence, fence
from wsr.tenancy.moves import moves

# Complaints that the person is walled off from, by name, by supplier, or by a tie to the supplier. Once per statement.
NOT_WALLED = "<> ALL ((SELECT complaints_walled())::uuid[])"

_IN = f"program_id = {PROGRAM} AND "
_NO_DELETE = ("delete", "truncate")
_CIRCLE = f"{_IN}complaint_id = {OWN_CIRCLES}"
_HERS = f"{_IN}complaint_id = {OWN_CASE}"


def _of_complaint(label: str, *, staff: str, worker: str = "") -> Fence:
    """What belongs to a complaint: for its circle, and the worker."""
    grants = {"staff": staff, **({"worker": worker} if worker else {})}
    return fence(
        label,
        **grants,
        only={"staff": _CIRCLE, **({"worker": _HERS} if worker else {})},
        append_only=_NO_DELETE,
    )


FENCES = [
    fence(
        "complaints.TriageRule",
        staff="select insert update(valid_until, position)",
        worker="select",
        engine="select",
        append_only=_NO_DELETE,
    ),
    fence(
        "complaints.Complaint",
        staff="select insert update",
        worker="select insert update(state, closed_at, updated_at, version)",
        engine="select",
        only={
            "staff": f"{_IN}id {NOT_WALLED}",
            "worker": f"{_IN}id = {OWN_CASE}",
        },
        searcher="select(id, program_id, number, supplier_id, handler_id, state)",
        append_only=_NO_DELETE,
    ),
    _of_complaint("complaints.Complainant", staff="select insert update", worker="select insert update"),
    _of_complaint(
        "complaints.Consent",
        staff="select insert update(withdrawn_at)",
        worker="select insert update(withdrawn_at)",
    ),
    # No staff member reads a hash, not even that of a complaint she handles.
    fence(
        "complaints.WorkerKey",
        staff="select(id, program_id, complaint_id, complainant_id, must_change, made_at, ended_at, visited_at)"
        " insert update(ended_at)",
        worker="select insert update(must_change, ended_at, visited_at, visited_before_at)",
        only={"staff": _CIRCLE, "worker": _HERS},
        searcher="select",
        append_only=_NO_DELETE,
    ),
    fence(
        "complaints.Draft",
        worker="select insert update delete",
        engine="select(id, program_id, expires_at) delete",
        across=["engine"],
        only={"worker": f"{_IN}id = {OWN_CASE}"},
    ),
    fence(
        "complaints.Message",
        staff="select insert update(read_at)",
        worker="select insert update(read_at)",
        only={"staff": _CIRCLE, "worker": f"{_HERS} AND direction <> 'note'"},
        append_only=_NO_DELETE,
    ),
    _of_complaint("complaints.Attachment", staff="select insert", worker="select insert"),
    fence(
        "complaints.Assignment",
        staff="select insert update(state, answered_at, ended_at, reason)",
        engine="select update(state, ended_at)",
        only={"staff": f"{_IN}complaint_id {NOT_WALLED}"},
        searcher="select",
        append_only=_NO_DELETE,
    ),
    fence(
        "complaints.Wall",
        staff="select insert update(ended_at)",
        only={"staff": f"{_IN}id <> ALL ((SELECT complaints_walls_around_me())::uuid[])"},
        searcher="select",
        append_only=_NO_DELETE,
    ),
    _of_complaint("complaints.Referral", staff="select insert update(answered_at, was_taken)"),
]

MOVES = [
    moves(
        "complaints.Complaint",
        "state",
        COMPLAINT_MOVES,
        first=[ComplaintState.RECEIVED, ComplaintState.SET_ASIDE],
        worker=COMPLAINT_MOVES_OF_WORKERS,
    ),
    moves(
        "complaints.Assignment",
        "state",
        ASSIGNMENT_MOVES,
        first=[AssignmentState.ASKED, AssignmentState.ACCEPTED],
    ),
]
