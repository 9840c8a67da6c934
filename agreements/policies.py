"""Who may touch the tables of the agreements room.

A brand or supplier reads the agreements it is a party of and nobody else's, and from the proposal on: drafts belong to the program.
"""

from agreements.enums import AGREEMENT_MOVES, VERSION_MOVES
from wsr.tenancy.fences import OWN_PARTICIPATION, PROGRAM, fence
from wsr.tenancy.moves import moves

_KEEP = "select insert update"
_READ = {"brand": "select", "supplier": "select"}
# Agreements the portal's organization is a party of, and the versions it may read; evaluated once per statement.
OWN_AGREEMENTS = "ANY ((SELECT wsr_own_agreements())::uuid[])"
OWN_VERSIONS = "ANY ((SELECT wsr_own_versions())::uuid[])"


def own(column: str, of: str) -> str:
    """A predicate: this program's rows whose column is one's own."""
    return f"program_id = {PROGRAM} AND {column} = {of}"


FENCES = [
    fence(
        "agreements.Agreement",
        staff=_KEEP,
        engine="select update",
        **_READ,
        only=dict.fromkeys(_READ, own("id", OWN_AGREEMENTS)),
        searcher="select(id, program_id)",
    ),
    fence(
        "agreements.Party",
        staff=f"{_KEEP} delete",
        engine="select",
        **_READ,
        only=dict.fromkeys(_READ, own("agreement_id", OWN_AGREEMENTS)),
        searcher="select(program_id, agreement_id, participation_id)",
    ),
    fence(
        "agreements.AgreementVersion",
        staff=_KEEP,
        engine="select update",
        **_READ,
        only=dict.fromkeys(_READ, own("id", OWN_VERSIONS)),
        searcher="select(id, program_id, agreement_id, proposed_at)",
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
        append_only=True,
    ),
]
MOVES = [
    moves("agreements.Agreement", "state", AGREEMENT_MOVES),
    moves("agreements.AgreementVersion", "state", VERSION_MOVES),
]
