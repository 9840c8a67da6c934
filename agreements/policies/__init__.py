"""Who may touch the tables of the agreements room.

A brand or supplier reads the agreements it is a party of and nobody else's, and from the proposal on: drafts belong to the program.
"""

from agreements.enums import (
    AGREEMENT_MOVES,
    ANSWERS,
    ARBITRATION_MOVES,
    BREACH_ANSWERS,
    BREACH_MOVES,
    DISPUTE_ANSWERS,
    DISPUTE_MOVES,
    DUTY_MOVES,
    DUTY_MOVES_OF_BRANDS,
    ESCALATION_MOVES,
    ITEM_MOVES,
    MEETING_MOVES,
    MINUTES_MOVES,
    OBLIGATION_MOVES,
    SITTING_MOVES,
    VERSION_MOVES,
)
from agreements.policies import committee, money
from wsr.tenancy.fences import OWN_PARTICIPATION, PROGRAM, Fence, fence
from wsr.tenancy.moves import moves

_KEEP = "select insert update"
_READ = {"brand": "select", "supplier": "select"}
_RECEIPT = "update(acknowledged_at,acknowledged_name)"
_ANSWER = "update(state,acknowledged_at,acknowledged_name,stopped_on,proof_file_id,proof_note,proof_at)"
# Agreements the portal's organization is a party of, and the versions it may read; evaluated once per statement.
OWN_AGREEMENTS = "ANY ((SELECT wsr_own_agreements())::uuid[])"
OWN_VERSIONS = "ANY ((SELECT wsr_own_versions())::uuid[])"


def own(column: str, of: str) -> str:
    """A predicate: this program's rows whose column is one's own."""
    return f"program_id = {PROGRAM} AND {column} = {of}"


_OWN = dict.fromkeys(_READ, own("participation_id", OWN_PARTICIPATION))


def _said(label: str) -> Fence:
    """Words of a party, or a request by it: written once, its own only. Which row they answer is checked by a trigger."""
    writes = dict.fromkeys(_READ, "select insert")
    return fence(label, staff="select insert", engine="select", **writes, only=_OWN, append_only=True)


