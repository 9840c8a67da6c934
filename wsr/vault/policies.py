"""Keys and sealed texts are for the circle of their case and for the worker whose case it is; of several workers each reads her own and what is for all.

A worker at intake works under the id that her case will have, so she can only add. The engine re-wraps keys and erases; it has no
grant on a sealed text. Brands, suppliers, auditors and the public have none on anything.
"""

from wsr.tenancy.fences import OWN_CASE, OWN_CIRCLES, OWN_WORKER, PROGRAM, fence
from wsr.vault.models import EVERY_WORKER


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
        only={
            **_theirs("case_id"),
            "worker": f"program_id = {PROGRAM} AND case_id = {OWN_CASE}"
            f" AND (reader = '{EVERY_WORKER}'::uuid OR reader::text = {OWN_WORKER})",
        },
    ),
    fence(
        "vault.BlindIndex",
        staff="select insert delete",
        worker="select insert delete",
        engine="select(program_id, case_id, pepper) delete",
        across=["engine"],
        only=_theirs("case_id"),
        searcher="select",  # whose number a text message came from; without the pepper nobody can ask
    ),
]
