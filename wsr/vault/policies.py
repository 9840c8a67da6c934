"""Keys and sealed texts are for the circle of their case and for the worker whose case it is.

A worker at intake works under the id that her case will have, so she can only add. The engine re-wraps keys and erases; it has no
grant on a sealed text. Brands, suppliers, auditors and the public have none on anything.
"""

from wsr.tenancy.fences import OWN_CASE, OWN_CIRCLES, PROGRAM, fence


def _theirs(column: str) -> dict[str, str]:
    return {
        "staff": f"program_id = {PROGRAM} AND {column} = {OWN_CIRCLES}",
        "worker": f"program_id = {PROGRAM} AND {column} = {OWN_CASE}",
    }


FENCES = [
    fence(
        "vault.ProgramKey",
        staff="select insert",
        worker="select insert",
        engine="select insert update",
        across=["engine"],
    ),
    fence(
        "vault.CaseKey",
        staff="select insert update(wrapped, destroyed_at)",
        worker="select insert",
        engine="select update",
        across=["engine"],
        only=_theirs("id"),
    ),
    fence(
        "vault.Sealed",
        staff="select insert update delete",
        worker="select insert update delete",
        engine="select(program_id, case_id) delete",
        across=["engine"],
        only=_theirs("case_id"),
    ),
    fence(
        "vault.BlindIndex",
        staff="select insert delete",
        worker="select insert delete",
        engine="select(program_id, case_id) delete",
        across=["engine"],
        only=_theirs("case_id"),
    ),
]
