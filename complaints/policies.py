"""Who may touch the tables of the complaints room.

Every staff member who is not walled off sees that a complaint exists, where it stands and who has it; what was said, by whom and to whom
is for its circle: those with an accepted part in it (`Assignment`), which a trigger keeps. The worker reaches her own complaint alone. Brands,
suppliers, auditors and the public have no grant on any of these tables.

Where several complain together, each reads her own row, consents and words and what was said to her or to all, and nobody else's.
"""

from complaints.enums import (
    APPEAL_MOVES,
    ASSIGNMENT_MOVES,
    CALLBACK_MOVES,
    CALLBACK_MOVES_OF_WORKERS,
    COMPLAINT_MOVES,
    COMPLAINT_MOVES_OF_WORKERS,
    MEASURE_MOVES,
    RELEASE_MOVES,
    RELEASE_MOVES_OF_WORKERS,
    REVIEW_MOVES,
    AppealOutcome,
    AssignmentState,
    CallbackState,
    ComplaintState,
    ReviewOutcome,
)
from wsr.tenancy.fences import OWN_CASE, OWN_CIRCLES, OWN_WORKER, PROGRAM, Fence, fence
from wsr.tenancy.moves import moves

# Complaints that the person is walled off from, by name, by supplier, or by a tie to the supplier. Once per statement.
NOT_WALLED = "<> ALL ((SELECT complaints_walled())::uuid[])"

_IN = f"program_id = {PROGRAM} AND "
_NO_DELETE = ("delete", "truncate")
_CIRCLE = f"{_IN}complaint_id = {OWN_CIRCLES}"
_HERS = f"{_IN}complaint_id = {OWN_CASE}"
# Since when she complains: what was written before to all was to others.
_SINCE = f"(SELECT w.added_at FROM complaints_complainant w WHERE w.program_id = {PROGRAM} AND w.id::text = {OWN_WORKER})"  # noqa: S608 -- constants
# Her own messages, and answers that name nobody: those are to all. Notes name nobody and are no answers.
_HER_WORDS = (
    f"{_HERS} AND direction <> 'note'"
    f" AND (complainant_id::text = {OWN_WORKER} OR complainant_id IS NULL AND direction = 'to_worker' AND at >= {_SINCE})"
)

# Files with those words.
_HER_FILES = f"{_HERS} AND is_for_worker AND (complainant_id::text = {OWN_WORKER} OR complainant_id IS NULL AND at >= {_SINCE})"