FENCES = [
    *money.FENCES,
    *committee.FENCES,
    fence(
        "agreements.Agreement",
        staff=_KEEP,
        engine="select update",
        **_READ,
        only=dict.fromkeys(_READ, own("id", OWN_AGREEMENTS)),
        searcher="select(id, program_id)",
        append_only=("delete", "truncate"),
    ),
    fence(
        "agreements.Party",
        staff=f"{_KEEP} delete",
        engine="select",
        **_READ,
        only=dict.fromkeys(_READ, own("agreement_id", OWN_AGREEMENTS)),
        searcher="select(id, program_id, agreement_id, participation_id, side, signs)",
    ),
    fence(
        "agreements.AgreementVersion",
        staff=_KEEP,
        engine="select update",
        **_READ,
        only=dict.fromkeys(_READ, own("id", OWN_VERSIONS)),
        # update(id): to lock the row while somebody signs, see migration 0010.
        searcher="select(id, program_id, agreement_id, proposed_at, state, text_sha256) update(id)",
        append_only=("delete", "truncate"),
    ),
    fence(
        "agreements.Clause",
        staff=f"{_KEEP} delete",
        engine="select",
        **_READ,
        only=dict.fromkeys(_READ, own("version_id", OWN_VERSIONS)),
    ),
    fence(
        "agreements.Signature",
        staff="select insert",
        engine="select",
        brand="select insert",
        supplier="select insert",
        # For nobody but oneself; who else signed stands on the certificate page.
        only=dict.fromkeys(_READ, own("participation_id", OWN_PARTICIPATION)),
        searcher="select(program_id, version_id, party_id)",
        append_only=True,
    ),
    fence("agreements.Schedule", staff=_KEEP, engine="select", across=["engine"]),
    fence(
        "agreements.Obligation",
        staff=_KEEP,
        engine="select",
        **dict.fromkeys(_READ, "select update(state, submitted_at)"),
        only=_OWN,
    ),
    _said("agreements.Answer"),
    _said("agreements.Proof"),
    fence(
        "agreements.Decision",
        staff="select insert",
        engine="select",
        **_READ,
        only=_OWN,
        append_only=True,
    ),
    fence(
        "agreements.Breach",
        staff=_KEEP,
        engine="select",
        **dict.fromkeys(_READ, "select update(state, acknowledged_at)"),
        # A suspicion is the program's own until the notice is served.
        only=dict.fromkeys(_READ, f"{own('participation_id', OWN_PARTICIPATION)} AND noticed_at IS NOT NULL"),
    ),
    fence(
        "agreements.BreachStep",
        staff="select insert",
        engine="select",
        **dict.fromkeys(_READ, "select insert"),
        only=dict.fromkeys(_READ, f"{own('participation_id', OWN_PARTICIPATION)} AND NOT is_internal"),
        append_only=True,
    ),
    fence(
        "agreements.Dispute",
        staff=_KEEP,
        engine="select",
        **dict.fromkeys(_READ, "select insert update(state)"),
        only=_OWN,
        # update(id): to lock the row while somebody votes.
        searcher="select(id, program_id, state) update(id)",
    ),
    fence(
        "agreements.Arbitration",
        staff=_KEEP,
        engine="select",
        **dict.fromkeys(_READ, "select insert"),
        only=_OWN,
    ),
    # A supplier reads its own climb; of the duties of brands it learns how many there are, never whose.
    fence(
        "agreements.Escalation",
        staff=_KEEP,
        engine="select",
        supplier="select",
        only={"supplier": own("supplier_id", OWN_PARTICIPATION)},
    ),
    fence(
        "agreements.EscalationStep",
        staff="select insert",
        engine="select",
        supplier="select",
        only={"supplier": own("supplier_id", OWN_PARTICIPATION)},
        append_only=True,
    ),
    fence(
        "agreements.Meeting",
        staff=_KEEP,
        engine="select",
        supplier="select",
        only={"supplier": own("supplier_id", OWN_PARTICIPATION)},
    ),
    fence("agreements.LetterText", staff=_KEEP, engine="select"),
    fence(
        "agreements.Letter",
        staff=_KEEP,
        engine="select",
        brand=f"select {_RECEIPT}",
        supplier=f"select {_RECEIPT}",
        only=dict.fromkeys(_READ, f"{own('participation_id', OWN_PARTICIPATION)} AND sent_at IS NOT NULL"),
    ),
    fence(
        "agreements.StopDuty",
        staff=_KEEP,
        engine="select",
        # a contractor that hires others answers for those
        **dict.fromkeys(("brand", "supplier"), f"select {_ANSWER}"),
        only=dict.fromkeys(("brand", "supplier"), own("brand_id", OWN_PARTICIPATION)),
    ),
    fence("agreements.FlaggedPurchase", staff="select insert", engine="select"),
    fence(
        "agreements.Decline",
        staff="select insert",
        engine="select",
        brand="select insert",
        supplier="select insert",
        only=dict.fromkeys(_READ, own("participation_id", OWN_PARTICIPATION)),
        searcher="select(program_id, version_id, party_id)",
        append_only=True,
    ),
    # Without an account one reads the rest of a row whose hash one has; names stand there only when they are public.
    fence(
        "agreements.PublicDocument",
        staff=_KEEP,
        engine="select",
        public="select",
        across=["public"],
        append_only=("delete", "truncate"),
    ),
]
MOVES = [
    moves("agreements.Escalation", "state", ESCALATION_MOVES),
    moves("agreements.Meeting", "state", MEETING_MOVES),
    moves(
        "agreements.StopDuty",
        "state",
        DUTY_MOVES,
        brand=DUTY_MOVES_OF_BRANDS,
        supplier=DUTY_MOVES_OF_BRANDS,
    ),
    *money.MOVES,
    moves("agreements.Sitting", "state", SITTING_MOVES),
    moves("agreements.AgendaItem", "state", ITEM_MOVES),
    moves("agreements.Minutes", "state", MINUTES_MOVES),
    moves("agreements.Agreement", "state", AGREEMENT_MOVES),
    moves("agreements.AgreementVersion", "state", VERSION_MOVES),
    moves("agreements.Obligation", "state", OBLIGATION_MOVES, brand=ANSWERS, supplier=ANSWERS),
    moves("agreements.Breach", "state", BREACH_MOVES, brand=BREACH_ANSWERS, supplier=BREACH_ANSWERS),
    moves("agreements.Dispute", "state", DISPUTE_MOVES, brand=DISPUTE_ANSWERS, supplier=DISPUTE_ANSWERS),
    moves("agreements.Arbitration", "state", ARBITRATION_MOVES),
]
