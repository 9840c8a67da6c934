"""Saved views belong to the staff of their program; a person of a portal has her own."""

from wsr.tenancy.fences import PERSON, PROGRAM, fence

_KEEP = "select insert update delete"
_KEEP_OWN = "select insert update(name, query, shared) delete"
_OWN = f"program_id = {PROGRAM} AND person_id = {PERSON} AND NOT shared"

FENCES = [
    fence(
        "ui.SavedView",
        staff=_KEEP,
        brand=_KEEP_OWN,
        supplier=_KEEP_OWN,
        only={"brand": _OWN, "supplier": _OWN},
    )
]