def _of_complaint(label: str, *, staff: str, worker: str = "", searcher: str = "", engine: str = "") -> Fence:
    """What belongs to a complaint: for its circle, and the worker. `searcher`: what the functions of the room look up; `engine`: what it must know to publish."""
    said = {"staff": staff, "worker": worker, "searcher": searcher, "engine": engine}
    grants = {audience: verbs for audience, verbs in said.items() if verbs}
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
    *(
        fence(
            label,
            staff="select insert update(ended_at, ended_by_id)",
            worker="select",
            append_only=_NO_DELETE,
        )
        for label in ("complaints.ProgramText", "complaints.Recording")
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
        searcher="select(id, program_id, number, supplier_id, workplace_id, handler_id, is_handled, state, channel, filed_by, received_at, continues_id,"
        " is_retaliation, merged_into_id)"
        " update(handler_id, is_handled)",
        append_only=_NO_DELETE,
    ),
    fence(
        "complaints.Complainant",
        staff="select update(call_from, call_until)",
        worker="select insert update",
        engine="select(id, program_id, complaint_id)",
        only={"staff": _CIRCLE, "worker": f"{_HERS} AND id::text = {OWN_WORKER}"},
        searcher="select(id, program_id, complaint_id, ordinal, number, has_phone, withdrawn_at)",
        append_only=_NO_DELETE,
    ),
    # What may be said of her, and who comes in as her, is written in her scope alone.
    fence(
        "complaints.Consent",
        staff="select",
        worker="select insert update(withdrawn_at)",
        engine="select",
        only={"staff": _CIRCLE, "worker": f"{_HERS} AND complainant_id::text = {OWN_WORKER}"},
        append_only=_NO_DELETE,
    ),
    # No staff member reads a hash, not even that of a complaint she handles.
    fence(
        "complaints.WorkerKey",
        staff="select(id, program_id, complaint_id, complainant_id, must_change, made_by_id, made_at, ended_at, visited_at)",
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
        only={"staff": _CIRCLE, "worker": _HER_WORDS},
        searcher="select(id, program_id)",
        append_only=_NO_DELETE,
    ),
    # The queue of the hotline: that somebody wants to be called, when, in which language. Whom, knows who has taken it.
    fence(
        "complaints.Callback",
        staff="select update(state, next_at, is_set_aside, tries, caller_id, taken_at, ended_at)",
        worker="select insert update(state, ended_at, caller_id, taken_at)",
        only={
            "staff": f"{_IN}matter_id {NOT_WALLED}",
            "worker": f"{_IN}{OWN_CASE} = ANY (ARRAY[id, matter_id])",
        },
        engine="select(id, program_id, matter_id)",  # what is erased with a complaint
        searcher="select(id, program_id, matter_id, caller_id)",
        append_only=_NO_DELETE,
    ),
    fence("complaints.CallTry", staff="select insert", append_only=True),
    fence("complaints.StoppedPhone", worker="select insert", append_only=True),
    fence(
        "complaints.Attachment",
        staff="select insert",
        worker="select insert",
        only={"staff": _CIRCLE, "worker": _HER_FILES},
        append_only=_NO_DELETE,
    ),
    fence(
        "complaints.Assignment",
        staff="select insert update(state, answered_at, ended_at, reason)",
        engine="select update(state, ended_at)",
        only={"staff": f"{_IN}complaint_id {NOT_WALLED}"},
        # of whoever leaves the program, and of the handler of a complaint that another one follows from
        searcher="select insert update(state, ended_at)",
        append_only=_NO_DELETE,
    ),
    fence(
        "complaints.Wall",
        staff="select insert update(ended_at)",
        only={"staff": f"{_IN}id <> ALL ((SELECT complaints_walls_around_me())::uuid[])"},
        searcher="select",
        append_only=_NO_DELETE,
    ),
    # In her scope names are keyed anew under another pepper; her pages show none that staff added.
    _of_complaint(
        "complaints.Respondent",
        staff="select insert update(ended_at)",
        worker="select insert",
        searcher="select(id, program_id, complaint_id, employer_id, ended_at)",
    ),
    _of_complaint("complaints.Referral", staff="select insert update(answered_at, was_taken)"),
    _of_complaint("complaints.Investigation", staff="select insert update(way, begun_at, begun_by_id)"),
    _of_complaint("complaints.PlanStep", staff="select insert update(done_at, done_by_id, dropped_at)"),
    # Notes have a circle of their own: see `complaints/migrations/0006_inquiries_and_remedies.py`.
    _of_complaint("complaints.Interview", staff="select insert"),
    _of_complaint(
        "complaints.Finding",
        staff="select insert update(ended_at)",
        engine="select",
        searcher="select(id, program_id, complaint_id, found_by_id, outcome, found_at, ended_at)",
    ),
    _of_complaint(
        "complaints.Remedy",
        staff="select insert update(paid_at, paid_by_id, proof_id, dropped_at, dropped_by_id)",
        worker="select",
        searcher="select(id, program_id, complaint_id, amount, worker_count)",
    ),
    fence(
        "complaints.RemedyShare",
        staff="select insert update(got, answered_at, answered_by_id)",
        worker="select update(got, answered_at, answered_by_id)",
        only={"staff": _CIRCLE, "worker": f"{_HERS} AND complainant_id::text = {OWN_WORKER}"},
        searcher="select(id, program_id, remedy_id, amount)",
        append_only=_NO_DELETE,
    ),
    # The clock knows a check-in and a release by their ids: two functions of the database tell it what it needs, while nobody is signed in.
    fence(
        "complaints.CheckIn",
        staff="select insert update(asked_at, asked_by_id)",
        worker="select insert update(answer, answered_at, channel, entered_by_id, linked_id)",
        engine="select",
        only={"staff": _CIRCLE, "worker": _HERS},
        searcher="select update(answer, answered_at)",
        append_only=_NO_DELETE,
    ),
    _of_complaint(
        "complaints.Measure",
        staff="select insert update(state, was_held, provision_id, severity_id, written_by_id, sent_by_id, sent_on, action_id)",
        worker="select(id, program_id, complaint_id, state, sent_on)",
    ),
    fence(
        "complaints.Release",
        staff="select insert update(state, decided_by_id, decided_name, decided_at, ends_at, ended_at)",
        worker="select update(state, ended_at)",
        only={"staff": _CIRCLE, "worker": f"{_HERS} AND complainant_id::text = {OWN_WORKER}"},
        searcher="select update(state, ended_at)",
        append_only=_NO_DELETE,
    ),
    fence(
        "complaints.Resolution",
        staff="select insert",
        worker="select(id, program_id, complaint_id, number, proposed_at)",
        only={"staff": _CIRCLE, "worker": _HERS},
        searcher="select(id, program_id, complaint_id, proposed_by_id)",
        append_only=True,
    ),
    fence(
        "complaints.ResolutionAnswer",
        staff="select insert",
        worker="select insert",
        only={"staff": _CIRCLE, "worker": f"{_HERS} AND complainant_id::text = {OWN_WORKER}"},
        append_only=True,
    ),
    # Who reviews and who decides has no part in what she looks at: triggers keep it. The worker does not read who it was.
    fence(
        "complaints.Review",
        staff="select insert update(outcome, reviewer_id, decided_at, appeal_until, is_without_agreement)",
        worker="select(id, program_id, complaint_id, resolution_id, outcome, decided_at, is_without_agreement, appeal_until)",
        only={"staff": _CIRCLE, "worker": _HERS},
        searcher="select(id, program_id, complaint_id, outcome, decided_at)",
        append_only=_NO_DELETE,
    ),
    fence(
        "complaints.Appeal",
        staff="select insert update(outcome, decider_id, decided_at)",
        worker="select(id, program_id, complaint_id, review_id, side, complainant_id, filed_at, outcome, decided_at) insert",
        only={"staff": _CIRCLE, "worker": _HERS},
        searcher="select(id, program_id, complaint_id, outcome)",
        append_only=_NO_DELETE,
    ),
    fence(
        "complaints.Reopening",
        staff="select insert",
        only={"staff": _CIRCLE},
        searcher="select(id, program_id, complaint_id)",
        append_only=True,
    ),
    fence(
        "complaints.Joined",
        staff="select insert update(ended_at)",
        worker="select",
        only={
            "staff": f"{_IN}(complaint_id = {OWN_CIRCLES} OR other_id = {OWN_CIRCLES})",
            "worker": f"{_IN}(complaint_id = {OWN_CASE} AND complainant_id::text = {OWN_WORKER}"
            f" OR other_id = {OWN_CASE} AND other_complainant_id::text = {OWN_WORKER})",
        },
        append_only=_NO_DELETE,
    ),
    # That two are linked is no more than that both exist: whoever is walled off from one of them sees no link.
    fence(
        "complaints.Link",
        staff="select insert update(ended_at, ended_by_id)",
        only={"staff": f"{_IN}first_id {NOT_WALLED} AND second_id {NOT_WALLED}"},
        append_only=_NO_DELETE,
    ),
    # What was counted stays as it was counted, whoever asks. Which complaints a table holds nobody reads but the engine, and those inside.
    fence("complaints.PublicTable", staff="select", engine="select insert", append_only=True),
    fence("complaints.SupplierCount", staff="select", engine="select insert", append_only=True),
    fence(
        "complaints.Counted",
        staff="select",
        engine="select insert",
        searcher="select",
        only={"staff": _CIRCLE},
        append_only=True,
    ),
    # Until a summary is cleared its words are in the vault, which the publisher cannot open.
    _of_complaint(
        "complaints.CaseSummary",
        staff="select insert update(description, outcome, cleared_by_id, cleared_at, taken_back_at)",
        engine="select",
    ),
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
    moves(
        "complaints.Callback",
        "state",
        CALLBACK_MOVES,
        first=[CallbackState.WAITING],
        worker=CALLBACK_MOVES_OF_WORKERS,
    ),
    moves("complaints.Measure", "state", MEASURE_MOVES),
    moves("complaints.Release", "state", RELEASE_MOVES, worker=RELEASE_MOVES_OF_WORKERS),
    moves("complaints.Review", "outcome", REVIEW_MOVES, first=[ReviewOutcome.PENDING]),
    moves("complaints.Appeal", "outcome", APPEAL_MOVES, first=[AppealOutcome.PENDING]),
]
