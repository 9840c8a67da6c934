"""Saved views belong to the staff of their program; a person of a portal has her own."""

from wsr.tenancy.fences import PERSON, PROGRAM, fence

_KEEP = "select insert update delete"
_OWN = f"program_id = {PROGRAM} AND person_id = {PERSON} AND NOT shared"

FENCES = [
    fence(
        "ui.SavedView",
        staff=_KEEP,
        brand=_KEEP,
        supplier=_KEEP,
        only={"brand": _OWN, "supplier": _OWN},
    )
]
